"""What export_onnx.py writes, and what it refuses."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
import pytest
from safetensors.numpy import load_file, save_file

from acestep_export import ExportError
from acestep_export.checkpoint import Part

SCRIPTS = Path(__file__).parents[1]
TRANSFORMER = "ace_step_transformer/diffusion_pytorch_model.safetensors"


def export(checkpoint: Path, out: Path, vocabulary: Path | None = None) -> subprocess.CompletedProcess[str]:
    vocabulary = vocabulary or checkpoint / "lyric_vocab.json"
    command = [
        sys.executable,
        SCRIPTS / "export_onnx.py",
        "--checkpoint",
        checkpoint,
        "--out",
        out,
        "--without-japanese",
    ]
    return subprocess.run([*command, "--lyric-vocab", vocabulary], capture_output=True, text=True, check=False)


@pytest.fixture
def broken(checkpoint: Path, tmp_path: Path) -> Path:
    """A copy of the checkpoint to break."""
    return Path(shutil.copytree(checkpoint, tmp_path / "checkpoint"))


def edit_config(checkpoint: Path, part: str, **settings: object) -> None:
    path = checkpoint / part / "config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps(config | settings))


def edit_tensors(checkpoint: Path, change: Callable[[dict[str, np.ndarray]], object]) -> None:
    tensors = load_file(checkpoint / TRANSFORMER)
    change(tensors)
    save_file(tensors, checkpoint / TRANSFORMER)


def test_manifest_lists_every_file_with_size_and_hash(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    found = {p.relative_to(bundle).as_posix() for p in bundle.rglob("*") if p.is_file()} - {"manifest.json"}
    assert set(manifest["files"]) == found
    for path, entry in manifest["files"].items():
        content = (bundle / path).read_bytes()
        assert entry == {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert manifest["family"] == "ace-step-v1"
    assert manifest["source"]["checkpoint"] == "small"
    named = {manifest["lyrics"][key] for key in ("tokenizer", "language_model", "pinyin")}
    assert named | {part["part"] for part in manifest["licences"]} <= found
    assert "japanese" not in manifest["lyrics"]


def test_manifest_describes_the_graphs_as_they_are(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["graphs"]) == 9
    assert {"transformer_lora", "condition_encoder_lora"} < set(manifest["graphs"])
    for precisions in manifest["graphs"].values():
        entry = precisions["fp32"]
        model = onnx.load(bundle / entry["file"], load_external_data=False)
        for values, specs in ((model.graph.input, entry["inputs"]), (model.graph.output, entry["outputs"])):
            described = [(s["name"], s["shape"]) for s in specs]
            shapes = [[d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in values]
            assert described == [(v.name, shape) for v, shape in zip(values, shapes, strict=True)]


def test_graphs_pass_the_onnx_checker(bundle: Path) -> None:
    for path in sorted((bundle / "fp32").glob("*.onnx")):
        onnx.checker.check_model(str(path), full_check=True)


def test_large_weights_lie_outside_the_graph_file(bundle: Path) -> None:
    for path in (bundle / "fp32").glob("*.onnx"):
        model = onnx.load(path, load_external_data=False)
        assert all(len(t.raw_data) <= 1024 for t in model.graph.initializer)
        assert any(t.data_location == onnx.TensorProto.EXTERNAL for t in model.graph.initializer)


def test_export_is_reproducible(bundle: Path, checkpoint: Path, tmp_path: Path) -> None:
    assert export(checkpoint, tmp_path / "again").returncode == 0
    assert (tmp_path / "again" / "manifest.json").read_bytes() == (bundle / "manifest.json").read_bytes()


def test_bfloat16_weights_are_widened_exactly(checkpoint: Path, tmp_path: Path) -> None:
    part = tmp_path / "part"
    part.mkdir()
    (part / "config.json").write_text("{}")
    value = np.array([[1.5, -3.0, 0.1]]).astype(ml_dtypes.bfloat16)
    save_file({"x": value}, part / "model.safetensors")
    tensor = Part(part).tensor("x", 1, 3)
    assert tensor.dtype == np.float32
    np.testing.assert_array_equal(tensor, value.astype(np.float32))


def test_sharded_weights_are_read_through_their_index(broken: Path, bundle: Path, tmp_path: Path) -> None:
    folder = (broken / TRANSFORMER).parent
    tensors = load_file(broken / TRANSFORMER)
    (broken / TRANSFORMER).unlink()
    names = sorted(tensors)
    shards = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
    for file, keys in shards.items():
        save_file({k: tensors[k] for k in keys}, folder / file)
    weight_map = {k: file for file, keys in shards.items() for k in keys}
    (folder / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    assert export(broken, tmp_path / "out").returncode == 0
    name = "fp32/transformer.onnx.data"
    assert (tmp_path / "out" / name).read_bytes() == (bundle / name).read_bytes()


def _truncate(checkpoint: Path) -> None:
    content = (checkpoint / TRANSFORMER).read_bytes()
    (checkpoint / TRANSFORMER).write_bytes(content[: len(content) // 2])


BREAKAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing part": (lambda c: shutil.rmtree(c / "music_vocoder"), "music_vocoder: folder"),
    "missing config": (lambda c: (c / "umt5-base/config.json").unlink(), "umt5-base/config.json: file"),
    "missing weights": (lambda c: (c / TRANSFORMER).unlink(), f"{TRANSFORMER}: file"),
    "missing tokenizer": (lambda c: (c / "umt5-base/tokenizer.json").unlink(), "tokenizer.json: tokenizer file"),
    "truncated weights": (_truncate, "is cut off"),
    "not safetensors": (lambda c: (c / TRANSFORMER).write_bytes(b"\xff" * 64), f"{TRANSFORMER}: not a safetensors"),
    "config not JSON": (lambda c: (c / "umt5-base/config.json").write_text("{"), "config.json: not JSON"),
    "missing tensor": (
        lambda c: edit_tensors(c, lambda t: t.pop("transformer_blocks.7.attn.to_q.weight")),
        "tensor 'transformer_blocks.7.attn.to_q.weight' is missing",
    ),
    "misshapen tensor": (
        lambda c: edit_tensors(c, lambda t: t.update({"lyric_proj.weight": np.zeros((3, 64), np.float32)})),
        "tensor 'lyric_proj.weight' has shape [3, 64], expected [32, any]",
    ),
    "unknown setting": (
        lambda c: edit_config(c, "music_dcae_f8c8", upsample_block_type="bicubic"),
        "'upsample_block_type' is 'bicubic', this exporter knows 'interpolate' or 'pixel_shuffle'",
    ),
    "other class": (lambda c: edit_config(c, "ace_step_transformer", _class_name="Other"), "'_class_name' is 'Other'"),
    "missing setting": (lambda c: edit_config(c, "music_vocoder", hop_length=None), "'hop_length' is None"),
    "fewer layers than tensors": (
        lambda c: edit_config(c, "ace_step_transformer", num_layers=12),
        "'num_layers' asks for 12 layers, but tensors 'transformer_blocks.{}.attn.to_q.weight' number 24",
    ),
    "too few encoder blocks": (
        lambda c: edit_config(c, "music_dcae_f8c8", encoder_layers_per_block=[1, 1, 1, 2]),
        "'encoder_layers_per_block' asks for 2 blocks of encoder.down_blocks.3, but there are 1",
    ),
    "unknown block": (
        lambda c: edit_config(c, "music_dcae_f8c8", encoder_block_types=["ResBlock"] * 3 + ["Other"]),
        "block type 'Other' is unknown, expected ResBlock or EfficientViTBlock",
    ),
    "odd transform": (lambda c: edit_config(c, "music_vocoder", n_fft=2000), "'n_fft' is 2000, expected a power of 2"),
    "no layers": (lambda c: edit_config(c, "music_vocoder", depths=[0, 0, 0, 0]), "'depths' asks for 0 layers"),
    "nonsense setting": (
        lambda c: edit_config(c, "music_vocoder", upsample_kernel_sizes=["x"] * 7),
        "expected [128, 64, x]",
    ),
    "infinite setting": (lambda c: edit_config(c, "ace_step_transformer", rope_theta=1e999), "'rope_theta' is inf"),
    "too small a vocabulary": (lambda c: edit_config(c, "umt5-base", vocab_size=10), "embedding has 10 rows"),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_bad_checkpoint_is_refused_in_one_line_and_leaves_nothing(broken: Path, tmp_path: Path, breakage: str) -> None:
    change, message = BREAKAGES[breakage]
    change(broken)
    before = set(tmp_path.iterdir())
    result = export(broken, tmp_path / "out")
    assert result.returncode == 1
    last = result.stderr.splitlines()[-1]
    assert last.startswith("export_onnx.py: ") and message in last
    assert "Traceback" not in result.stderr
    assert set(tmp_path.iterdir()) == before


def test_wrong_lyric_vocabulary_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    for content, message in (("{}", "not a tokenizer file"), (None, "tokenizer file is missing")):
        vocabulary = tmp_path / "vocabulary.json"
        if content is not None:
            vocabulary.write_text(content)
        result = export(checkpoint, tmp_path / "out", vocabulary)
        assert result.returncode == 1 and message in result.stderr
        vocabulary.unlink(missing_ok=True)
    other = checkpoint / "umt5-base" / "tokenizer.json"
    assert "token '[SPACE]' is missing" in export(checkpoint, tmp_path / "out", other).stderr
    assert not list(tmp_path.iterdir())


def test_existing_output_is_kept(checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    result = export(checkpoint, tmp_path)
    assert result.returncode == 1 and "not an empty folder" in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_a_missing_folder_names_itself(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="folder of the checkpoint is missing"):
        Part(tmp_path / "nowhere")
