"""Writes a bundle: the graphs, the tokenizers, the data of the text side and the manifest that says everything.

A bundle holds one or more precisions. What takes the time and the memory of a song, the transformer and the condition
encoder, is written in each; the other graphs are written once, in float32 under `fp32/`, and every precision names
these same files. Prompts are short and the text encoder amplifies rounding, the decoders are convolutions, for which
int8 is slower than float32 and bfloat16 has no kernels. `compact`, which is for size, has every graph of its own.

All but float32 are measured against it before the bundle is done (measurement.py), which takes the float32 form of
their graphs: when it isn't asked for, it is written for the measurement and removed.

A checkpoint may have a `bundle.json` beside its folders: the bundle's `name` and `description`, and `defaults` in the
place of the official ones. Weights that let nothing of the lyrics through make a bundle that says so and has no lyric
tokenizer.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from tokenizers import Tokenizer

from . import (
    ExportError,
    __version__,
    condition_encoder,
    dcae_decoder,
    japanese,
    language_model,
    latent_encoder,
    measurement,
    pinyin,
    text_encoder,
    transformer,
    vocoder,
)
from .checkpoint import Part, read_json
from .graph import Graph
from .precision import FP32, Precision

FORMAT_VERSION = 1
FAMILY = "ace-step-v1"
SHARED = FP32.name  # the folder of the graphs that every precision has
GRAPHS = (
    "text_encoder",
    "condition_encoder",
    "latent_encoder",
    "transformer",
    "dcae_decoder",
    "dcae_upsampler",
    "vocoder",
)
LORA_GRAPHS = ("condition_encoder", "transformer")  # what PEFT adapts: modules of ACEStepTransformer2DModel
SETTINGS = "bundle.json"  # of a checkpoint that has its own

# Constants of the official code, not of a checkpoint: acestep/music_dcae/music_dcae_pipeline.py and
# acestep/pipeline_ace_step.py at d612523.
LATENT_SCALE, LATENT_SHIFT = 0.1786, -1.9091
MEL_MIN, MEL_MAX = -11.0, 3.0
SAMPLE_RATE = 48000
MAX_TEXT_TOKENS = 256
MAX_LYRIC_TOKENS = 4096
ERG_TAU = 0.01
DEFAULTS = {
    "duration": 60.0,
    "steps": 60,
    "guidance_scale": 15.0,
    "omega_scale": 10.0,
    "guidance_interval": 0.5,
    "guidance_interval_decay": 0.0,
    "min_guidance_scale": 3.0,
    "erg_tag": True,
    "erg_lyric": True,
    "erg_diffusion": True,
    "scheduler": "euler",
    "shift": 3.0,
    "guidance": "apg",
}


def steps(precisions: tuple[Precision, ...]) -> tuple[str, ...]:
    """The names of an export's steps, in order."""
    narrow = [p for p in precisions if p is not FP32]
    return (
        "language model",
        "pinyin",
        "Japanese dictionary",
        *GRAPHS,
        *(("float32 sample",) if narrow else ()),
        *(step for p in narrow for step in (*(f"{graph} {p.name}" for graph in _own(p)), f"errors of {p.name}")),
        "checksums",
    )


def _own(precision: Precision) -> tuple[str, ...]:
    """The graphs that a precision other than float32 has of its own."""
    return GRAPHS if precision.compacts else ("condition_encoder", "transformer")


class Progress(Protocol):
    """Hears how an export goes on."""

    def step(self, name: str) -> None: ...

    def wrote(self, size: int) -> None: ...


