"""Each graph in ONNX Runtime against the official module's output (golden/make_graph_golden.py)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from acestep_export import vocoder
from acestep_export.checkpoint import Part
from acestep_export.graph import Graph

GOLDEN = Path(__file__).with_name("golden")
TOLERANCE = 2e-5  # relative RMS; float32 in another order of operations gives up to 5e-6 on these weights


def cases(graph: str) -> list[str]:
    names = sorted(path.stem for path in GOLDEN.glob(f"{graph}_*.npz"))
    assert names, f"no golden files for {graph}"
    return names


def load(case: str, prefix: str) -> dict[str, np.ndarray]:
    with np.load(GOLDEN / f"{case}.npz") as arrays:
        return {k.removeprefix(prefix): arrays[k] for k in arrays if k.startswith(prefix)}


def run(bundle: Path, graph: str, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    session = onnxruntime.InferenceSession(bundle / "fp32" / f"{graph}.onnx", providers=["CPUExecutionProvider"])
    inputs = {"context": np.zeros(2, np.int64)} | inputs
    feed = {value.name: inputs[value.name] for value in session.get_inputs()}
    return dict(zip([value.name for value in session.get_outputs()], session.run(None, feed), strict=True))


def assert_close(actual: np.ndarray, expected: np.ndarray) -> None:
    assert actual.shape == expected.shape
    difference = actual.astype(np.float64) - expected
    error = np.sqrt(np.mean(difference**2) / np.mean(expected.astype(np.float64) ** 2))
    assert error < TOLERANCE, f"relative RMS error {error:.2e}"


@pytest.mark.parametrize("case", cases("text_encoder") + cases("latent_encoder") + cases("vocoder"))
def test_part_equals_official_module(bundle: Path, case: str) -> None:
    outputs = run(bundle, case.rsplit("_", 1)[0], load(case, "in_"))
    for name, expected in load(case, "out_").items():
        assert_close(outputs[name], expected)


@pytest.mark.parametrize("case", cases("dcae_decoder"))
def test_halves_of_dcae_decoder_equal_official_module(bundle: Path, case: str) -> None:
    features = run(bundle, "dcae_decoder", load(case, "in_"))
    assert_close(run(bundle, "dcae_upsampler", features)["mel"], load(case, "out_")["mel"])


@pytest.mark.parametrize("case", cases("transformer"))
def test_condition_encoder_and_transformer_equal_official_model(bundle: Path, case: str) -> None:
    inputs, expected = load(case, "in_"), load(case, "out_")
    condition = run(bundle, "condition_encoder", inputs)
    mask = expected.pop("condition_mask")
    velocity = expected.pop("velocity")
    np.testing.assert_array_equal(condition["condition_mask"], mask)
    for name, value in expected.items():
        live = mask[:, None, :, None]  # what stands at masked tokens is never read
        assert_close(condition[name] * live, value * live)
    assert_close(run(bundle, "transformer", inputs | condition)["velocity"], velocity)


def test_batch_items_do_not_touch_each_other(bundle: Path) -> None:
    inputs = load("transformer_lyrics", "in_")
    both = run(bundle, "transformer", inputs | run(bundle, "condition_encoder", inputs))["velocity"]
    first = {name: value if value.ndim == 0 else value[:1] for name, value in inputs.items()}
    alone = run(bundle, "transformer", first | run(bundle, "condition_encoder", first))["velocity"]
    assert_close(both[:1], alone)


def test_upsampler_context_is_as_far_as_it_reaches(bundle: Path) -> None:
    upsampler = json.loads((bundle / "manifest.json").read_text())["dcae_upsampler"]
    context, scale = upsampler["context_frames"], 8 // upsampler["feature_frames"]
    middle, frames = context + 5, 2 * context + 11
    features = np.zeros((1, 16, frames, 32), np.float32)
    features[:, :, middle] = np.nan
    mel = run(bundle, "dcae_upsampler", {"features": features})["mel"]
    reached = np.flatnonzero(np.isnan(mel).any(axis=(0, 1, 2))) // scale
    assert (middle - reached.min(), reached.max() - middle) == (context, context)


def test_vocoder_context_is_as_far_as_it_reaches(bundle: Path, checkpoint: Path, tmp_path: Path) -> None:
    """What isn't a number spreads to all that depends on it, however small its weight; without fast convolutions, in
    which it would spread to a whole tile."""
    context = json.loads((bundle / "manifest.json").read_text())["vocoder"]["context_frames"]
    (tmp_path / "fp32").mkdir()
    with Graph("vocoder", tmp_path / "fp32", lambda _: None) as g:
        vocoder.build(g, Part(checkpoint / "music_vocoder"), fast_width=1000)
        g.save()
    middle, frames = context + 5, 2 * context + 11
    mel = np.zeros((1, 128, frames), np.float32)
    mel[:, :, middle] = np.nan
    reached = np.flatnonzero(np.isnan(run(tmp_path, "vocoder", {"mel": mel})["audio"][0])) // 512
    assert (middle - reached.min(), reached.max() - middle) == (context, context)


def test_vocoder_leaves_out_the_samples_of_its_context(bundle: Path) -> None:
    context = json.loads((bundle / "manifest.json").read_text())["vocoder"]["context_frames"]
    mel = np.random.default_rng(1).standard_normal((2, 128, 3 * context), np.float32)
    whole = run(bundle, "vocoder", {"mel": mel})["audio"]
    for before, after in ((context, context), (context + 7, context), (0, context), (1, 2), (context, 0)):
        audio = run(bundle, "vocoder", {"mel": mel, "context": np.array([before, after])})["audio"]
        assert_close(audio, whole[:, 512 * before : 512 * (mel.shape[2] - after)])
