"""The compact precision: weights of 8 bits survive it, others within the bound; and bundles that say of themselves what
they are and what they ignore."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from safetensors.numpy import load_file, save_file
from test_precisions import export, manifest_of

from acestep_export.graph import Graph
from acestep_export.precision import COMPACT

SCALE_BITS = 11
LYRIC_FILES = {"lyric_tokenizer.json", "language_model.bin", "pinyin.bin"}


def rounded(weight: np.ndarray) -> np.ndarray:
    """255 levels per first index, of scales whose 127th multiple float32 tells exactly."""
    rows = weight.reshape(len(weight), -1).astype(np.float64)
    mantissa, exponent = np.frexp(np.abs(rows).max(axis=1, keepdims=True) / 127)
    scale = np.ldexp(np.rint(mantissa * 2**SCALE_BITS), exponent - SCALE_BITS)
    scale[scale == 0] = 1
    return (np.rint(rows / scale) * scale).astype(np.float32).reshape(weight.shape)


def edit_weights(checkpoint: Path, change: Callable[[dict[str, np.ndarray]], object]) -> None:
    for path in checkpoint.glob("*/*.safetensors"):
        tensors = load_file(path)
        change(tensors)
        save_file(tensors, path)


def round_all(tensors: dict[str, np.ndarray]) -> None:
    for name, value in tensors.items():
        if name.endswith(".weight_v"):
            gain = name.removesuffix("v") + "g"
            norm = np.sqrt(np.sum(np.square(value, dtype=np.float64), axis=(1, 2), keepdims=True))
            tensors[name] = rounded(value * (tensors[gain] / norm))
            square = np.sum(np.square(tensors[name], dtype=np.float64), axis=(1, 2), keepdims=True)
            tensors[gain] = np.sqrt(square).astype(np.float32)
        elif value.ndim > 1 and value.size >= 1024:
            tensors[name] = rounded(value)


def silence_lyrics(tensors: dict[str, np.ndarray]) -> None:
    if "lyric_proj.weight" in tensors:
        tensors["lyric_proj.weight"] = np.zeros_like(tensors["lyric_proj.weight"])


@pytest.fixture(scope="module")
def both(checkpoint: Path) -> Path:
    out = checkpoint.parent / "fp32_and_compact"
    result = export(checkpoint, out, "compact,fp32")
    assert result.returncode == 0, result.stderr
    return out


@pytest.fixture(scope="module")
def eight_bits(checkpoint: Path) -> Path:
    """A checkpoint of 8-bit weights that ignores lyrics and names itself."""
    copy = Path(shutil.copytree(checkpoint, checkpoint.parent / "eight_bits"))
    edit_weights(copy, round_all)
    edit_weights(copy, silence_lyrics)
    settings = {"name": "tiny", "description": "For tests", "defaults": {"steps": 7, "guidance": "cfg", "shift": 2}}
    (copy / "bundle.json").write_text(json.dumps(settings))
    return copy


@pytest.fixture(scope="module")
def compact(eight_bits: Path) -> Path:
    out = eight_bits.parent / "compact"
    result = export(eight_bits, out, "compact")
    assert result.returncode == 0, result.stderr
    return out


def errors(bundle: Path) -> dict[str, float]:
    graphs = manifest_of(bundle)["graphs"]
    return {name: e["compact"]["errors"]["relative_rms"] for name, e in graphs.items() if "errors" in e["compact"]}


def test_every_graph_is_measured_and_within_the_bound(both: Path) -> None:
    manifest, found = manifest_of(both), errors(both)
    assert manifest["precisions"] == ["fp32", "compact"]
    assert set(found) == {name for name in manifest["graphs"] if not name.endswith("_lora")}
    for name, error in found.items():
        assert 1e-4 < error < COMPACT.bound, name


def test_weights_of_eight_bits_lose_nothing(compact: Path) -> None:
    assert max(errors(compact).values()) < 2e-6


def test_compact_has_every_graph_of_its_own_and_a_third_of_the_size(both: Path) -> None:
    manifest = manifest_of(both)
    for precision in ("fp32", "compact"):
        assert all(path.startswith(f"{precision}/") for path in manifest["precision_files"][precision])
        assert {e[precision]["file"].split("/")[0] for e in manifest["graphs"].values()} == {precision}

    def weights(precision: str) -> int:
        return sum(path.stat().st_size for path in (both / precision).glob("*.data"))

    assert weights("compact") < weights("fp32") / 3


def test_compact_alone_leaves_no_float32_graphs(compact: Path) -> None:
    manifest = manifest_of(compact)
    assert {path.name for path in compact.iterdir()} == {"compact", "manifest.json", "text_tokenizer.json"}
    assert {path for path in manifest["files"] if "/" in path} == set(manifest["precision_files"]["compact"])
    for path in (compact / "compact").glob("*.onnx"):
        onnx.checker.check_model(str(path), full_check=True)


def run(folder: Path, weight: np.ndarray, axis: int) -> tuple[np.ndarray, int, list[str]]:
    """What a weight comes to, the bytes of what is stored of it, and the nodes left once the graph is loaded."""
    folder.mkdir()
    with Graph("weight", folder, lambda _: None, COMPACT) as g:
        x = g.input("x", "float32", [])
        g.output(g.op("Add", x, g.weight("w", weight, axis)), "y", "float32", list(weight.shape))
        g.save()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.optimized_model_filepath = str(folder / "loaded.onnx")
    session = onnxruntime.InferenceSession(folder / "weight.onnx", options)
    (y,) = session.run(None, {"x": np.zeros((), np.float32)})
    model = onnx.load(folder / "weight.onnx")
    size = sum(len(i.raw_data) for i in model.graph.initializer)
    loaded = onnx.load(folder / "loaded.onnx", load_external_data=False)
    return y, size, [node.op_type for node in loaded.graph.node]


@pytest.mark.parametrize("axis", [0, 1])
def test_a_weight_is_expanded_when_the_graph_is_loaded(tmp_path: Path, axis: int) -> None:
    weight = np.random.default_rng(0).standard_normal((64, 96), np.float32)
    weight *= np.geomspace(1e-6, 1e3, weight.shape[axis], dtype=np.float32).reshape((-1, 1) if axis == 0 else (1, -1))
    if axis == 1:
        weight[:, 5] = 0
    y, size, nodes = run(tmp_path / "dense", weight, axis)
    largest = np.abs(weight).max(axis=1 - axis, keepdims=True)
    assert np.all(np.abs(y - weight) <= largest / 254 * 1.001)
    assert size == weight.size + 4 * weight.shape[axis] and "Cast" not in nodes and "Mul" not in nodes


def test_weights_of_zeros_take_no_room_and_sparse_ones_little(tmp_path: Path) -> None:
    weight = np.zeros((64, 96), np.float32)
    y, size, nodes = run(tmp_path / "zeros", weight, 0)
    assert not y.any() and size < 100 and set(nodes) <= {"Add", "Identity"}
    weight[3, 5], weight[60, 95] = 0.1, -1e-5
    y, size, nodes = run(tmp_path / "sparse", weight, 0)
    np.testing.assert_array_equal(y, weight)
    assert size < 100 and set(nodes) <= {"Add", "Identity"}


def test_small_weights_and_single_values_stay_as_they_are(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for i, shape in enumerate(((31, 33), (2000, 1), (2000,))):
        weight = random.standard_normal(shape, np.float32)
        np.testing.assert_array_equal(run(tmp_path / str(i), weight, 0)[0], weight)


def test_bundle_says_what_its_checkpoint_says(compact: Path, both: Path) -> None:
    manifest, official = manifest_of(compact), manifest_of(both)
    assert manifest["name"] == "tiny" and manifest["source"]["description"] == "For tests"
    assert manifest["defaults"] == official["defaults"] | {"steps": 7, "guidance": "cfg", "shift": 2}
    assert "name" not in official and "description" not in official["source"]


def test_weights_without_lyrics_make_a_bundle_that_ignores_them(compact: Path, both: Path) -> None:
    manifest, official = manifest_of(compact), manifest_of(both)
    assert manifest["ignored_inputs"] == ["lyrics"] and "lyrics" not in manifest and manifest["licences"] == []
    assert "ignored_inputs" not in official and set(official["files"]) > LYRIC_FILES


BAD_SETTINGS: dict[str, tuple[Any, str]] = {
    "unknown key": ({"nam": "x"}, "bundle.json: 'nam' is unknown, expected name, description, defaults"),
    "unknown default": (
        {"defaults": {"step": 3}},
        "bundle.json: 'defaults.step' is unknown, expected duration, steps,",
    ),
    "wrong type": ({"defaults": {"steps": 2.5}}, "bundle.json: 'defaults.steps' is 2.5, expected a value like 60"),
    "no object": ({"defaults": 3}, "bundle.json: 'defaults' is 3, expected a value like {}"),
}


@pytest.mark.parametrize("problem", BAD_SETTINGS)
def test_bad_settings_are_refused(checkpoint: Path, tmp_path: Path, problem: str) -> None:
    settings, message = BAD_SETTINGS[problem]
    copy = Path(shutil.copytree(checkpoint, tmp_path / "checkpoint"))
    (copy / "bundle.json").write_text(json.dumps(settings))
    result = export(copy, tmp_path / "out", "fp32")
    assert result.returncode == 1 and message in result.stderr
    assert not (tmp_path / "out").exists()
