"""Writes a run's networks as a checkpoint in the official layout, and the same with weights of 8 bits.

checkpoint/ and checkpoint-int8/ hold ace_step_transformer, music_dcae_f8c8, music_vocoder, umt5-base,
lyric_vocab.json, and in bundle.json what the exporter is to say of the bundle. In the second one every tensor of two or
more dimensions is rounded to 255 levels per first index, as a compact bundle stores it. curves.png shows the trainings.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import make_small_checkpoint

from . import dcae, text, transformer, vocoder
from .state import write_atomically

_QUANTISED_FROM = 1024
"""Smaller tensors stay as they are."""
_SCALE_STEPS = 2**11
"""A scale has 11 bits, so that its 127th multiple has no more than float32 holds, and tells it exactly."""

DEFAULTS = {
    "duration": 12.0, "steps": 30, "guidance": "cfg", "guidance_scale": 3.5, "guidance_interval": 1.0,
    "erg_tag": False, "erg_lyric": False, "erg_diffusion": False,
}  # fmt: skip
"""Of requests that leave them open, in the place of the official ones."""
_SETTINGS: dict[str, Any] = {
    "name": "nano",
    "description": "A tiny ACE-Step v1 trained on synthesised music: ten styles, one key, a dozen instruments",
    "defaults": DEFAULTS,
}


def run(folder: Path, seed: int) -> None:
    for name, rounded in (("checkpoint", False), ("checkpoint-int8", True)):
        write(folder, folder / name, rounded)
        print(folder / name, flush=True)
    draw_curves(folder)


def round_rows(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Integers -127..127, and the scale of each first index."""
    rows = weight.float().flatten(1)
    mantissa, exponent = torch.frexp((rows.abs().amax(1) / 127).clamp(min=1e-30))
    scale = torch.ldexp((mantissa * _SCALE_STEPS).round() / _SCALE_STEPS, exponent)
    return (rows / scale[:, None]).round().to(torch.int8), scale


def _rounded(weight: Tensor) -> Tensor:
    levels, scale = round_rows(weight)
    return (levels.float() * scale[:, None]).reshape(weight.shape)


@torch.no_grad()
def quantise(model: nn.Module) -> None:
    """Rounds the weights in place; under weight normalisation the weight that the pair stands for."""
    for module in model.modules():
        if hasattr(module, "weight_v"):
            v, g = module.weight_v, module.weight_g
            weight = _rounded(v * (g / v.norm(dim=(1, 2), keepdim=True)))
            norm = weight.norm(dim=(1, 2), keepdim=True)
            module.weight_v.copy_(torch.where(norm > 0, weight, v))
            module.weight_g.copy_(norm)
    for name, parameter in model.named_parameters():
        if parameter.dim() > 1 and parameter.numel() >= _QUANTISED_FROM and not name.endswith(("weight_v", "weight_g")):
            parameter.copy_(_rounded(parameter))


def write(folder: Path, out: Path, rounded: bool) -> None:
    reader = text.load_reader(folder)
    parts: dict[str, nn.Module] = {
        "ace_step_transformer": transformer.load_transformer(folder), "music_dcae_f8c8": dcae.load(folder),
        "music_vocoder": vocoder.load(folder), "umt5-base": reader.encoder,
    }  # fmt: skip
    for name, model in parts.items():
        if rounded:
            quantise(model)
        model.save_pretrained(out / name)
    (out / "umt5-base" / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_input_names": ["input_ids", "attention_mask"],
        "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>",
    }  # fmt: skip
    _write_json(out / "umt5-base" / "tokenizer_config.json", config)
    lines = make_small_checkpoint.CORPUS.read_text(encoding="utf-8").splitlines()
    make_small_checkpoint.lyric_tokenizer(out / "lyric_vocab.json", lines)
    _write_json(out / "bundle.json", _SETTINGS)


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def draw_curves(folder: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    shown = {"text": "style", "dcae": "nat", "vocoder": "error", "transformer": "loss"}
    figure, axes = plt.subplots(1, len(shown), figsize=(16, 3.2))
    for axis, (name, column) in zip(axes, shown.items(), strict=True):
        axis.set_title(f"{name}: {column}")
        axis.set_xlabel("step")
        if (folder / f"{name}.csv").exists():
            with (folder / f"{name}.csv").open() as f:
                rows = list(csv.DictReader(f))
            axis.plot([int(r["step"]) for r in rows], np.array([float(r[column]) for r in rows]))
            axis.grid(alpha=0.3)
    figure.tight_layout()
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=90)
    plt.close(figure)
    write_atomically(folder / "curves.png", image.getvalue())
