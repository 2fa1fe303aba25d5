import struct
import zlib

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from acestep_export.language_model import MAGIC, write_language_model


def test_equal_packages_give_equal_bytes(tmp_path):
    write_language_model(tmp_path / "a")
    write_language_model(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_file_holds_the_model_exactly(tmp_path):
    write_language_model(tmp_path / "model")
    content = (tmp_path / "model").read_bytes()
    assert content.startswith(MAGIC)
    data = zlib.decompress(content[len(MAGIC) :])
    expected = LanguageIdentifier.from_pickled_model(MODEL_FILE)

    def take(dtype, count):
        nonlocal data
        values = np.frombuffer(data, dtype=dtype, count=count)
        data = data[values.nbytes :]
        return values

    def take_split(count):
        low, high = take("u1", count), take("u1", count)
        return low + 256 * high.astype(int)

    languages, features, states, values = struct.unpack("<4I", data[:16])
    data = data[16:]
    codes = []
    for _ in range(languages):
        codes.append(data[1 : 1 + data[0]].decode())
        data = data[1 + data[0] :]
    assert codes == list(expected.nb_classes)
    assert np.array_equal(take("<f4", languages), expected.nb_pc)
    table = take("<f4", values)
    assert np.array_equal(table[take_split(languages * features).reshape(languages, features)].T, expected.nb_ptc)

    changes = take("<u2", states)
    inputs = take("u1", int(changes.sum()))
    targets = take_split(len(inputs))
    moves = np.zeros((states, 256), dtype=int)
    moves[0, inputs[: changes[0]]] = targets[: changes[0]]
    moves[1:] = moves[0]
    moves[np.repeat(np.arange(states), changes), inputs] = targets
    assert np.array_equal(moves.ravel(), expected.tk_nextmove)

    emitted = take("u1", states)
    emissions = np.split(take("<u2", int(emitted.sum())), np.cumsum(emitted)[:-1])
    assert [tuple(e) for e in emissions] == [tuple(expected.tk_output.get(state, ())) for state in range(states)]
    assert not data
