"""Loops over slabs of frames against the same layers on all frames at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from safetensors.numpy import save_file
from test_graphs import assert_close, load, run

import make_small_checkpoint
from acestep_export import dcae_decoder
from acestep_export.checkpoint import Part
from acestep_export.graph import Graph
from acestep_export.precision import named
from acestep_export.slabs import Slabs

HEIGHT = 16
MEL_BINS = 128


pytestmark = pytest.mark.usefixtures("without_costs")  # slabs of a few frames are thousands in a long song


def decoder(folder: Path, part: Part, values: int) -> Path:
    (folder / "fp32").mkdir(exist_ok=True)
    with Graph("dcae_decoder", folder / "fp32", lambda _: None) as g:
        dcae_decoder.build(g, part, HEIGHT, slab_values=values)
        g.save()
    return folder


def upsampler(folder: Path, part: Part, values: int) -> Path:
    (folder / "fp32").mkdir(exist_ok=True)
    with Graph("dcae_upsampler", folder / "fp32", lambda _: None) as g:
        dcae_decoder.build_upsampler(g, part, HEIGHT, MEL_BINS, slab_values=values)
        g.save()
    return folder


def normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(3).standard_normal(shape).astype(np.float32)


@pytest.mark.parametrize(("frames", "longest"), [(1, 4), (4, 4), (5, 4), (12, 4), (13, 5), (7, 1), (3, 2**40)])
@pytest.mark.parametrize("reach", [0, 1, 6])
def test_each_frame_sees_its_neighbours_and_counts_once(tmp_path: Path, frames: int, longest: int, reach: int) -> None:
    x = np.random.default_rng(frames).integers(-9, 9, (2, 3, frames, 1)).astype(np.float32)
    with Graph("part", tmp_path, lambda _: None) as g:

        def neighbours(slab: str) -> str:
            ones = g.constant(np.ones((1, 1, 1, 2 * reach + 1)))
            return g.op("Conv", g.transpose(slab, 0, 3, 1, 2), ones, pads=[0, reach, 0, reach])

        def layer(slab: str) -> str:
            h = g.transpose(neighbours(slab), 0, 2, 3, 1)
            return g.reshape(g.op("Concat", h, g.op("Neg", h), axis=3), 0, 3, -1, 1)  # two frames of each

        slabs = Slabs(g, g.input("x", "float32", ["batch", 3, "frames", 1]), longest)
        g.output(slabs.joined(layer, reach, scale=2), "joined", "float32", ["batch", 3, "twice", 1])
        total, count = slabs.summed(
            lambda slab, kept: [g.op("ReduceSum", kept(neighbours(slab)), keepdims=0), g.constant(1)], reach
        )
        g.output(total, "total", "float32", [])
        g.output(count, "count", "float32", [])
        g.save()
    session = onnxruntime.InferenceSession(tmp_path / "part.onnx", providers=["CPUExecutionProvider"])
    joined, total, count = session.run(None, {"x": x})
    padded = np.pad(x, ((0, 0), (0, 0), (reach, reach), (0, 0)))
    sums = sum(padded[:, :, k : k + frames] for k in range(2 * reach + 1))
    np.testing.assert_array_equal(joined, np.concatenate([sums, -sums], axis=3).reshape(2, 3, 2 * frames, 1))
    assert (total, count) == (sums.sum(), -(-frames // longest))


@pytest.mark.parametrize("case", ["short", "batch"])
@pytest.mark.parametrize("frames", [1, 2, 3, 5, 7, 12, 13])
def test_dcae_in_slabs_equals_official_module(tmp_path: Path, checkpoint: Path, case: str, frames: int) -> None:
    part, widths = Part(checkpoint / "music_dcae_f8c8"), make_small_checkpoint.DCAE_WIDTHS
    features = run(
        decoder(tmp_path, part, HEIGHT * widths[-1] * frames), "dcae_decoder", load(f"dcae_decoder_{case}", "in_")
    )
    mel = run(upsampler(tmp_path, part, MEL_BINS * widths[0] * frames), "dcae_upsampler", features)["mel"]
    assert_close(mel, load(f"dcae_decoder_{case}", "out_")["mel"])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"upsample_block_type": "pixel_shuffle"},
        {"decoder_in_shortcut": False, "decoder_qkv_multiscales": [[], [], [], [3, 7]]},
    ],
)
@pytest.mark.parametrize("frames", [3, 8])
def test_two_stages_with_attention_in_slabs_equal_one_slab(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], frames: int
) -> None:
    config = make_small_checkpoint.DCAE | {"decoder_layers_per_block": [1, 1, 2, 1]} | changes
    config["decoder_block_types"] = ["ResBlock", "EfficientViTBlock", "ResBlock", "EfficientViTBlock"]
    config["decoder_qkv_multiscales"] = [[], [5], *config["decoder_qkv_multiscales"][2:]]
    monkeypatch.setattr(make_small_checkpoint, "DCAE", config)
    weights = make_small_checkpoint.Weights(7)
    make_small_checkpoint.dcae(weights)
    widths = config["decoder_block_out_channels"]
    if config["upsample_block_type"] == "pixel_shuffle":
        for i, width in enumerate(widths[:-1]):
            weights.layer(f"decoder.up_blocks.{i}.0.conv", (4 * width, widths[i + 1], 3, 3))
    attention, width = "decoder.up_blocks.3.0.attn", widths[3]
    kernels = config["decoder_qkv_multiscales"][3]
    for k, kernel in enumerate(kernels):
        scale = f"{attention}.to_qkv_multiscale.{k}"
        weights.layer(f"{scale}.proj_in", (3 * width, 1, kernel, kernel), bias=False)
        weights.layer(f"{scale}.proj_out", (3 * width, config["attention_head_dim"], 1, 1), bias=False)
    weights.layer(f"{attention}.to_out", (width, (1 + len(kernels)) * width), bias=False)
    (tmp_path / "config.json").write_text(json.dumps(config))
    save_file(weights.tensors, tmp_path / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})
    part, inputs = Part(tmp_path), {"latents": normal(1, 8, HEIGHT, 25)}
    whole = run(decoder(tmp_path, part, 2**40), "dcae_decoder", inputs)
    assert whole["features"].shape == (1, 4 * HEIGHT, 100, 16)
    slabs = run(decoder(tmp_path, part, HEIGHT * widths[-1] * frames), "dcae_decoder", inputs)
    assert_close(slabs["features"], whole["features"])
    mel = run(upsampler(tmp_path, part, 2**40), "dcae_upsampler", whole)["mel"]
    assert_close(run(upsampler(tmp_path, part, MEL_BINS * widths[0] * frames), "dcae_upsampler", whole)["mel"], mel)


@pytest.mark.parametrize("name", ["dcae_decoder", "dcae_upsampler"])
def test_no_layer_of_the_decoder_is_outside_a_loop(bundle: Path, name: str) -> None:
    graph = onnx.load(bundle / "fp32" / f"{name}.onnx", load_external_data=False).graph
    assert not {"Conv", "MatMul", "RMSNormalization", "Concat"} & {node.op_type for node in graph.node}


def test_a_loop_shares_what_was_quantised_before_it_and_keeps_its_own(tmp_path: Path) -> None:
    weight, x = np.eye(8, dtype=np.float32), normal(1, 2, 3, 8)
    with Graph("part", tmp_path, lambda _: None, named(["int8"])[0]) as g:
        value = g.input("x", "float32", [1, 2, 3, 8])
        other = g.op("Neg", value)
        before = g.linear(value, "before", weight)
        count = g.constant(2, np.int64)
        inside = g.joined(count, 0, lambda _: g.op("Add", g.linear(value, "a", weight), g.linear(other, "b", weight)))
        for y, name in ((before, "before"), (inside, "inside"), (g.linear(other, "after", weight), "after")):
            g.output(y, name, "float32", ["batch", 2, 3, 8])
        g.save()
    session = onnxruntime.InferenceSession(tmp_path / "part.onnx", providers=["CPUExecutionProvider"])
    before, inside, after = session.run(None, {"x": x})
    np.testing.assert_allclose(before, x, atol=0.02)
    np.testing.assert_array_equal(after, -before)
    np.testing.assert_array_equal(inside, np.zeros((2, 2, 3, 8)))
