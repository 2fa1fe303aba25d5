"""Convolutions of wide layers in fewer multiplications, exact but for rounding.

A tile of outputs is a bilinear function of a window of inputs and the kernel: `outputs @ ((weights @ kernel) * (inputs
@ window))`, with one product of channel matrices per row of `weights` instead of one per pair of output and tap. In 1-D
a real discrete Fourier transform, whose complex products take three real ones each (Gauss), or Toom-Cook's evaluation
at small points for short kernels; in 2-D Toom-Cook in both directions (Winograd's F(4x4, 3x3); Lavin and Gray,
arXiv:1509.09308). Values are laid out with the channels last, so that each product is a plain MatMul.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .graph import Graph


@dataclass(frozen=True)
class Algorithm:
    """For correlation of a window with a kernel: `outputs` [tile, products], `weights` [products, taps], `inputs`
    [products, window]; consecutive windows begin `hop` inputs apart."""

    outputs: np.ndarray
    weights: np.ndarray
    inputs: np.ndarray
    hop: int


def fourier(window: int, taps: int) -> Algorithm:
    tile = window - taps + 1
    outputs, weights, inputs = [], [], []
    for frequency in range(window // 2 + 1):
        angle = 2 * np.pi * frequency / window
        cos, sin = np.cos(angle * np.arange(window)), np.sin(angle * np.arange(window))
        if frequency in (0, window / 2):
            inputs.append(cos)
            weights.append(cos[:taps])
            outputs.append(cos[:tile] / window)
        else:
            inputs += [cos - sin, cos, -sin]
            weights += [cos[:taps], (sin - cos)[:taps], (cos + sin)[:taps]]
            outputs += [(cos - sin)[:tile] * 2 / window, -sin[:tile] * 2 / window, -cos[:tile] * 2 / window]
    return Algorithm(np.array(outputs).T, np.array(weights), np.array(inputs), tile)


def toom_cook(points: tuple[float, ...], taps: int) -> Algorithm:
    """At these points and infinity."""
    window = len(points) + 1
    tile = window - taps + 1

    def powers(count: int) -> np.ndarray:
        return np.array([[x**i for i in range(count)] for x in points] + [[0.0] * (count - 1) + [1.0]])

    return Algorithm(powers(tile).T, powers(taps), np.linalg.inv(powers(window)).T, tile)


def algorithm(taps: int, width: int) -> Algorithm:
    """A fast one for so many taps; longer windows save more products but have more weights."""
    if taps == 3:
        return toom_cook((0, 1, -1, 2, -2, 0.5, -0.5), 3)
    window = -(-int((1.75 if width >= 512 else 2.375) * taps) // 8) * 8
    return fourier(max(window, -(-(taps - 1) // 4) * 8), taps)


F4 = toom_cook((0, 1, -1, 0.5, -0.5), 3)
# Of an input that is shown twice as long, each value twice: the windows 0 1 1 2 2 3 of the original.
F4_UPSAMPLED = Algorithm(F4.outputs, F4.weights, F4.inputs @ np.eye(4)[[0, 1, 1, 2, 2, 3]], 2)


def convolution_1d(g: Graph, x: str, name: str, weight: np.ndarray, bias: np.ndarray, dilation: int = 1) -> str:
    """Conv with zero padding that keeps the length; x [batch, time, in], `weight` [out, in, taps], taps odd."""
    out, channels, taps = weight.shape
    if taps == 1:
        return g.linear(x, name, weight[..., 0], bias)
    a = algorithm(taps, channels)
    tile, window = len(a.outputs), a.inputs.shape[1]
    before, row = taps // 2 * dilation, dilation * channels
    time, batch = g.dim(x, 1), g.dim(x, 0)
    missing = g.op("Mod", g.op("Neg", time), g.ints(tile * dilation))
    after = g.op("Add", missing, g.ints(tile * dilation - before))
    pads = g.op("Concat", g.ints(0, before, 0, 0), after, g.ints(0), axis=0)
    # A row holds the `dilation` time steps that see none of each other; tiles and windows are counted in rows.
    h = g.reshape(g.op("Pad", x, pads), 0, -1, tile, row)
    h = _windows(g, g.transpose(h, 2, 0, 1, 3), 0, 2, window - tile)
    h = _products(g, h, name, a.inputs, np.einsum("pt,oit->pio", a.weights, weight), a.outputs)
    shape = g.op("Concat", g.ints(tile), batch, g.ints(-1, dilation * out), axis=0)
    h = g.transpose(g.op("Reshape", h, shape), 1, 2, 0, 3)
    h = g.op("Slice", g.reshape(h, 0, -1, out), g.ints(0), time, g.ints(1))
    return g.op("Add", h, g.weight(f"{name}.bias", bias))


def convolution_2d(
    g: Graph, x: str, name: str, weight: np.ndarray, bias: np.ndarray | None, height: int, upsampled: bool = False
) -> str:
    """Conv 3x3 with zero padding that keeps the size; x [batch, height, width, in], `weight` [out, in, 3, 3].

    With `upsampled`, of x made twice as high and wide by repeating pixels, without making it.
    """
    out, channels = weight.shape[:2]
    a = F4_UPSAMPLED if upsampled else F4
    tile, window, scale = len(a.outputs), a.inputs.shape[1], 2 if upsampled else 1
    rows = -(-height // a.hop)
    batch, width = g.dim(x, 0), g.dim(x, 2)
    missing = g.op("Mod", g.op("Neg", width), g.ints(a.hop))
    after = g.op("Add", missing, g.ints(a.hop - 1))
    pads = g.op("Concat", g.ints(0, 1, 1, 0, 0, (rows + 1) * a.hop - height - 1), after, g.ints(0), axis=0)
    h = g.reshape(g.op("Pad", x, pads), 0, rows + 1, a.hop, -1, a.hop, channels)
    h = _windows(g, g.transpose(h, 2, 4, 0, 1, 3, 5), 0, 3, window - a.hop)
    h = _windows(g, h, 1, 4, window - a.hop)
    weights = np.einsum("pr,qs,oirs->pqio", a.weights, a.weights, weight).reshape(-1, channels, out)
    h = _products(g, h, name, np.kron(a.inputs, a.inputs), weights, np.kron(a.outputs, a.outputs))
    shape = g.op("Concat", g.ints(tile, tile), batch, g.ints(rows, -1, out), axis=0)
    h = g.transpose(g.op("Reshape", h, shape), 2, 3, 0, 4, 1, 5)
    h = g.reshape(h, 0, rows * tile, -1, out)
    end = width if scale == 1 else g.op("Mul", width, g.ints(scale))
    ends = g.op("Concat", g.ints(scale * height), end, axis=0)
    h = g.op("Slice", h, g.ints(0, 0), ends, g.ints(1, 2))
    return h if bias is None else g.op("Add", h, g.weight(f"{name}.bias", bias))


def _windows(g: Graph, h: str, axis: int, tiles: int, overlap: int) -> str:
    """Tiles made windows: `axis` counts what is inside a tile, `tiles` the tiles, of which the last one goes."""
    begin = g.op("Slice", h, g.ints(0), g.ints(-1), g.ints(tiles))
    rest = g.op("Slice", h, g.ints(0, 1), g.ints(overlap, 2**40), g.ints(axis, tiles))
    return g.op("Concat", begin, rest, axis=axis)


def _products(g: Graph, h: str, name: str, inputs: np.ndarray, weights: np.ndarray, outputs: np.ndarray) -> str:
    """[window, ..., in] -> [tile, rest] by `weights` [products, in, out]."""
    products, channels, _ = weights.shape
    h = g.op("MatMul", g.constant(inputs), g.reshape(h, inputs.shape[1], -1))
    weight = g.weight(f"{name}.products", weights.astype(np.float32))
    h = g.op("MatMul", g.reshape(h, products, -1, channels), weight)
    return g.op("MatMul", g.constant(outputs), g.reshape(h, products, -1))


def upsampling_1d(g: Graph, x: str, name: str, weight: np.ndarray, bias: np.ndarray, rate: int) -> str:
    """ConvTranspose with stride `rate`, even, and a kernel twice as long, padded by half the rate at both ends.

    x [batch, time, in], `weight` [in, out, 2 * rate]. Half of the samples that a frame becomes take it and the frame
    before, the other half it and the frame after.
    """
    channels, out, _ = weight.shape
    half = rate // 2
    padded = g.op("Pad", x, g.ints(0, 1, 0, 0, 1, 0))
    frames = [g.slice(padded, 1, 0, -2), x, g.slice(padded, 1, 2, 2**40)]
    halves = []
    for i, (first, second) in enumerate(((half + rate, half), (rate, 0))):
        # of sample s in this half: tap first + s of the earlier frame, tap second + s of the later one
        taps = np.concatenate([weight[:, :, first : first + half], weight[:, :, second : second + half]])
        matrix = taps.transpose(0, 2, 1).reshape(2 * channels, half * out)
        pair = g.op("Concat", frames[i], frames[i + 1], axis=2)
        halves.append(g.op("MatMul", pair, g.weight(f"{name}.weight.{i}", matrix)))
    h = g.reshape(g.op("Concat", *halves, axis=2), 0, -1, out)
    return g.op("Add", h, g.weight(f"{name}.bias", bias))
