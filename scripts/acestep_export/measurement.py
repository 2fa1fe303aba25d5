"""How far a graph in a narrower precision lies from its float32 form, on one sample song.

The sample runs through the float32 graphs in the order of a generation: random token ids of a prompt and of lyrics,
the text states, the condition, the velocity of random latents at a few timesteps, the mel and the audio of random
latents; the latent encoder takes that audio. Each graph is then measured alone, on float32 inputs, so that an error
belongs to the graph it is written beside.

ONNX Runtime's CPU provider has no bfloat16. A bf16 graph is therefore run with every node in float32 and its result
rounded to bfloat16, which is what a GPU's kernels do as they accumulate in float32.

Graphs run on their weights as they lie on disk, mapped and without a second copy, so that measuring takes no more
memory than an export.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, shape_inference

from . import ExportError
from .latent_encoder import Scaling
from .precision import Precision
from .transformer import Dimensions

FRAMES = 108  # 10 s
DECODED_FRAMES = 32  # 3 s
TEXT_TOKENS = 32
LYRIC_TOKENS = 96
STEPS = ((900.0, 1.0), (500.0, 1.0), (100.0, 0.01))  # timestep, tau

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Sample:
    """Inputs of one graph and what its float32 form makes of them."""

    inputs: Arrays
    outputs: Arrays


def text_sample(folder: Path, vocabulary: int) -> Sample:
    """A sample of the text encoder, by the float32 graph in `folder`."""
    inputs = {
        "input_ids": np.random.default_rng(0).integers(0, vocabulary, (1, TEXT_TOKENS)),
        "attention_mask": np.ones((1, TEXT_TOKENS), np.int64),
        "tau": np.array(1, np.float32),
    }
    return _sample(folder / "text_encoder.onnx", inputs)


def condition_sample(folder: Path, text: Sample, speaker_width: int, lyric_vocabulary: int) -> Sample:
    """A sample of the condition encoder after one of the text encoder, by the float32 graph in `folder`."""
    inputs = {
        "text_states": text.outputs["text_states"],
        "text_mask": text.inputs["attention_mask"],
        "speaker_embeds": np.zeros((1, speaker_width), np.float32),
        "lyric_ids": np.random.default_rng(1).integers(0, lyric_vocabulary, (1, LYRIC_TOKENS)),
        "lyric_mask": np.ones((1, LYRIC_TOKENS), np.int64),
        "tau": text.inputs["tau"],
    }
    return _sample(folder / "condition_encoder.onnx", inputs)


def transformer_samples(folder: Path, d: Dimensions, condition: Arrays) -> list[Sample]:
    """Samples of the transformer under a condition, by the float32 graph in `folder`."""
    random = np.random.default_rng(1)
    inputs = []
    for timestep, tau in STEPS:
        latents = random.standard_normal((1, d.channels, d.height, FRAMES), np.float32)
        step = {"latents": latents, "timestep": np.array([timestep], np.float32), "tau": np.array(tau, np.float32)}
        inputs.append(condition | step)
    outputs = _run(folder / "transformer.onnx", inputs)
    return [Sample(i, o) for i, o in zip(inputs, outputs, strict=True)]


def decoding_samples(folder: Path, d: Dimensions, scaling: Scaling) -> dict[str, list[Sample]]:
    """A sample of each graph between latents and audio, by the float32 graphs in `folder`."""
    latents = np.random.default_rng(2).standard_normal((1, d.channels, d.height, DECODED_FRAMES), np.float32)
    latents = latents / np.float32(scaling.latent_scale) + np.float32(scaling.latent_shift)
    features = _sample(folder / "dcae_decoder.onnx", {"latents": latents})
    mel = _sample(folder / "dcae_upsampler.onnx", features.outputs)
    span = np.float32(scaling.mel_max - scaling.mel_min)
    log_mel = (mel.outputs["mel"][0] + 1) / 2 * span + np.float32(scaling.mel_min)
    audio = _sample(folder / "vocoder.onnx", {"mel": log_mel, "context": np.zeros(2, np.int64)})
    encoded = _sample(folder / "latent_encoder.onnx", {"audio": audio.outputs["audio"][None]})
    return {"dcae_decoder": [features], "dcae_upsampler": [mel], "vocoder": [audio], "latent_encoder": [encoded]}


def _sample(path: Path, inputs: Arrays) -> Sample:
    return Sample(inputs, _run(path, [inputs])[0])


def measure(path: Path, precision: Precision, samples: list[Sample]) -> dict[str, Any]:
    """The errors of a graph for the manifest: the worst of all outputs of all samples.

    Raises ExportError when the relative RMS error is above the precision's bound.
    """
    bound = precision.bound
    inputs = [sample.inputs for sample in samples]
    emulated = precision.float_type != "float32"
    results = _run_emulated(path, inputs) if emulated else _run(path, inputs)
    error, cosine, worst = 0.0, 1.0, ""
    for sample, result in zip(samples, results, strict=True):
        for name, expected in sample.outputs.items():
            if expected.dtype != np.float32:
                continue
            e, c = _compare(result[name], expected)
            cosine = min(cosine, c)
            if not e <= error:
                error, worst = e, name
    if not error <= bound:
        raise ExportError(
            f"{precision.name}/{path.name}: relative RMS error of '{worst}' against float32 is {error:.2g}, allowed is"
            f" {bound:g}; these weights don't bear {precision.name}: leave it out of --precision"
        )
    return {
        "against": "fp32",
        "relative_rms": float(f"{error:.2g}"),
        "cosine": float(f"{cosine:.6f}"),
        "bound": bound,
        "computed": "float32, rounded after each node" if emulated else "as it runs",
    }


def _compare(actual: np.ndarray, expected: np.ndarray) -> tuple[float, float]:
    """Relative RMS error and cosine."""
    a, e = actual.astype(np.float64).ravel(), expected.astype(np.float64).ravel()
    norm = np.linalg.norm(e)
    return float(np.linalg.norm(a - e) / norm), float(a @ e / (np.linalg.norm(a) * norm))


def _run(path: Path, inputs: list[Arrays], optimised: bool = True) -> list[Arrays]:
    import onnxruntime as ort  # only an export that measures needs it

    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.add_session_config_entry("session.disable_prepacking", "1")  # no second copy of the weights
    options.add_session_config_entry("session.x64quantprecision", "1")  # no saturation on CPUs without VNNI
    if not optimised:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.execution_order = ort.ExecutionOrder.PRIORITY_BASED  # widens each weight when it is its turn
    try:
        session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        names = [value.name for value in session.get_outputs()]
        results = [session.run(None, _feed(session, values)) for values in inputs]
    except Exception as e:  # its exceptions have no common base
        raise ExportError(
            f"{path.parent.name}/{path.name}: ONNX Runtime refuses it ({' '.join(str(e).split())})"
        ) from None
    return [dict(zip(names, result, strict=True)) for result in results]


def _feed(session: Any, values: Mapping[str, np.ndarray]) -> Arrays:
    return {value.name: values[value.name] for value in session.get_inputs()}


def _run_emulated(path: Path, inputs: list[Arrays]) -> list[Arrays]:
    target = path.with_name(f"{path.stem}_emulated.onnx")
    target.write_bytes(emulate(onnx.load(path, load_external_data=False)).SerializeToString())
    try:
        return _run(target, inputs, optimised=False)
    finally:
        target.unlink()


def emulate(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph for a provider without bfloat16: nodes compute in float32 and what was bfloat16 is rounded to it.

    Inputs and outputs become float32. Initializers stay as they are.
    """
    graph = shape_inference.infer_shapes(model, strict_mode=True).graph
    narrow = {i.name for i in graph.initializer if i.data_type == TensorProto.BFLOAT16}
    for value in (*graph.input, *graph.output, *graph.value_info):
        if value.type.tensor_type.elem_type == TensorProto.BFLOAT16:
            narrow.add(value.name)
    nodes: list[onnx.NodeProto] = []
    widened: dict[str, str] = {}

    def cast(value: str, target: str, to: int) -> None:
        nodes.append(helper.make_node("Cast", [value], [target], name=f"cast_{target}", to=to))

    def wide(value: str) -> str:
        if value not in widened:
            widened[value] = f"{value}_wide"
            cast(value, widened[value], TensorProto.FLOAT)
        return widened[value]

    def float_value(value: onnx.ValueInfoProto) -> onnx.ValueInfoProto:
        copy = onnx.ValueInfoProto()
        copy.CopyFrom(value)
        if value.name in narrow:
            copy.type.tensor_type.elem_type = TensorProto.FLOAT
        return copy

    inputs, outputs = [float_value(v) for v in graph.input], [float_value(v) for v in graph.output]
    renamed = {value.name: f"{value.name}_narrow" for value in (*inputs, *outputs) if value.name in narrow}
    for value in inputs:
        if value.name in renamed:
            cast(value.name, renamed[value.name], TensorProto.BFLOAT16)
    for original in graph.node:
        node = onnx.NodeProto()
        node.CopyFrom(original)
        for i, name in enumerate(original.input):
            new = renamed.get(name, name)
            node.input[i] = wide(new) if name in narrow and node.op_type != "Cast" else new
        rounded = []
        for i, name in enumerate(original.output):
            new = renamed.get(name, name)
            node.output[i] = new
            if name in narrow and node.op_type != "Cast":
                node.output[i] = f"{new}_exact"
                rounded.append((node.output[i], new))
        nodes.append(node)
        for exact, name in rounded:
            cast(exact, name, TensorProto.BFLOAT16)
    for value in outputs:
        if value.name in renamed:
            cast(renamed[value.name], value.name, TensorProto.FLOAT)
    result = helper.make_graph(nodes, graph.name, inputs, outputs, list(graph.initializer))
    return helper.make_model(result, opset_imports=model.opset_import, ir_version=model.ir_version)
