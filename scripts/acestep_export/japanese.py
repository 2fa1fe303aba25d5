"""Writes the Japanese dictionary of unidic-lite (UniDic 2.1.2, under its BSD licence) in the form the runtime reads.

Japanese is cut into words by MeCab's rule: of all ways to cover a line with words of the dictionary and unknown words
by kind of character, the one with the least sum of word costs and connection costs. Each word is written with the
romaji that cutlet (MIT) gives it. Words that never win are left out, and rows and columns of the connection costs that
are equal are one.

Layout, little-endian: the 8 bytes `A4JJAPA1`, then one zlib stream of

    u32       left classes, right classes, surfaces, length of all their endings, words, length of all their romaji,
              ranges of characters, kinds of unknown words, their words, kana
    u16, u16  left class of the end of a line, right class of its beginning
    u8, u8    connection costs [left class][right class] + 32768: low bytes, then high bytes
    u8        per surface, ascending by UTF-16: how many characters it shares with the one before
    u8        per surface: how many characters follow
    u8, u8    those characters: low bytes, then high bytes
    u8        per surface: number of words
    u8, u8    per word, in the order MeCab has them: left class, low bytes, then high bytes; likewise:
    u8, u8    right class
    u8, u8    cost + 32768
    u8        properties: bits 0 to 2 the part of speech (see PARTS), 8 conjunctive particle, 16 spelt as abroad
    u8        length of the romaji
    u8        the romaji of all words in UTF-8, with a small tsu for a doubling of the next word's first letter
    u32, u32  per range of characters, ascending: first code unit, kind of character as MeCab packs it
    u8        per kind of unknown word: number of words
    5 x u16   per such word: left class, right class, cost + 32768, properties, kind of character
    u8 + 2n   per kana, two that are one sound, or longer word of one spelling: length and characters as u16, then
    u8 x n    length of its romaji and the romaji
"""

from __future__ import annotations

import csv
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

MAGIC = b"A4JJAPA1"
LICENCE = {
    "part": "japanese.bin",
    "from": "unidic-lite, cutlet",
    "licence": "BSD-3-Clause AND MIT",
    "notice": "Copyright (c) 2011-2013, The UniDic Consortium; romaji: Copyright (c) Paul O'Leary McCann",
}

PARTS = ("", "接頭辞", "補助記号", "接尾辞", "動詞", "助動詞", "形容詞")
CONJUNCTIVE, FOREIGN = 8, 16
HEADER = 72
TOKEN = np.dtype([("left", "<u2"), ("right", "<u2"), ("", "<u2"), ("cost", "<i2"), ("at", "<u4"), ("", "<u4")])
FIELDS = ("pos1", "pos2", "pos3", "pos4", "cType", "cForm", "lForm", "lemma", "orth", "pron")
KANA_FIELD = 17


class Word(NamedTuple):
    left: int
    right: int
    cost: int
    properties: int
    romaji: str


