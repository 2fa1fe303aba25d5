"""Writes what the official code makes of the lines of the lyric corpus:
`runtime/src/test/resources/acestep4j/text/lyrics/LANGUAGE.tsv`, one file per language.

    python scripts/golden/lyric_corpus.py --official CHECKOUT --corpus FOLDER

Each file is rewritten in place: of every row the text in the first column is kept (a new row needs no more), the second
becomes the language as get_lang names it, the third the text as the cleaner of the file's language writes it. CHECKOUT is
github.com/ace-step/ACE-Step at d612523 with its requirements installed; every line is detected by a detector that has seen
no other.
"""

import argparse
import decimal
import sys
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--official", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    arguments = parser.parse_args()

    sys.path.insert(0, str(arguments.official))
    from acestep.language_segmentation import LangSegment, language_filters
    from acestep.models.lyrics_utils.lyric_tokenizer import VoiceBpeTokenizer
    from acestep.pipeline_ace_step import ACEStepPipeline

    pipeline = ACEStepPipeline.__new__(ACEStepPipeline)
    pipeline.lang_segment = LangSegment()
    pipeline.lang_segment.setfilters(language_filters.default)
    cleaner = VoiceBpeTokenizer(vocab_file=None)
    precision = decimal.getcontext().prec

    for file in sorted(arguments.corpus.glob("*.tsv")):
        rows = []
        for row in file.read_text(encoding="utf-8").split("\n"):
            text = row.split("\t")[0].strip()
            if not text:
                continue
            pipeline.lang_segment._clears()
            # Long Arabic numbers change it for every number after them.
            decimal.getcontext().prec = precision
            rows.append(f"{text}\t{pipeline.get_lang(text)}\t{cleaner.preprocess_text(text, file.stem)}\n")
        file.write_text("".join(rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
