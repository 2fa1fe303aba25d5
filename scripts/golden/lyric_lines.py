"""Writes what the official code makes of lines of lyrics: `runtime/src/test/resources/acestep4j/text/lyric_lines.tsv`.

    python scripts/golden/lyric_lines.py --official CHECKOUT --lines scripts/golden/lyric_lines.txt --out FILE

Per line that isn't empty, separated by tabs: the language as get_lang names it, the stripped line (its tabs as spaces),
and the line as the English cleaner writes it. CHECKOUT is github.com/ace-step/ACE-Step at d612523 with its requirements
installed; every line is detected by a detector that has seen no other.
"""

import argparse
import sys
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--official", type=Path, required=True)
    parser.add_argument("--lines", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    sys.path.insert(0, str(arguments.official))
    from acestep.language_segmentation import LangSegment, language_filters
    from acestep.models.lyrics_utils.lyric_tokenizer import multilingual_cleaners
    from acestep.pipeline_ace_step import ACEStepPipeline

    pipeline = ACEStepPipeline.__new__(ACEStepPipeline)
    pipeline.lang_segment = LangSegment()
    pipeline.lang_segment.setfilters(language_filters.default)

    rows = []
    for line in arguments.lines.read_text(encoding="utf-8").replace("\t", " ").split("\n"):
        line = line.strip()
        if line:
            pipeline.lang_segment._clears()
            rows.append(f"{pipeline.get_lang(line)}\t{line}\t{multilingual_cleaners(line, 'en')}\n")
    arguments.out.write_text("".join(rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