def write_bundle(
    checkpoint: Path,
    out: Path,
    lyric_vocabulary: Path | None,
    source: dict[str, str],
    progress: Progress,
    precisions: tuple[Precision, ...] = (FP32,),
    with_japanese: bool = True,
) -> None:
    """Writes the bundle to a folder beside `out` and renames it when complete; a failure leaves nothing behind.

    `lyric_vocabulary` may be None for weights that ignore lyrics.
    """
    out = out.resolve()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ExportError(f"{out}: exists already and is not an empty folder; remove it or choose another --out")
    if not out.parent.is_dir():
        raise ExportError(f"{out.parent}: folder is missing; create it first")
    staging = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        staging.chmod(0o755)
        _fill(checkpoint, staging, lyric_vocabulary, source, progress, precisions, with_japanese)
        if out.exists():
            out.rmdir()
        staging.rename(out)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def _fill(
    checkpoint: Path,
    folder: Path,
    lyric_vocabulary: Path | None,
    source: dict[str, str],
    progress: Progress,
    precisions: tuple[Precision, ...],
    with_japanese: bool,
) -> None:
    if not checkpoint.is_dir():
        raise ExportError(f"{checkpoint}: checkpoint folder is missing")
    settings = _settings(checkpoint / SETTINGS)
    text_part = Part(checkpoint / "umt5-base")
    transformer_part = Part(checkpoint / "ace_step_transformer")
    dcae_part = Part(checkpoint / "music_dcae_f8c8")
    vocoder_part = Part(checkpoint / "music_vocoder")
    dimensions = transformer.Dimensions.of(transformer_part)
    mel_bins = vocoder_part.setting("input_channels", int)

    text_tokenizer = checkpoint / "umt5-base" / "tokenizer.json"
    _copy_tokenizer(text_tokenizer, folder / "text_tokenizer.json", text_part.setting("vocab_size", int), ())
    lyric_rows = transformer_part.setting("lyric_encoder_vocab_size", int)
    lyrics, licences = {}, []
    if transformer_part.tensor("lyric_proj.weight").any():
        lyrics, licences = _write_lyric_side(folder, lyric_vocabulary, lyric_rows, progress, with_japanese)

    scaling = latent_encoder.Scaling(MEL_MIN, MEL_MAX, LATENT_SCALE, LATENT_SHIFT)
    builders: dict[str, Callable[[Graph], None]] = {
        "text_encoder": lambda g: text_encoder.build(g, text_part),
        "condition_encoder": lambda g: condition_encoder.build(g, transformer_part),
        "latent_encoder": lambda g: latent_encoder.build(
            g, dcae_part, vocoder_part, dimensions.height, mel_bins, scaling
        ),
        "transformer": lambda g: transformer.build(g, transformer_part),
        "dcae_decoder": lambda g: dcae_decoder.build(g, dcae_part, dimensions.height),
        "dcae_upsampler": lambda g: dcae_decoder.build_upsampler(g, dcae_part, dimensions.height, mel_bins),
        "vocoder": lambda g: vocoder.build(g, vocoder_part),
    }
    for precision in {FP32, *precisions}:
        (folder / precision.name).mkdir()
    narrow = [p for p in precisions if p is not FP32]

    def write(name: str, precision: Precision) -> dict[str, Any]:
        progress.step(name if precision is FP32 else f"{name} {precision.name}")
        with Graph(name, folder / precision.name, progress.wrote, precision) as g:
            builders[name](g)
            entries = {name: g.save()}
            if name in LORA_GRAPHS:
                entries[f"{name}_lora"] = g.save_lora()
        for entry in entries.values():
            entry["file"] = f"{precision.name}/{entry['file']}"
        return entries

    wide: dict[str, Any] = {}
    for name in builders:
        wide |= write(name, FP32)
    graphs: dict[str, dict[str, Any]] = {name: {} for name in wide}
    for precision in precisions:
        for name, entry in wide.items():
            graphs[name][precision.name] = entry
    if narrow:
        progress.step("float32 sample")
        shared = folder / SHARED
        text = measurement.text_sample(shared, text_part.setting("vocab_size", int))
        speaker_width = transformer_part.setting("speaker_embedding_dim", int)
        condition = measurement.condition_sample(shared, text, speaker_width, lyric_rows)
        denoising = measurement.transformer_samples(shared, dimensions, condition.outputs)
        samples = {"text_encoder": [text], "condition_encoder": [condition], "transformer": denoising}
        if any(p.compacts for p in narrow):
            samples |= measurement.decoding_samples(shared, dimensions, scaling)
        if FP32 not in precisions:
            _remove(shared, set.intersection(*(set(_own(p)) for p in narrow)))
        for precision in narrow:
            for name in _own(precision):
                for key, entry in write(name, precision).items():
                    graphs[key][precision.name] = entry
            progress.step(f"errors of {precision.name}")
            for name in _own(precision):
                path = folder / precision.name / f"{name}.onnx"
                graphs[name][precision.name]["errors"] = measurement.measure(path, precision, samples[name])

    progress.step("checksums")
    files = {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": _sha256(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    listing = "".join(f"{path} {entry['sha256']}\n" for path, entry in sorted(files.items()))
    manifest = {
        "format_version": FORMAT_VERSION,
        "family": FAMILY,
        **({"name": settings["name"]} if "name" in settings else {}),
        "id": hashlib.sha256(listing.encode()).hexdigest(),
        "exporter": __version__,
        "source": source | ({"description": settings["description"]} if "description" in settings else {}),
        "licences": licences,
        "precisions": [p.name for p in precisions],
        "precision_files": {p.name: _graph_files(graphs, p.name, files) for p in precisions},
        "text": {"tokenizer": "text_tokenizer.json", "max_tokens": MAX_TEXT_TOKENS},
        **({"lyrics": lyrics} if lyrics else {"ignored_inputs": ["lyrics"]}),
        "latents": {
            "channels": dimensions.channels,
            "height": dimensions.height,
            "mel_frames": mel_bins // dimensions.height,
            "scale": LATENT_SCALE,
            "shift": LATENT_SHIFT,
        },
        "mel": {
            "bins": mel_bins,
            "min": MEL_MIN,
            "max": MEL_MAX,
            "hop_length": vocoder_part.setting("hop_length", int),
        },
        "dcae_upsampler": {
            "feature_frames": dcae_decoder.feature_scale(dcae_part),
            "context_frames": dcae_decoder.context_frames(dcae_part),
        },
        "vocoder": {"context_frames": vocoder.context_frames(vocoder_part)},
        "audio": {
            "channels": dcae_part.setting("in_channels", int),
            "decoder_sample_rate": vocoder_part.setting("sampling_rate", int),
            "sample_rate": SAMPLE_RATE,
        },
        "erg": {"tau": ERG_TAU},
        "defaults": DEFAULTS | settings.get("defaults", {}),
        "graphs": graphs,
        "files": files,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    text = re.sub(r"\[[^\[\]{}]*\]|\{[^{}]*\}", lambda found: " ".join(found.group().split()), text)
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def _settings(file: Path) -> dict[str, Any]:
    """What the checkpoint says of the bundle that it makes; published checkpoints say nothing."""
    if not file.exists():
        return {}
    settings = read_json(file)
    _check_settings(file, "", settings, {"name": "", "description": "", "defaults": {}})
    _check_settings(file, "defaults.", settings.get("defaults", {}), DEFAULTS)
    return settings


def _check_settings(file: Path, place: str, settings: dict[str, Any], known: dict[str, Any]) -> None:
    for key, value in settings.items():
        if key not in known:
            raise ExportError(f"{file}: '{place}{key}' is unknown, expected {', '.join(known)}")
        kind = type(known[key])
        if type(value) is not kind and not (kind is float and type(value) is int):
            raise ExportError(f"{file}: '{place}{key}' is {value!r}, expected a value like {known[key]!r}")


def _write_lyric_side(
    folder: Path, vocabulary: Path | None, rows: int, progress: Progress, with_japanese: bool
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Writes the files that turn lyrics to tokens; gives their entry for the manifest and their licences."""
    if vocabulary is None:
        raise ExportError("--lyric-vocab: expected the lyric tokenizer's vocab.json, for these weights read lyrics")
    _copy_tokenizer(vocabulary, folder / "lyric_tokenizer.json", rows, ("[SPACE]", "[en]"))
    progress.step("language model")
    language_model.write_language_model(folder / "language_model.bin")
    progress.step("pinyin")
    pinyin.write_pinyin(folder / "pinyin.bin")
    files = {"tokenizer": "lyric_tokenizer.json", "language_model": "language_model.bin", "pinyin": "pinyin.bin"}
    licences = [language_model.LICENCE, pinyin.LICENCE]
    if with_japanese:
        progress.step("Japanese dictionary")
        japanese.write_japanese(folder / "japanese.bin")
        files["japanese"] = "japanese.bin"
        licences.append(japanese.LICENCE)
    return files | {"max_tokens": MAX_LYRIC_TOKENS}, licences


def _remove(folder: Path, graphs: Iterable[str]) -> None:
    for name in graphs:
        for suffix in (".onnx", ".onnx.data", "_lora.onnx"):
            (folder / f"{name}{suffix}").unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def _graph_files(graphs: dict[str, dict[str, Any]], precision: str, files: Iterable[str]) -> list[str]:
    """The files of a precision's graphs: whoever wants this precision alone leaves out what others list."""
    named = {entries[precision]["file"] for entries in graphs.values()}
    return [path for path in files if path in named or path.removesuffix(".data") in named]


def _copy_tokenizer(source: Path, target: Path, rows: int, needed: tuple[str, ...]) -> None:
    if not source.is_file():
        raise ExportError(f"{source}: tokenizer file is missing")
    try:
        tokenizer = Tokenizer.from_file(str(source))
    except Exception as e:  # the library raises plain Exception
        raise ExportError(f"{source}: not a tokenizer file ({' '.join(str(e).split())})") from None
    for token in needed:
        if tokenizer.token_to_id(token) is None:
            raise ExportError(f"{source}: token '{token}' is missing; is this the lyric vocabulary?")
    highest = max(tokenizer.get_vocab().values(), default=rows)
    if highest >= rows:
        raise ExportError(f"{source}: token id {highest}, but the model's embedding has {rows} rows")
    shutil.copyfile(source, target)


def _sha256(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()
