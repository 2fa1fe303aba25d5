"""Writes what the official code makes of lyrics in one language, for the tests of the runtime's acestep4j.text.

    python scripts/golden/lyrics_by_language.py --official CHECKOUT --language zh \\
        --lines scripts/golden/lyrics_zh.txt --out runtime/src/test/resources/acestep4j/text/lyrics_zh.tsv

Per line, separated by tabs: the language as get_lang names it, the line, and the line as preprocess_text writes it in
the language asked for. CHECKOUT is github.com/ace-step/ACE-Step at d612523 with its requirements installed (pypinyin
0.53.0, hangul-romanize 0.1.0, num2words 0.5.14, cutlet 0.5.2 with unidic-lite 1.0.8); every line is detected by a
detector that has seen no other.
"""

import argparse
import sys
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--official", type=Path, required=True)
    parser.add_argument("--language", required=True)
    parser.add_argument("--lines", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    sys.path.insert(0, str(arguments.official))
    from acestep.language_segmentation import LangSegment, language_filters
    from acestep.models.lyrics_utils.lyric_tokenizer import VoiceBpeTokenizer
    from acestep.pipeline_ace_step import ACEStepPipeline

    pipeline = ACEStepPipeline.__new__(ACEStepPipeline)
    pipeline.lang_segment = LangSegment()
    pipeline.lang_segment.setfilters(language_filters.default)
    tokenizer = VoiceBpeTokenizer()

    rows = []
    for line in arguments.lines.read_text(encoding="utf-8").split("\n"):
        line = line.strip()
        if line:
            pipeline.lang_segment._clears()
            detected = pipeline.get_lang(line)
            rows.append(f"{detected}\t{line}\t{tokenizer.preprocess_text(line, arguments.language)}\n")
    arguments.out.write_text("".join(rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
