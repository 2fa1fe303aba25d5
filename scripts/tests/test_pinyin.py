import struct
import zlib

import numpy as np
from pypinyin import Style, pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT, RE_HANS

from acestep_export.pinyin import MAGIC, write_pinyin


def test_equal_packages_give_equal_bytes(tmp_path):
    write_pinyin(tmp_path / "a")
    write_pinyin(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_file_holds_the_readings_exactly(tmp_path):
    write_pinyin(tmp_path / "pinyin")
    content = (tmp_path / "pinyin").read_bytes()
    assert content.startswith(MAGIC)
    data = zlib.decompress(content[len(MAGIC) :])

    def take(dtype, count):
        nonlocal data
        values = np.frombuffer(data, dtype=dtype, count=count)
        data = data[values.nbytes :]
        return values

    def take_split(count):
        low, high = take("u1", count), take("u1", count)
        return low + 256 * high.astype(int)

    syllables, ranges, characters, phrases, length, deviations = struct.unpack("<6I", data[:24])
    data = data[24:]
    names = []
    for _ in range(syllables):
        names.append(data[1 : 1 + data[0]].decode())
        data = data[1 + data[0] :]

    han = {c for first, last in take("<u4", 2 * ranges).reshape(-1, 2) for c in range(first, last + 1)}
    assert han == {c for c in range(0x110000) if RE_HANS.match(chr(c))}

    alone = np.cumsum(take("<u4", characters))
    read_alone = {chr(c): names[s] for c, s in zip(alone, take_split(characters), strict=True)}
    assert set(map(ord, read_alone)) == set(PINYIN_DICT) & han
    for c in "你了重行的呣㐀":
        assert [[read_alone[c]]] == pinyin(c, Style.TONE3, neutral_tone_with_five=True)

    lengths = take("u1", phrases)
    text = "".join(map(chr, take_split(length)))
    deviates = take("u1", length)
    other = iter(take_split(deviations))
    read = [names[next(other)] if d else read_alone[c] for c, d in zip(text, deviates, strict=True)]
    assert not data
    found = {}
    position = 0
    for n in map(int, lengths):
        found[text[position : position + n]] = read[position : position + n]
        position += n
    assert list(found) == sorted(PHRASES_DICT)
    for phrase in list(found)[::10]:
        assert [[s] for s in found[phrase]] == pinyin(phrase, Style.TONE3, neutral_tone_with_five=True)
