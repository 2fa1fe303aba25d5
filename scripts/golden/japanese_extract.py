"""Writes the part of the Japanese dictionary that a text needs, for tests: as export_onnx.py writes it, but small.

    python scripts/golden/japanese_extract.py --lines scripts/golden/lyrics_ja.txt \\
        --out runtime/src/test/resources/acestep4j/text/japanese_extract.bin
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from acestep_export.japanese import write_japanese


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    write_japanese(arguments.out, arguments.lines.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
