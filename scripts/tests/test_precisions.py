"""Bundles of several precisions: what they share, how far int8 and bf16 lie from float32, and what is refused."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto

from acestep_export import ExportError, measurement, transformer
from acestep_export import precision as precisions
from acestep_export.checkpoint import Part
from acestep_export.graph import Graph
from acestep_export.precision import BF16, FP32, INT8, Precision

SCRIPTS = Path(__file__).parents[1]
NAMES = ["fp32", "int8", "bf16"]
OWN = ["condition_encoder", "transformer"]
# Of small weights, one product in int8 or bf16; far below the bound and far above float32's rounding.
NARROW = (1e-3, 0.03)


def export(checkpoint: Path, out: Path, precision: str) -> subprocess.CompletedProcess[str]:
    command = [SCRIPTS / "export_onnx.py", "--checkpoint", checkpoint, "--out", out, "--without-japanese"]
    command += ["--lyric-vocab", checkpoint / "lyric_vocab.json", "--precision", precision]
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)


def manifest_of(bundle: Path) -> dict[str, Any]:
    return json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def several(checkpoint: Path) -> Path:
    out = checkpoint.parent / "several"
    result = export(checkpoint, out, "bf16,fp32,int8")
    assert result.returncode == 0, result.stderr
    return out


def inputs(graph: str) -> dict[str, np.ndarray]:
    random = np.random.default_rng(3)

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
    return values | {"tau": np.array(1, np.float32)}


def run(path: Path, feed: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The outputs, of a bf16 graph as `measurement` emulates it: ONNX Runtime's CPU provider has no bfloat16."""
    if path.parent.name == "bf16":
        emulated = path.with_name(f"{path.stem}_test.onnx")
        model = measurement.emulate(onnx.load(path, load_external_data=False))
        emulated.write_bytes(model.SerializeToString())
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        try:
            return onnxruntime.InferenceSession(emulated, options).run(None, feed)
        finally:
            emulated.unlink()
    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, feed)


def lora_matrices(path: Path, scale: float) -> dict[str, np.ndarray]:
    random = np.random.default_rng(2)
    values = {}
    for value in onnx.load(path, load_external_data=False).graph.input:
        if value.name.startswith("lora."):
            assert value.type.tensor_type.elem_type == TensorProto.FLOAT
            shape = [d.dim_value or 3 for d in value.type.tensor_type.shape.dim]
            values[value.name] = random.standard_normal(shape, np.float32) * np.float32(scale / shape[0] ** 0.5)
    return values


def error(actual: np.ndarray, expected: np.ndarray) -> float:
    difference = actual.astype(np.float64) - expected
    return float(np.sqrt(np.mean(difference**2) / np.mean(expected.astype(np.float64) ** 2)))


def test_float32_graphs_are_those_of_a_bundle_of_float32_alone(several: Path, bundle: Path) -> None:
    one, all_ = manifest_of(bundle), manifest_of(several)
    for path, entry in one["files"].items():
        assert all_["files"][path] == entry
    for name, entries in one["graphs"].items():
        assert all_["graphs"][name]["fp32"] == entries["fp32"]


def test_precisions_share_what_does_not_differ(several: Path) -> None:
    manifest = manifest_of(several)
    assert manifest["precisions"] == NAMES
    for name, entries in manifest["graphs"].items():
        assert list(entries) == NAMES
        own = name.removesuffix("_lora") in OWN
        for precision, entry in entries.items():
            assert entry["file"] == f"{precision if own else 'fp32'}/{name}.onnx"
    for name in ("int8", "bf16"):
        files = {path.name for path in (several / name).iterdir()}
        assert files == {f"{graph}{suffix}" for graph in OWN for suffix in (".onnx", ".onnx.data", "_lora.onnx")}