def write_japanese(path: Path, text: str | None = None) -> None:
    """Writes the dictionary of the installed unidic-lite package to `path`; equal packages give equal bytes.

    With a text, only what a line of that text needs: the words in it and the costs of connecting them.
    """
    import cutlet
    import unidic_lite
    from cutlet.cutlet import has_foreign_lemma, normalize_text

    folder = Path(unidic_lite.DICDIR)
    romanizer = cutlet.Cutlet()

    def word(surface: str, token: np.void, fields: Sequence[str], unknown: bool) -> Word:
        feature = SimpleNamespace(**dict(zip(FIELDS, fields, strict=False)))
        feature.kana = None if unknown else fields[KANA_FIELD]
        feature.lemma = None if unknown else feature.lemma
        node = SimpleNamespace(surface=surface, is_unk=False, feature=feature)
        properties = PARTS.index(feature.pos1) if feature.pos1 in PARTS else 0
        if feature.pos2 in "接続助詞":
            properties |= CONJUNCTIVE
        if has_foreign_lemma(node):
            properties |= FOREIGN
        romaji = ""
        if not unknown:
            try:
                romaji = romanizer.romaji_word(node).lower()
            except KeyError:  # a reading with a sign that cutlet doesn't know: the official code fails on it
                romaji = "?"
        return Word(int(token["left"]), int(token["right"]), int(token["cost"]), properties, romaji)

    text = None if text is None else normalize_text(text)
    surfaces: dict[str, list[Word]] = {}
    for name, tokens in _dictionary(folder / "sys.dic", text):
        surfaces[name] = [word(name, token, fields, False) for token, fields in tokens]
    unknown = {name: [word("", t, f, True) for t, f in tokens] for name, tokens in _dictionary(folder / "unk.dic")}
    # Longer keys are words that cutlet spells in one way wherever they stand; the shorter ones of these are in UniDic.
    kana = {k: v for k, v in romanizer.table.items() if len(_units(k)) <= 2}
    kana |= {k: v.lower() for k, v in romanizer.exceptions.items() if len(_units(k)) > 2}
    payload = _payload(_Costs(folder / "matrix.bin"), surfaces, unknown, _kinds(folder / "char.bin"), kana)
    path.write_bytes(MAGIC + zlib.compress(payload, 9))


class _Costs:
    """The connection costs with equal rows and columns made one."""

    def __init__(self, path: Path) -> None:
        content = path.read_bytes()
        right, left = struct.unpack_from("<HH", content)
        whole = np.frombuffer(content, dtype="<i2", offset=4).reshape(left, right)
        rows, self.left = np.unique(whole, axis=0, return_inverse=True)
        self.costs, self.right = np.unique(rows, axis=1, return_inverse=True)
        self.left, self.right = self.left.reshape(-1), self.right.reshape(-1)

    def keep(self, words: Iterable[Word]) -> None:
        """Leaves out the classes that none of these words has."""
        words = list(words)
        lefts = np.unique([self.left[w.left] for w in words] + [self.left[0]])
        rights = np.unique([self.right[w.right] for w in words] + [self.right[0]])
        self.costs = self.costs[np.ix_(lefts, rights)]
        self.left = np.searchsorted(lefts, self.left)
        self.right = np.searchsorted(rights, self.right)


def _payload(
    costs: _Costs,
    surfaces: dict[str, list[Word]],
    unknown: dict[str, list[Word]],
    kinds: tuple[list[str], np.ndarray],
    kana: dict[str, str],
) -> bytes:
    costs.keep(w for words in (*surfaces.values(), *unknown.values()) for w in words)
    ordered = sorted(surfaces, key=lambda s: s.encode("utf-16-be"))
    winners = [_winners(surfaces[s], costs) for s in ordered]
    words = [w for group in winners for w in group]
    romaji = [w.romaji.encode() for w in words]
    shared, endings = _front_coded([_units(s) for s in ordered])
    names, map_ = kinds
    starts = [0, *(np.nonzero(np.diff(map_))[0] + 1).tolist()]
    counts = (
        *costs.costs.shape,
        *(len(ordered), sum(map(len, endings)), len(words), sum(map(len, romaji))),
        *(len(starts), len(names), sum(map(len, unknown.values())), len(kana)),
    )

    return b"".join(
        [
            struct.pack("<10I", *counts),
            struct.pack("<2H", costs.left[0], costs.right[0]),
            _low_then_high_bytes(costs.costs.astype(np.int32).ravel() + 32768),
            bytes(shared),
            bytes(map(len, endings)),
            _low_then_high_bytes([unit for ending in endings for unit in ending]),
            bytes(map(len, winners)),
            _low_then_high_bytes([costs.left[w.left] for w in words]),
            _low_then_high_bytes([costs.right[w.right] for w in words]),
            _low_then_high_bytes([w.cost + 32768 for w in words]),
            bytes(w.properties for w in words),
            bytes(map(len, romaji)),
            b"".join(romaji),
            b"".join(struct.pack("<2I", start, int(map_[start])) for start in starts),
            bytes(len(unknown[name]) for name in names),
            b"".join(
                struct.pack("<5H", costs.left[w.left], costs.right[w.right], w.cost + 32768, w.properties, kind)
                for kind, name in enumerate(names)
                for w in unknown[name]
            ),
            b"".join(
                struct.pack(f"<B{len(_units(k))}H", len(_units(k)), *_units(k)) + struct.pack("B", len(v)) + v.encode()
                for k, v in sorted(kana.items())
            ),
        ]
    )


