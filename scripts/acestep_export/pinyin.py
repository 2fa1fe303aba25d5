"""Writes the pinyin dictionaries of pypinyin (MIT) in the form the runtime reads.

A stretch of Han characters is cut into phrases, and each phrase has a reading of its own; what isn't in a phrase has
the reading of the single character. Readings are written as the lyric tokenizer wants them: tone as a number behind
the syllable, the neutral tone as 5.

Layout, little-endian: the 8 bytes `A4JPINY1`, then one zlib stream of

    u32       syllables, ranges of Han characters, characters, phrases, length of all phrases, deviations
    u8 x n    per syllable: length, the syllable in ASCII or else UTF-8
    u32, u32  per range of Han characters: first, last code point
    u32       per character with a reading of its own, ascending: difference from the one before (the first: from 0)
    u8, u8    the syllable of each: low bytes, then high bytes
    u8        per phrase, ascending: its length, at least 2
    u8, u8    the characters of all phrases, each in the plane U+0000 to U+FFFF: low bytes, then high bytes
    u8        1 for each of those that is read otherwise than alone, else 0
    u8, u8    the syllable of each of these: low bytes, then high bytes
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

MAGIC = b"A4JPINY1"
LICENCE = {
    "part": "pinyin.bin",
    "from": "pypinyin",
    "licence": "MIT",
    "notice": "Copyright (c) 2016 mozillazg, 闲耘",
}


def write_pinyin(path: Path) -> None:
    """Writes the dictionaries of the installed pypinyin package to `path`; equal packages give equal bytes."""
    from pypinyin import Style
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT, RE_HANS
    from pypinyin.converter import UltimateConverter

    converter = UltimateConverter(neutral_tone_with_five=True)

    @cache
    def syllable(reading: str) -> str:
        return converter.convert_style("", reading, Style.TONE3, strict=True)

    han = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF and RE_HANS.match(chr(c))]
    characters = {c: syllable(PINYIN_DICT[c].split(",")[0]) for c in han if c in PINYIN_DICT}
    phrases = {phrase: [syllable(r[0]) for r in readings] for phrase, readings in PHRASES_DICT.items()}
    path.write_bytes(MAGIC + zlib.compress(_payload(han, characters, phrases), 9))


def _payload(han: Sequence[int], characters: Mapping[int, str], phrases: Mapping[str, Sequence[str]]) -> bytes:
    readable = {chr(c) for c in characters}
    for phrase, readings in phrases.items():
        if not 2 <= len(phrase) == len(readings) <= 255 or any(not 0 < ord(c) < 0x10000 for c in phrase):
            raise ValueError(f"pypinyin phrase: expected characters below U+10000, a reading for each, found {phrase}")
        if not readable.issuperset(phrase):
            raise ValueError(f"pypinyin phrase: expected Han characters with readings, found {phrase}")

    syllables = sorted({*characters.values(), *(s for readings in phrases.values() for s in readings)})
    number = {syllable: i for i, syllable in enumerate(syllables)}
    ranges = _ranges(han)
    alone = sorted(characters)
    ordered = sorted(phrases)
    text = "".join(ordered)
    read = [s for phrase in ordered for s in phrases[phrase]]
    deviates = [characters[ord(c)] != s for c, s in zip(text, read, strict=True)]
    deviations = [number[s] for s, other in zip(read, deviates, strict=True) if other]
    encoded = [s.encode() for s in syllables]

    return b"".join(
        [
            struct.pack("<6I", len(syllables), len(ranges), len(alone), len(ordered), len(text), len(deviations)),
            b"".join(struct.pack("B", len(s)) + s for s in encoded),
            np.asarray(ranges, dtype="<u4").tobytes(),
            np.diff(np.asarray(alone, dtype="<u4"), prepend=np.uint32(0)).astype("<u4").tobytes(),
            _low_then_high_bytes(number[characters[c]] for c in alone),
            bytes(len(phrase) for phrase in ordered),
            _low_then_high_bytes(map(ord, text)),
            bytes(deviates),
            _low_then_high_bytes(deviations),
        ]
    )


def _ranges(numbers: Sequence[int]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    for n in numbers:
        if ranges and ranges[-1][1] == n - 1:
            ranges[-1] = (ranges[-1][0], n)
        else:
            ranges.append((n, n))
    return ranges


def _low_then_high_bytes(numbers: Iterable[int]) -> bytes:
    array = np.asarray(list(numbers), dtype=np.uint16)
    return (array & 0xFF).astype(np.uint8).tobytes() + (array >> 8).astype(np.uint8).tobytes()
