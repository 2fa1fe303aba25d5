"""The convolutions in fewer products against the sums that they stand for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from test_graphs import assert_close, load

from acestep_export import dcae_decoder, fast_convolution, vocoder
from acestep_export.checkpoint import Part
from acestep_export.graph import Graph


def run(folder: Path, x: np.ndarray, build) -> np.ndarray:
    shape = ["batch", *x.shape[1:-2], "frames", x.shape[-1]]
    with Graph("part", folder, lambda _: None) as g:
        g.output(build(g, g.input("x", "float32", shape)), "y", "float32", ["batch", *"abc"[: x.ndim - 1]])
        g.save()
    return session(folder / "part.onnx").run(None, {"x": x})[0]


def session(path: Path) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])


@pytest.mark.parametrize(("taps", "dilation"), [(1, 1), (3, 1), (3, 5), (5, 3), (7, 1), (11, 1), (11, 5), (13, 3)])
@pytest.mark.parametrize("length", [1, 17, 250])
def test_convolution_1d(tmp_path: Path, taps: int, dilation: int, length: int) -> None:
    rng = np.random.default_rng(taps)
    x = rng.standard_normal((2, length, 6)).astype(np.float32)
    weight, bias = rng.standard_normal((4, 6, taps)).astype(np.float32), rng.standard_normal(4).astype(np.float32)
    y = run(tmp_path, x, lambda g, v: fast_convolution.convolution_1d(g, v, "layer", weight, bias, dilation))
    reach = taps // 2 * dilation
    padded = np.pad(x.astype(np.float64), ((0, 0), (reach, reach), (0, 0)))
    taken = [padded[:, k * dilation : k * dilation + length] @ weight[:, :, k].T for k in range(taps)]
    assert_close(y, sum(taken) + bias)


@pytest.mark.parametrize("upsampled", [False, True])
@pytest.mark.parametrize(("height", "width"), [(4, 1), (6, 7), (8, 32)])
def test_convolution_2d(tmp_path: Path, height: int, width: int, upsampled: bool) -> None:
    rng = np.random.default_rng(height)
    x = rng.standard_normal((2, height, width, 5)).astype(np.float32)
    weight, bias = rng.standard_normal((3, 5, 3, 3)).astype(np.float32), rng.standard_normal(3).astype(np.float32)
    y = run(tmp_path, x, lambda g, v: fast_convolution.convolution_2d(g, v, "layer", weight, bias, height, upsampled))
    image = x.astype(np.float64)
    if upsampled:
        image = image.repeat(2, axis=1).repeat(2, axis=2)
    rows, columns = image.shape[1:3]
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1), (0, 0)))
    taken = [padded[:, i : i + rows, j : j + columns] @ weight[:, :, i, j].T for i in range(3) for j in range(3)]
    assert_close(y, sum(taken) + bias)


@pytest.mark.parametrize("rate", [2, 4])
def test_upsampling_1d(tmp_path: Path, rate: int) -> None:
    rng = np.random.default_rng(rate)
    x = rng.standard_normal((2, 9, 6)).astype(np.float32)
    weight, bias = rng.standard_normal((6, 3, 2 * rate)).astype(np.float32), rng.standard_normal(3).astype(np.float32)
    y = run(tmp_path, x, lambda g, v: fast_convolution.upsampling_1d(g, v, "layer", weight, bias, rate))
    expected = np.zeros((2, 11 * rate, 3))
    for frame in range(9):
        for tap in range(2 * rate):
            expected[:, frame * rate + tap] += x[:, frame].astype(np.float64) @ weight[:, :, tap]
    assert_close(y, expected[:, rate // 2 : rate // 2 + 9 * rate] + bias)


@pytest.mark.parametrize("case", ["short", "batch"])
@pytest.mark.parametrize("fast_width", [8, 16])
def test_vocoder_with_fast_stages_equals_official_module(
    tmp_path: Path, checkpoint: Path, case: str, fast_width: int
) -> None:
    with Graph("vocoder", tmp_path, lambda _: None) as g:
        vocoder.build(g, Part(checkpoint / "music_vocoder"), fast_width)
        g.save()
    mel = load(f"vocoder_{case}", "in_")["mel"]
    audio = session(tmp_path / "vocoder.onnx").run(None, {"mel": mel, "context": np.zeros(2, np.int64)})[0]
    assert_close(audio, load(f"vocoder_{case}", "out_")["audio"])


@pytest.mark.parametrize("case", ["short", "batch"])
def test_dcae_with_fast_stages_equals_official_module(tmp_path: Path, checkpoint: Path, case: str) -> None:
    part = Part(checkpoint / "music_dcae_f8c8")
    with Graph("decoder", tmp_path, lambda _: None) as g:
        dcae_decoder.build(g, part, 16, fast_width=8)
        g.save()
    with Graph("upsampler", tmp_path, lambda _: None) as g:
        dcae_decoder.build_upsampler(g, part, 16, 128, fast_width=8)
        g.save()
    latents = load(f"dcae_decoder_{case}", "in_")["latents"]
    features = session(tmp_path / "decoder.onnx").run(None, {"latents": latents})[0]
    mel = session(tmp_path / "upsampler.onnx").run(None, {"features": features})[0]
    assert_close(mel, load(f"dcae_decoder_{case}", "out_")["mel"])
