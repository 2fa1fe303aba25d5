import struct
import zlib

import fugashi
import pytest

from acestep_export.japanese import MAGIC, write_japanese

TEXT = "猫がコーヒーを飲んだ。"


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("japanese") / "japanese.bin"
    write_japanese(path, TEXT)
    return path.read_bytes()


def test_equal_packages_give_equal_bytes(content, tmp_path):
    write_japanese(tmp_path / "again", TEXT)
    assert (tmp_path / "again").read_bytes() == content


def test_the_file_holds_the_words_of_the_text(content):
    assert content.startswith(MAGIC)
    data = zlib.decompress(content[len(MAGIC) :])
    left, right, surfaces, ending_length, words, romaji_length = struct.unpack_from("<6I", data)
    at = 44 + 2 * left * right
    shared, endings = data[at : at + surfaces], data[at + surfaces : at + 2 * surfaces]
    at += 2 * surfaces
    units = [
        low + 256 * high
        for low, high in zip(data[at:], data[at + ending_length : at + 2 * ending_length], strict=False)
    ]
    at += 2 * ending_length
    names, before = [], ""
    for kept, added in zip(shared, endings, strict=True):
        before = before[:kept] + "".join(map(chr, units[:added]))
        units = units[added:]
        names.append(before)
    assert names == sorted(names)

    counts = data[at : at + surfaces]
    assert sum(counts) == words
    at += surfaces + 7 * words
    lengths = data[at : at + words]
    assert sum(lengths) == romaji_length
    at += words
    readings: dict[str, list[str]] = {}
    for name, count in zip(names, counts, strict=True):
        for length in lengths[:count]:
            readings.setdefault(name, []).append(data[at : at + length].decode())
            at += length
        lengths = lengths[count:]

    expected = ["neko", "ga", "coffee", "wo", "non", "da", "."]
    for word, romaji in zip(fugashi.Tagger()(TEXT), expected, strict=True):
        assert romaji in readings[word.surface]