def test_manifest_names_the_files_of_each_precision(several: Path) -> None:
    manifest = manifest_of(several)
    assert list(manifest["precision_files"]) == NAMES
    for precision, paths in manifest["precision_files"].items():
        assert paths == sorted(set(paths))
        needed = set()
        for entries in manifest["graphs"].values():
            file = entries[precision]["file"]
            needed.add(file)
            for weight in onnx.load(several / file, load_external_data=False).graph.initializer:
                needed |= {f"{Path(file).parent}/{e.value}" for e in weight.external_data if e.key == "location"}
        assert set(paths) == needed
    named = {path for paths in manifest["precision_files"].values() for path in paths}
    assert named == {path for path in manifest["files"] if "/" in path}


def test_int8_alone_is_the_same_int8_and_leaves_no_float32_transformer(
    several: Path, checkpoint: Path, tmp_path: Path
) -> None:
    assert export(checkpoint, tmp_path / "out", "int8").returncode == 0
    one, all_ = manifest_of(tmp_path / "out"), manifest_of(several)
    assert one["precisions"] == ["int8"]
    for name, entries in one["graphs"].items():
        assert entries == {"int8": all_["graphs"][name]["int8"]}
    for path, entry in one["files"].items():
        assert entry == all_["files"][path]
    assert {path for path in one["files"] if "/" in path} == set(one["precision_files"]["int8"])
    assert not [path for path in one["files"] if path.startswith(("fp32/transformer", "fp32/condition"))]
    found = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert found == {*one["files"], "manifest.json"}


@pytest.mark.parametrize("precision", ["int8", "bf16"])
@pytest.mark.parametrize("graph", OWN)
def test_graph_lies_within_its_bound_of_float32(several: Path, graph: str, precision: str) -> None:
    entry = manifest_of(several)["graphs"][graph][precision]["errors"]
    assert NARROW[0] < entry["relative_rms"] < NARROW[1] < entry["bound"]
    assert 1 - 2 * entry["relative_rms"] ** 2 < entry["cosine"] < 1
    assert entry["computed"] == ("as it runs" if precision == "int8" else "float32, rounded after each node")
    feed = inputs(graph)
    wide, narrow = (run(several / p / f"{graph}.onnx", feed) for p in ("fp32", precision))
    for expected, actual in zip(wide, narrow, strict=True):
        if expected.dtype == np.float32:
            assert NARROW[0] < error(actual, expected) < NARROW[1]
        else:
            np.testing.assert_array_equal(actual, expected)


def test_float32_has_no_errors_to_tell(several: Path) -> None:
    for name, entries in manifest_of(several)["graphs"].items():
        told = {precision for precision, entry in entries.items() if "errors" in entry}
        assert told == ({"int8", "bf16"} if name in OWN else set())


@pytest.mark.parametrize("precision", ["int8", "bf16"])
@pytest.mark.parametrize("graph", OWN)
def test_lora_adds_the_same_in_every_precision(several: Path, graph: str, precision: str) -> None:
    narrow, wide = (several / p / f"{graph}_lora.onnx" for p in (precision, "fp32"))
    feed = inputs(graph)
    zeros = run(narrow, feed | lora_matrices(narrow, 0))
    without = run(several / precision / f"{graph}.onnx", feed)
    lora = lora_matrices(narrow, 0.2)
    assert lora_matrices(wide, 0.2).keys() == lora.keys()
    actual, expected = run(narrow, feed | lora), run(wide, feed | lora)
    for z, w, a, e in zip(zeros, without, actual, expected, strict=True):
        if e.dtype == np.float32:
            assert error(z, w) < 1e-3  # a value at the edge of two steps may fall to the other side
            assert NARROW[0] < error(a, e) < NARROW[1]
            assert error(w, e) > 0.05


