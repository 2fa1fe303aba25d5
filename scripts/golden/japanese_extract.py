"""Writes the part of the Japanese dictionary that the texts of a corpus file need, for tests: as export_onnx.py does.

cd runtime/src/test/resources/acestep4j/text
python scripts/golden/japanese_extract.py --corpus lyrics/ja.tsv --out japanese_extract.bin
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from acestep_export.japanese import write_japanese


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    rows = arguments.corpus.read_text(encoding="utf-8").splitlines()
    write_japanese(arguments.out, "\n".join(row.split("\t")[0] for row in rows))


if __name__ == "__main__":
    main()
