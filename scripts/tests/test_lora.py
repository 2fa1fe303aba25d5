"""The LoRA variants of a bundle's graphs: the same graph on the same weights, and matrices that add up with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import numpy_helper

GRAPHS = ["condition_encoder", "transformer"]
RANK = 3


def inputs(graph: str, tau: float) -> dict[str, np.ndarray]:
    random = np.random.default_rng(1)

    def normal(*shape: int) -> np.ndarray:
        return random.standard_normal(shape, np.float32)

    if graph == "condition_encoder":
        values = {"text_states": normal(2, 5, 32), "text_mask": np.ones((2, 5), np.int64)}
        values |= {"speaker_embeds": normal(2, 512), "lyric_ids": random.integers(0, 640, (2, 7))}
        values["lyric_mask"] = np.ones((2, 7), np.int64)
    else:
        values = {"latents": normal(2, 8, 16, 9), "timestep": np.array([900, 300], np.float32)}
        values |= {f"cross_{kind}_{i}": normal(2, 2, 6, 16) for kind in ("key", "value") for i in range(24)}
        values["condition_mask"] = np.arange(12).reshape(2, 6) < 10
    return values | {"tau": np.array(tau, np.float32)}


def matrices(graph: onnx.ModelProto, scale: float) -> dict[str, np.ndarray]:
    random = np.random.default_rng(2)
    values = {}
    for value in graph.graph.input:
        if value.name.startswith("lora."):
            shape = [d.dim_value or RANK for d in value.type.tensor_type.shape.dim]
            values[value.name] = random.standard_normal(shape, np.float32) * np.float32(scale / shape[0] ** 0.5)
    return values


def run(model: Path | bytes, feed: dict[str, np.ndarray]) -> list[np.ndarray]:
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"]).run(None, feed)


def assert_close(actual: list[np.ndarray], expected: list[np.ndarray]) -> None:
    for a, e in zip(actual, expected, strict=True):
        error = np.sqrt(np.mean((a.astype(np.float64) - e) ** 2) / np.mean(e.astype(np.float64) ** 2))
        assert error < 2e-5, f"relative RMS error {error:.2e}"


@pytest.mark.parametrize("graph", GRAPHS)
def test_variant_adds_inputs_and_shares_the_weights(bundle: Path, graph: str) -> None:
    base, variant = (
        onnx.load(bundle / "fp32" / f"{n}.onnx", load_external_data=False) for n in (graph, f"{graph}_lora")
    )
    assert list(variant.graph.initializer) == list(base.graph.initializer)
    assert list(variant.graph.output) == list(base.graph.output)
    assert list(variant.graph.input)[: len(base.graph.input)] == list(base.graph.input)
    names = [value.name for value in variant.graph.input][len(base.graph.input) :]
    weights = {i.name for i in base.graph.initializer}
    modules = [name.removeprefix("lora.").removesuffix(".A") for name in names[::2]]
    assert names == [f"lora.{module}.{matrix}" for module in modules for matrix in "AB"]
    assert all(f"{module}.weight" in weights for module in modules)
    if graph == "transformer":
        attention = [f"attn.to_{n}" for n in ("q", "k", "v", "out.0")] + ["cross_attn.to_q", "cross_attn.to_out.0"]
        wanted = [f"transformer_blocks.{i}.{layer}" for i in range(24) for layer in attention]
        wanted += ["timestep_embedder.linear_1", "timestep_embedder.linear_2", "t_block.1", "final_layer.linear"]
    else:
        attention = [f"self_attn.linear_{n}" for n in ("q", "k", "v", "out", "pos")]
        wanted = [f"lyric_encoder.encoders.{i}.{layer}" for i in range(6) for layer in attention]
        wanted += [f"transformer_blocks.{i}.cross_attn.to_{n}" for i in range(24) for n in "kv"]
        wanted += ["speaker_embedder", "genre_embedder", "lyric_proj", "lyric_encoder.embed.out.0"]
    assert set(wanted) <= set(modules)


@pytest.mark.parametrize("tau", [1.0, 0.01])
@pytest.mark.parametrize("graph", GRAPHS)
def test_variant_computes_what_merged_weights_do(bundle: Path, graph: str, tau: float) -> None:
    path = bundle / "fp32" / f"{graph}_lora.onnx"
    lora = matrices(onnx.load(path, load_external_data=False), 0.2)
    merged = onnx.load(bundle / "fp32" / f"{graph}.onnx")
    for weight in merged.graph.initializer:
        module = weight.name.removesuffix(".weight")
        if f"lora.{module}.A" in lora:
            value = numpy_helper.to_array(weight) + lora[f"lora.{module}.A"] @ lora[f"lora.{module}.B"]
            weight.CopyFrom(numpy_helper.from_array(value, weight.name))
    feed = inputs(graph, tau)
    expected = run(merged.SerializeToString(), feed)
    assert_close(run(path, feed | lora), expected)
    base = run(bundle / "fp32" / f"{graph}.onnx", feed)
    assert np.abs(base[0] - expected[0]).max() > 0.1


@pytest.mark.parametrize("graph", GRAPHS)
def test_zeros_leave_the_graph_as_it_is(bundle: Path, graph: str) -> None:
    path = bundle / "fp32" / f"{graph}_lora.onnx"
    zeros = matrices(onnx.load(path, load_external_data=False), 0)
    feed = inputs(graph, 1)
    assert_close(run(path, feed | zeros), run(bundle / "fp32" / f"{graph}.onnx", feed))
