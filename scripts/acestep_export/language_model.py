"""Writes the language-identification model of py3langid (BSD-3-Clause) in the form the runtime reads.

The model is naive Bayes over byte n-grams: an automaton walks the UTF-8 bytes, some of its states emit features, and each
feature adds one row of log-probabilities to the languages' priors. Everything is kept exactly.

Layout, little-endian: the 8 bytes `A4JLANG1`, then one zlib stream of

    u32     languages, features, states, values
    u8 x n  per language: length of its code, the code in ASCII
    f32     prior of each language
    f32     the distinct log-probabilities, ascending
    u8, u8  per language and feature (feature fastest): low bytes, then high bytes, of the index into those values
    u16     per state: number of transitions that differ from state 0's; for state 0 itself, from 0
    u8      the input byte of each such transition
    u8, u8  the state each of them leads to: low bytes, then high bytes
    u8      per state: number of features it emits
    u16     those features
"""

from __future__ import annotations

import lzma
import pickle
import struct
import zlib
from pathlib import Path

import numpy as np

MAGIC = b"A4JLANG1"
LICENCE = "BSD-3-Clause"


def write_language_model(path: Path) -> None:
    """Writes the model of the installed py3langid package to `path`; equal packages give equal bytes."""
    import py3langid

    source = Path(py3langid.__file__).parent / "data" / "model.plzma"
    with lzma.open(source) as file:
        log_probabilities, priors, languages, next_state, features_of = pickle.load(file)
    path.write_bytes(MAGIC + zlib.compress(_payload(log_probabilities, priors, languages, next_state, features_of), 9))


def _payload(log_probabilities, priors, languages, next_state, features_of) -> bytes:
    table = np.asarray(log_probabilities, dtype=np.float32).reshape(-1, len(languages))
    values, indices = np.unique(table, return_inverse=True)
    if len(values) > 0xFFFF:
        raise ValueError(f"py3langid model: expected at most 65535 distinct log-probabilities, found {len(values)}")
    indices = indices.reshape(table.shape).T

    moves = np.asarray(next_state, dtype=np.uint16).reshape(-1, 256)
    changed = moves != moves[0]
    changed[0] = moves[0] != 0
    from_state, on_byte = np.nonzero(changed)
    targets = moves[from_state, on_byte]

    emitted = [features_of.get(state, ()) for state in range(len(moves))]

    return b"".join(
        [
            struct.pack("<4I", len(languages), len(table), len(moves), len(values)),
            b"".join(struct.pack("B", len(code)) + code.encode("ascii") for code in languages),
            np.asarray(priors, dtype="<f4").tobytes(),
            values.astype("<f4").tobytes(),
            _low_then_high_bytes(indices),
            changed.sum(axis=1).astype("<u2").tobytes(),
            on_byte.astype(np.uint8).tobytes(),
            _low_then_high_bytes(targets),
            bytes(len(features) for features in emitted),
            np.asarray([feature for features in emitted for feature in features], dtype="<u2").tobytes(),
        ]
    )


def _low_then_high_bytes(numbers: np.ndarray) -> bytes:
    return (numbers & 0xFF).astype(np.uint8).tobytes() + (numbers >> 8).astype(np.uint8).tobytes()