def _winners(words: Sequence[Word], costs: _Costs) -> list[Word]:
    """One word for each pair of classes: the cheapest, of equally cheap ones the first, as MeCab decides."""
    best: dict[tuple[int, int], Word] = {}
    for w in words:
        key = int(costs.left[w.left]), int(costs.right[w.right])
        if key not in best or w.cost < best[key].cost:
            best[key] = w
    kept = set(map(id, best.values()))
    return [w for w in words if id(w) in kept]


def _dictionary(path: Path, text: str | None = None) -> Iterator[tuple[str, list[tuple[np.void, list[str]]]]]:
    """Every surface of a MeCab dictionary, or those in the text, with its tokens and their features."""
    content = path.read_bytes()
    trie_size, token_size = struct.unpack_from("<2I", content, 24)
    units = np.frombuffer(content, dtype=[("base", "<i4"), ("check", "<u4")], count=trie_size // 8, offset=HEADER)
    tokens = np.frombuffer(content, dtype=TOKEN, count=token_size // 16, offset=HEADER + trie_size)
    features = HEADER + trie_size + token_size
    base, check = units["base"].tolist(), units["check"]
    order = np.argsort(check, kind="stable")
    by_check = check[order]
    used = np.unique(by_check)
    first = dict(zip(used.tolist(), np.searchsorted(by_check, used).tolist(), strict=True))
    last = dict(zip(used.tolist(), np.searchsorted(by_check, used, side="right").tolist(), strict=True))
    children = order.tolist()

    pending = [(base[0], b"")]
    while pending:
        node, prefix = pending.pop()
        for child in children[first.get(node, 0) : last.get(node, 0)]:
            byte = child - node - 1
            if byte >= 0:
                if byte <= 255 and base[child] > 0:
                    pending.append((base[child], prefix + bytes([byte])))
            elif byte == -1 and base[child] < 0:
                name = prefix.decode()
                if text is not None and name not in text:
                    continue
                value = -base[child] - 1
                rows = []
                for token in tokens[value >> 8 : (value >> 8) + (value & 0xFF)]:
                    at = features + int(token["at"])
                    line = content[at : content.index(b"\0", at)].decode()
                    rows.append((token, next(csv.reader([line])) if '"' in line else line.split(",")))
                yield name, rows


def _kinds(path: Path) -> tuple[list[str], np.ndarray]:
    """The names of the kinds of characters, and the kind of each code unit as MeCab packs it."""
    content = path.read_bytes()
    (count,) = struct.unpack_from("<I", content)
    names = [content[4 + 32 * i : 36 + 32 * i].rstrip(b"\0").decode() for i in range(count)]
    return names, np.frombuffer(content, dtype="<u4", offset=4 + 32 * count)


def _front_coded(strings: Sequence[Sequence[int]]) -> tuple[list[int], list[Sequence[int]]]:
    shared, endings = [], []
    before: Sequence[int] = ()
    for s in strings:
        n = 0
        while n < min(len(s), len(before)) and s[n] == before[n]:
            n += 1
        shared.append(n)
        endings.append(s[n:])
        before = s
    return shared, endings


def _units(text: str) -> tuple[int, ...]:
    encoded = text.encode("utf-16-le")
    return struct.unpack(f"<{len(encoded) // 2}H", encoded)


def _low_then_high_bytes(numbers: Sequence[int] | np.ndarray) -> bytes:
    array = np.asarray(numbers, dtype=np.uint16)
    return (array & 0xFF).astype(np.uint8).tobytes() + (array >> 8).astype(np.uint8).tobytes()