@pytest.mark.parametrize("at_a_time", [7, 30])
def test_hidden_channels_some_at_a_time_are_those_of_all_at_once(
    several: Path, checkpoint: Path, tmp_path: Path, at_a_time: int
) -> None:
    with Graph("transformer", tmp_path, lambda _: None, INT8) as g:
        transformer.build(g, Part(checkpoint / "ace_step_transformer"), at_a_time)
        g.save()
        g.save_lora()
    feed = inputs("transformer")
    for variant, scale in (("transformer", 0), ("transformer_lora", 0.2)):
        whole = several / "int8" / f"{variant}.onnx"
        lora = lora_matrices(whole, scale)
        model = onnx.load(tmp_path / f"{variant}.onnx", load_external_data=False)
        assert len([i for i in model.graph.initializer if "blocks.0.ff.inverted_conv.conv" in i.name]) > 3 * 2 * 2
        expected, actual = run(whole, feed | lora), run(tmp_path / f"{variant}.onnx", feed | lora)
        assert error(actual[0], expected[0]) < 1e-3  # a value at the edge of two steps may fall to the other side


@pytest.mark.parametrize("precision", ["int8", "bf16"])
def test_graphs_pass_the_onnx_checker(several: Path, precision: str) -> None:
    for path in sorted((several / precision).glob("*.onnx")):
        onnx.checker.check_model(str(path), full_check=True)


def test_weights_have_the_precision_s_type(several: Path) -> None:
    def types(precision: str) -> dict[str, int]:
        model = onnx.load(several / precision / "transformer.onnx", load_external_data=False)
        return {i.name: i.data_type for i in model.graph.initializer}

    blocks = [f"transformer_blocks.{i}." for i in range(24)]
    for precision, expected, inverted in (("int8", TensorProto.INT8, ".0"), ("bf16", TensorProto.BFLOAT16, "")):
        found = types(precision)
        for block in blocks:
            for layer in (
                "attn.to_q",
                "attn.to_out.0",
                "cross_attn.to_q",
                f"ff.inverted_conv.conv{inverted}",
                "ff.point_conv.conv",
            ):
                assert found[f"{block}{layer}.weight"] == expected
        for layer in ("final_layer.linear", "t_block.1", "timestep_embedder.linear_1", "proj_in.early_conv_layers.2"):
            assert found[f"{layer}.weight"] == TensorProto.FLOAT


def test_only_keys_and_values_between_the_graphs_are_bfloat16(several: Path) -> None:
    for name in OWN:
        entry = manifest_of(several)["graphs"][name]["bf16"]
        for tensor in (*entry["inputs"], *entry["outputs"]):
            cross = tensor["name"].startswith("cross_")
            assert (tensor["type"] == "bfloat16") == cross
            assert tensor["type"] in ("bfloat16", "float32", "int64", "bool")


def linear(folder: Path, precision: Precision, weight: np.ndarray) -> Path:
    with Graph("linear", folder, lambda _: None, precision) as g:
        x = g.input("x", "float32", ["batch", "tokens", weight.shape[1]])
        g.output(g.widen(g.linear(g.narrow(x), "layer", weight)), "y", "float32", ["batch", "tokens", weight.shape[0]])
        g.save()
    return folder / "linear.onnx"


