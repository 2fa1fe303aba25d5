"""The parts of the latent encoder against plain arithmetic in double precision."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from safetensors.numpy import save_file

from acestep_export import log_mel
from acestep_export.checkpoint import Part
from acestep_export.graph import Graph
from acestep_export.latent_encoder import _Encoder
from acestep_export.precision import COMPACT, FP32, Precision

pytestmark = pytest.mark.usefixtures("without_costs")  # parts of a graph don't take every size


def part(folder: Path, config: dict[str, int], tensors: dict[str, np.ndarray]) -> Part:
    (folder / "config.json").write_text(json.dumps(config))
    save_file({name: value.astype(np.float32) for name, value in tensors.items()}, folder / "model.safetensors")
    return Part(folder)


def run(folder: Path, x: np.ndarray, build: Callable[[Graph, str], str], precision: Precision = FP32) -> np.ndarray:
    x = x.astype(np.float32)
    shape = [f"d{axis}" for axis in range(x.ndim)]
    with Graph("graph", folder, lambda _: None, precision) as g:
        g.output(build(g, g.input("x", "float32", shape)), "y", "float32", [f"e{axis}" for axis in range(4)])
        g.save()
    session = onnxruntime.InferenceSession(folder / "graph.onnx", providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


@pytest.mark.parametrize(("size", "hop"), [(2048, 512), (1024, 256), (128, 128), (4, 1)])
def test_log_mel_with_the_checkpoints_window_and_filters(tmp_path: Path, size: int, hop: int) -> None:
    rng = np.random.default_rng(1)
    window, bank = rng.random(size), rng.random((size // 2 + 1, 7))
    audio = rng.standard_normal((2, 2, 16 * size))
    config = {"n_fft": size, "win_length": size, "hop_length": hop, "n_mels": 7}
    buffers = {"mel_transform.spectrogram.window": window, "mel_transform.mel_scale.fb": bank}
    vocoder = part(tmp_path, config, buffers)
    mel = run(tmp_path, audio, lambda g, x: log_mel.build(g, x, vocoder, 2, 7))

    padded = np.pad(audio, ((0, 0), (0, 0), ((size - hop) // 2, (size - hop + 1) // 2)), mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, size, axis=2)[:, :, ::hop]
    magnitude = np.sqrt(np.abs(np.fft.rfft(frames * window)) ** 2 + 1e-6)
    expected = np.log(np.maximum(magnitude @ bank, 1e-5)).swapaxes(2, 3)
    np.testing.assert_allclose(mel, expected, atol=1e-5)


@pytest.mark.parametrize(("inputs", "out"), [(4, 8), (4, 4), (8, 4)])
def test_down_blocks_halve_and_average(tmp_path: Path, inputs: int, out: int) -> None:
    rng = np.random.default_rng(2)
    x = rng.standard_normal((2, inputs, 6, 10))
    pixels = x.reshape(2, inputs, 3, 2, 5, 2).transpose(0, 1, 3, 5, 2, 4)
    shortcut = pixels.reshape(2, out, 4 * inputs // out, 3, 5).mean(axis=2)

    # Kernels of one pixel: the middle one.
    for name, width, precision in (("stride", out, FP32), ("stride", out, COMPACT), ("unshuffle", out // 4, FP32)):
        weight, bias = np.zeros((width, inputs, 3, 3)), rng.standard_normal(width)
        weight[:, :, 1, 1] = rng.standard_normal((width, inputs))
        dcae = part(tmp_path, {}, {"conv.weight": weight, "conv.bias": bias})
        convolved = np.einsum("oi,bihw->bohw", weight[:, :, 1, 1], x) + bias[:, None, None]
        if name == "stride":
            down = _Encoder.stride_down
            expected = convolved[:, :, ::2, ::2] + shortcut
        else:
            down = _Encoder.unshuffle_down
            laid_out = convolved.reshape(2, width, 3, 2, 5, 2).transpose(0, 1, 3, 5, 2, 4)
            expected = laid_out.reshape(2, out, 3, 5) + shortcut

        def build(g: Graph, x: str, dcae: Part = dcae, down: Callable[..., str] = down) -> str:
            return down(_Encoder(g, dcae), x, "conv", inputs, out, 6)

        y = run(tmp_path, x, build, precision)
        np.testing.assert_allclose(y, expected, atol=1e-5)
