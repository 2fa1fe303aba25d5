"""Writes what the official code makes of numbers: `runtime/src/test/resources/acestep4j/text/lyric_numbers.tsv`.

    python scripts/golden/lyric_numbers.py --official CHECKOUT --out FILE

Per language and number, separated by tabs: the language, the line that holds the number, the line as the cleaner writes it.
CHECKOUT is github.com/ace-step/ACE-Step at d612523 with its requirements installed.
"""

import argparse
import decimal
import sys
from pathlib import Path

ORDINAL_SUFFIXES = {
    "en": "th",
    "de": ".",
    "fr": "e",
    "es": "º",
    "it": "º",
    "pt": "º",
    "ru": "-й",
    "nl": "e",
    "pl": "º",
    "cs": ".",
    "hu": ".",
    "tr": ".",
    "ar": "ث",
}
CARDINALS = [*range(21), 21, 22, 23, 28, 30, 42, 55, 66, 71, 77, 80, 81, 88, 91, 99, 100, 101, 102, 111, 121, 200, 202]
CARDINALS += [342, 500, 701, 719, 986, 1000, 1001, 1002, 1100, 1114, 1999, 2000, 2001, 2345, 5000, 10_000, 21_000]
CARDINALS += [22_500, 100_000, 101_500, 121_000, 200_000, 999_999, 10**6, 10**6 + 1, 2 * 10**6, 5 * 10**6, 21 * 10**6]
CARDINALS += [123_456_789, 10**9, 2 * 10**9, 10**12 + 1, 9007199254740993, 7 * 10**15 + 7001, 10**18, 10**21 - 2, 10**21 - 1]
CARDINALS += [3 * 10**24, 10**27, 2 * 10**30, 12345 * 10**31, 10**33, 10**36, 10**51 - 1, 10**51, 10**65, 10**66, 10**306]
CARDINALS += [10**605, 10**606]
DECIMALS = ["0.5", "0,05", "1,0", "2.1", "3,11", "12.5", "21,25", "100,001", "3.14159", "1999.99", "1234567,5", "0,00001"]
DECIMALS += ["10000000,0", "100000000000000000,5", "10000000000000000000000,0", "123456789012345678901234,5"]
AMOUNTS = ["0", "1", "2", "5", "0.01", "1.01", "2,50", "21", "31.21", "200", "501", "1.000", "1,234.56", "1000000", "2500000.99"]
AMOUNTS += ["1.2.3", "1000000000000", "99999999999999999999999999", "100000000000000000000000000"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--official", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    sys.path.insert(0, str(arguments.official))
    from acestep.models.lyrics_utils.lyric_tokenizer import multilingual_cleaners

    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(4300)
    precision = decimal.getcontext().prec
    rows = []
    for language, suffix in ORDINAL_SUFFIXES.items():
        lines = [str(n) for n in CARDINALS] + DECIMALS
        lines += [f"{n}{suffix}" for n in CARDINALS if n < 10**37]
        lines += [f"{symbol}{amount}" for symbol in "£$€" for amount in AMOUNTS]
        for line in lines:
            # Long Arabic numbers change it for every number after them.
            decimal.getcontext().prec = precision
            rows.append(f"{language}\t{line}\t{multilingual_cleaners(line, language)}\n")
    arguments.out.write_text("".join(rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
