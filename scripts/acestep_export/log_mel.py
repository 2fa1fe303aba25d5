"""The vocoder's log mel spectrogram: audio -> log mel.

After acestep/music_dcae/music_log_mel.py at d612523. The Fourier transform of a frame is a Cooley-Tukey step written as
two small matrix products: a frame is laid out as rows x columns, the first product transforms the columns, a pointwise
one turns the phases, the second product transforms the rows. That is a twelfth of the work of a plain product, needs
tables of some kilobytes, and only operators that every execution provider has.

It runs in double precision. Between the partials of a clean tone the logarithm shows the rounding of a transform in
single precision: upstream's is off by 1e-4 there, and a second one would add its own, or a GPU's TF32.
"""

from __future__ import annotations

import math

import numpy as np
from onnx import TensorProto

from .checkpoint import Part
from .graph import Graph

_POWER_FLOOR = 1e-6
_MEL_FLOOR = 1e-5
_TO_THE_END = np.iinfo(np.int64).max


def build(g: Graph, audio: str, part: Part, channels: int, bins: int) -> str:
    """[batch, channels, samples], samples a multiple of the hop -> [batch, channels, bins, mel frames]."""
    size = part.setting("n_fft", int)
    hop = part.setting("hop_length", int)
    part.require(size > 3 and size & (size - 1) == 0, f"'n_fft' is {size}, expected a power of 2 above 2")
    part.setting("win_length", int, size)
    part.setting("n_mels", int, bins)
    part.require(hop > 0 and size % hop == 0, f"'hop_length' is {hop}, expected a divisor of 'n_fft' {size}")

    # Real input: a frequency and its mirror image are equally loud, so that half the columns' transform reaches all.
    # Where it reaches both, one is left out, as is what the mel bank weighs with 0.
    rows = 1 << (size.bit_length() - 1) // 2
    columns, half = size // rows, rows // 2 + 1
    reached = np.arange(half)[:, None] + rows * np.arange(columns)
    reached = np.minimum(reached, size - reached)
    bank = _mel_bank(part, size // 2 + 1, bins)[reached]
    twice = np.ones(reached.size, bool)
    twice[np.unique(reached, return_index=True)[1]] = False
    bank[twice.reshape(reached.shape)] = 0
    kept = np.flatnonzero(bank.any(axis=(0, 2)))

    def table(turns: np.ndarray) -> np.ndarray:
        return np.exp(-2j * math.pi * turns)

    over_rows = table(np.outer(np.arange(half), np.arange(rows)) % rows / rows)
    over_rows = g.weight("log_mel.over_rows", np.concatenate([over_rows.real, over_rows.imag]))
    turn = table(np.outer(np.arange(half), np.arange(columns)) / size)
    cos, sin = g.weight("log_mel.turn_real", turn.real), g.weight("log_mel.turn_imaginary", turn.imag)
    over_columns = table(np.outer(np.arange(columns), kept) % columns / columns)
    over_columns = np.block([[over_columns.real, over_columns.imag], [-over_columns.imag, over_columns.real]])
    over_columns = g.weight("log_mel.over_columns", over_columns)
    weights = np.ascontiguousarray(bank[:, kept]).reshape(-1, bins)
    bank = g.weight("mel_transform.mel_scale.fb", weights)
    window = g.weight("mel_transform.spectrogram.window", _window(part, size))

    def channel(hops: str) -> str:
        last = [i + 1 - size // hop or _TO_THE_END for i in range(size // hop)]
        frames = g.op("Concat", *(g.slice(hops, 2, i, end) for i, end in enumerate(last)), axis=3)
        frames = g.op("Cast", g.op("Mul", frames, window), to=TensorProto.DOUBLE)
        spectrum = g.op("MatMul", over_rows, g.reshape(frames, 0, 0, -1, rows, columns))
        real, imaginary = g.ops("Split", 2, spectrum, axis=3, num_outputs=2)
        turned = g.op("Concat",
            g.op("Sub", g.op("Mul", real, cos), g.op("Mul", imaginary, sin)),
            g.op("Add", g.op("Mul", real, sin), g.op("Mul", imaginary, cos)),
            axis=4)  # fmt: skip
        real, imaginary = g.ops("Split", 2, g.op("MatMul", turned, over_columns), axis=4, num_outputs=2)
        power = g.op("Add", g.op("Mul", real, real), g.op("Mul", imaginary, imaginary))
        power = g.op("Cast", power, to=TensorProto.FLOAT)
        magnitude = g.op("Sqrt", g.op("Add", power, g.constant(_POWER_FLOOR)))
        return g.op("MatMul", g.reshape(magnitude, 0, 0, -1, len(weights)), bank)

    before, after = (size - hop) // 2, (size - hop + 1) // 2
    padded = g.op("Pad", audio, g.ints(0, 0, before, 0, 0, after), mode="reflect")
    hops = g.reshape(padded, 0, 0, -1, hop)
    # One channel after the other needs half the memory.
    mel = g.op("Concat", *(channel(g.slice(hops, 1, c, c + 1)) for c in range(channels)), axis=1)
    return g.transpose(g.op("Log", g.op("Max", mel, g.constant(_MEL_FLOOR))), 0, 1, 3, 2)


def _window(part: Part, size: int) -> np.ndarray:
    """The checkpoint's window or, as it needn't hold one, the periodic Hann window that upstream computes."""
    name = "mel_transform.spectrogram.window"
    if name in part:
        return part.tensor(name, size)
    angles = np.arange(size, dtype=np.float32) * np.float32(2 * math.pi / size)
    return np.float32(0.5) - np.float32(0.5) * np.cos(angles.astype(np.float64)).astype(np.float32)


def _mel_bank(part: Part, frequencies: int, bins: int) -> np.ndarray:
    """[frequencies, bins]: the checkpoint's filters or, as it needn't hold them, torchaudio's of the Slaney kind."""
    name = "mel_transform.mel_scale.fb"
    if name in part:
        return part.tensor(name, frequencies, bins)
    rate = part.setting("sampling_rate", int)
    low = part.setting("f_min", (int, float))
    high = part.setting("f_max", (int, float, type(None))) or rate // 2
    part.require(0 <= low < high <= rate / 2, f"'f_min' {low} to 'f_max' {high} is no range up to {rate / 2} Hz")
    edges = _mel_to_hertz(np.linspace(_hertz_to_mel(low), _hertz_to_mel(high), bins + 2))
    offsets = edges[None, :] - np.linspace(0, rate // 2, frequencies)[:, None]
    widths = np.diff(edges)
    rising, falling = -offsets[:, :-2] / widths[:-1], offsets[:, 2:] / widths[1:]
    return (np.maximum(0, np.minimum(rising, falling)) * 2 / (edges[2:] - edges[:-2])).astype(np.float32)


# Slaney's mel scale: linear up to 1000 Hz, logarithmic above.
_HERTZ_PER_MEL = 200 / 3
_LOG_FROM = 1000 / _HERTZ_PER_MEL
_LOG_STEP = math.log(6.4) / 27


def _hertz_to_mel(hertz: float) -> float:
    mel = hertz / _HERTZ_PER_MEL
    return mel if mel < _LOG_FROM else _LOG_FROM + math.log(hertz / 1000) / _LOG_STEP


def _mel_to_hertz(mel: np.ndarray) -> np.ndarray:
    return np.where(mel < _LOG_FROM, mel * _HERTZ_PER_MEL, 1000 * np.exp(_LOG_STEP * (mel - _LOG_FROM)))