def test_an_int8_token_is_as_exact_beside_any_other(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    weight = random.standard_normal((48, 96), np.float32) * np.geomspace(1e-3, 1e3, 48, dtype=np.float32)[:, None]
    weight[7] = 0
    x = random.standard_normal((2, 20, 96), np.float32)
    x *= np.geomspace(1e-4, 1e4, 40, dtype=np.float32).reshape(2, 20, 1)
    x[1, 3] = 0
    path = linear(tmp_path, INT8, weight)
    (y,) = run(path, {"x": x})
    expected = x.astype(np.float64) @ weight.T
    for i in np.ndindex(2, 20):
        if i == (1, 3):
            assert not y[i].any()
            continue
        relative = (y[i] - expected[i]) / np.linalg.norm(weight, axis=1).clip(1e-30) / np.linalg.norm(x[i])
        assert np.abs(relative).max() < 0.01
    assert not y[..., 7].any()
    np.testing.assert_array_equal(run(path, {"x": x[1:]})[0], y[1:])


def test_emulated_bfloat16_rounds_as_bfloat16(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    weight, x = random.standard_normal((8, 64), np.float32), random.standard_normal((1, 5, 64), np.float32)
    folder = tmp_path / "bf16"
    folder.mkdir()
    (y,) = run(linear(folder, BF16, weight), {"x": x})

    def rounded(value: np.ndarray) -> np.ndarray:
        return value.astype(np.float32).astype(ml_dtypes.bfloat16).astype(np.float64)

    exact = rounded(x) @ rounded(weight).T
    np.testing.assert_array_equal(y, rounded(y))
    assert np.abs(y - exact).max() <= np.abs(exact).max() * 2**-8
    assert error(y, exact) < 2e-3 < 2 * error(y, x.astype(np.float64) @ weight.T)


def test_weights_that_do_not_bear_int8_are_refused(checkpoint: Path, several: Path, tmp_path: Path) -> None:
    """Attention outputs of which one is always 0 and has a large weight: the others' weights all round to 0."""

    class Outlier(Part):
        def tensor(self, name: str, *expected: int | None) -> np.ndarray:
            value = super().tensor(name, *expected)
            if ".attn.to_v." in name:
                value[0] = 0
            if name.endswith(".attn.to_out.0.weight"):
                value[:, 0] = 1e4
            return value

    part = Outlier(checkpoint / "ace_step_transformer")
    paths = {}
    for precision in (FP32, INT8, BF16):
        folder = tmp_path / precision.name
        folder.mkdir()
        with Graph("transformer", folder, lambda _: None, precision) as g:
            transformer.build(g, part)
            g.save()
        paths[precision] = folder / "transformer.onnx"
    feed = inputs("transformer")
    sample = measurement.Sample(feed, {"velocity": run(paths[FP32], feed)[0]})
    with pytest.raises(
        ExportError, match=r"^int8/transformer\.onnx: .*'velocity' .*is 0\.\d+, allowed is 0\.05; .*int8"
    ):
        measurement.measure(paths[INT8], INT8, [sample])
    assert measurement.measure(paths[BF16], BF16, [sample])["relative_rms"] < BF16.bound


def test_what_is_not_a_number_is_refused(several: Path) -> None:
    feed = inputs("transformer")
    sample = measurement.Sample(
        feed | {"tau": np.array(np.nan, np.float32)}, {"velocity": np.ones((2, 8, 16, 9), "f4")}
    )
    with pytest.raises(ExportError, match="is nan"):
        measurement.measure(several / "int8" / "transformer.onnx", INT8, [sample])


def test_the_refusal_leaves_nothing(checkpoint: Path, tmp_path: Path) -> None:
    from acestep_export.bundle import write_bundle

    class Quiet:
        def step(self, name: str) -> None: ...
        def wrote(self, size: int) -> None: ...

    strict = dataclasses.replace(INT8, bound=1e-4)
    with pytest.raises(ExportError, match=r"^int8/condition_encoder\.onnx: relative RMS error .* allowed is 0\.0001"):
        vocabulary = checkpoint / "lyric_vocab.json"
        write_bundle(checkpoint, tmp_path / "out", vocabulary, {}, Quiet(), (strict,), with_japanese=False)
    assert not list(tmp_path.iterdir())


def test_precisions_come_once_and_in_order() -> None:
    assert precisions.named(["bf16", "int8", "bf16"]) == (INT8, BF16)
    assert precisions.named(["fp32"]) == (FP32,)
    for names in (["fp32", ""], ["fp16"], [" int8"]):
        with pytest.raises(ExportError, match=r"^--precision: '.*' is unknown, expected fp32, int8, bf16"):
            precisions.named(names)


def test_unknown_precision_is_refused_in_one_line(checkpoint: Path, tmp_path: Path) -> None:
    result = export(checkpoint, tmp_path / "out", "int8,fp16")
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "export_onnx.py: --precision: 'fp16' is unknown, expected fp32, int8, bf16, compact with commas between"
    ]
    assert not list(tmp_path.iterdir())
