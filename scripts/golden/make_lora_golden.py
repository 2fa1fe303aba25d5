#!/usr/bin/env python3
"""Makes small LoRA files for a checkpoint of make_small_checkpoint.py and runs the official pipeline with them.

python scripts/golden/make_lora_golden.py --official CHECKOUT --checkpoint DIR
    --out runtime/src/test/resources/golden/lora

CHECKOUT is ACE-Step/ACE-Step at commit d612523, with the packages that it needs, PEFT among them. Written to OUT:
    peft.safetensors    as the official trainer saves: configuration in the metadata, rank-stabilised, float32
    alpha.safetensors   an alpha key per layer, two ranks, float16, older key names for a part
    plain.safetensors   neither of these, two ranks, bfloat16
    CASE/case.json      the arguments of the official call, with the file's name and the weight
    CASE/latents.npy    float32 [batch, 8, 16, frames], what the decoder gets

The official call asks for alpha (`with_alpha=True`), but as it calls diffusers, the metadata aren't read; here
`use_safetensors=True` is added, with which they are. It doesn't read alpha keys either: for alpha.safetensors it gets
the same numbers in the metadata.
"""

from __future__ import annotations

import argparse
import functools
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

OFFICIAL_NAME = "pytorch_lora_weights.safetensors"
ATTENTION = [f"{kind}.{layer}" for kind in ("attn", "cross_attn") for layer in ("to_q", "to_k", "to_v", "to_out.0")]
LYRIC_LAYER = [f"self_attn.linear_{layer}" for layer in ("q", "k", "v", "out", "pos")] + [
    "feed_forward.w_1",
    "feed_forward.w_2",
]
PEFT_MODULES = [
    *(f"transformer_blocks.{i}.{layer}" for i in (0, 15, 19, 23) for layer in ATTENTION),
    *(f"lyric_encoder.encoders.{i}.{layer}" for i in (0, 4, 5) for layer in LYRIC_LAYER),
    "transformer_blocks.3.ff.inverted_conv.conv",
    "transformer_blocks.3.ff.point_conv.conv",
    "transformer_blocks.3.cross_attn.add_k_proj",
    "lyric_encoder.embed.out.0",
    "proj_in.early_conv_layers.2",
    "timestep_embedder.linear_1",
    "timestep_embedder.linear_2",
    "t_block.1",
    "speaker_embedder",
    "genre_embedder",
    "lyric_proj",
    "projectors.1.2",
    "final_layer.linear",
]
PLAIN_MODULES = [
    *(f"transformer_blocks.{i}.{layer}" for i in (1, 16) for layer in ATTENTION),
    *(f"lyric_encoder.encoders.4.self_attn.linear_{layer}" for layer in "qkv"),
    "speaker_embedder",
]
LYRICS = "[verse]\nThe lamps along the harbour burn until the morning comes\n\n[chorus]\nOh, oh, oh"
SONG = {"lyrics": LYRICS, "audio_duration": 2.0, "infer_step": 8, "manual_seeds": [5]}
CASES: dict[str, dict[str, Any]] = {
    "none": {**SONG},
    "peft_0": {**SONG, "lora": "peft", "lora_weight": 0.0},
    "peft_0.8": {**SONG, "lora": "peft", "lora_weight": 0.8},
    "peft_1.5": {**SONG, "lora": "peft", "lora_weight": 1.5},
    "alpha_0.8": {**SONG, "lora": "alpha", "lora_weight": 0.8},
    "alpha_1.5_batch_2": {
        "lyrics": "", "audio_duration": 1.0, "infer_step": 5, "manual_seeds": [6, 7], "batch_size": 2,
        "use_erg_lyric": False, "use_erg_diffusion": False, "lora": "alpha", "lora_weight": 1.5,
    },
    "plain_1": {**SONG, "lora": "plain", "lora_weight": 1.0},
    "plain_-0.5_unguided": {**SONG, "guidance_scale": 1.0, "lora": "plain", "lora_weight": -0.5},
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--official", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args()
    sys.path.insert(0, str(a.official))
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import make_parity_golden
    import numpy as np

    import make_small_checkpoint as small

    pipeline, kept = make_parity_golden._official_pipeline(a.checkpoint, small)
    a.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        model = pipeline.ace_step_transformer
        model.load_lora_adapter = functools.partial(model.load_lora_adapter, use_safetensors=True)
        loras = make_loras(model, a.out, Path(folder))
        for name, settings in CASES.items():
            case = {"prompt": make_parity_golden.PROMPT, **settings}
            (a.out / name).mkdir(exist_ok=True)
            (a.out / name / "case.json").write_text(json.dumps(case, indent=1) + "\n", encoding="utf-8")
            case["lora_name_or_path"] = str(loras[case.pop("lora")]) if "lora" in case else "none"
            pipeline(**case, save_path=f"{folder}/unused.wav")
            np.save(a.out / name / "latents.npy", kept["latents"])
            print(name, file=sys.stderr)


def make_loras(model: torch.nn.Module, out: Path, folder: Path) -> dict[str, Path]:
    """Writes the files to `out` and gives, for each, a folder that the official code loads."""
    random = torch.Generator().manual_seed(2026)
    peft = {"r": 2, "lora_alpha": 3, "use_rslora": True, "target_modules": PEFT_MODULES}
    peft |= {"rank_pattern": {"speaker_embedder": 3, "attn.to_q": 1}, "alpha_pattern": {"^lyric_proj": 7}}
    save_adapter(model, peft, random, folder / "peft", torch.float32)
    shutil.copyfile(folder / "peft" / OFFICIAL_NAME, out / "peft.safetensors")

    ranks = {name: 2 + (i % 3 == 1) for i, name in enumerate(PLAIN_MODULES)}
    alphas = {name: 1.5 + i % 4 for i, name in enumerate(PLAIN_MODULES)}
    config = {"r": 2, "lora_alpha": 2, "target_modules": PLAIN_MODULES}
    patterns = {"rank_pattern": {f"^{k}": v for k, v in ranks.items()}}
    save_adapter(model, config | patterns, random, folder / "plain", torch.bfloat16)
    tensors = load_file(folder / "plain" / OFFICIAL_NAME)
    save_file(tensors, folder / "plain" / OFFICIAL_NAME)  # without the configuration
    shutil.copyfile(folder / "plain" / OFFICIAL_NAME, out / "plain.safetensors")

    patterns["alpha_pattern"] = {f"^{k}": v for k, v in alphas.items()}
    save_adapter(model, config | patterns, random, folder / "alpha", torch.float16)
    tensors = load_file(folder / "alpha" / OFFICIAL_NAME)
    tensors = {older_name(key): value for key, value in tensors.items()}
    save_file(tensors | {f"{k}.alpha": torch.tensor(v) for k, v in alphas.items()}, out / "alpha.safetensors")
    return {name: folder / name for name in ("peft", "plain", "alpha")}


def older_name(key: str) -> str:
    if ".cross_attn." in key:
        return f"transformer.{key}".replace("lora_A", "lora.down").replace("lora_B", "lora.up")
    return f"base_model.model.{key}"


def save_adapter(
    model: torch.nn.Module, config: dict[str, Any], random: torch.Generator, folder: Path, dtype: torch.dtype
) -> None:
    """As trainer.py does, with random numbers for the trained ones."""
    from peft import LoraConfig

    model.add_adapter(LoraConfig(**config), adapter_name="made")
    for name, value in model.named_parameters():
        if ".lora_" in name:
            # Strong enough to be heard, not so strong that rounding grows from step to step.
            spread = (0.7 if ".lora_A." in name else 0.15) / value.shape[1] ** 0.5
            value.data = torch.randn(value.shape, generator=random).mul(spread).to(dtype)
    model.save_lora_adapter(folder, adapter_name="made")
    model.unload_lora()


if __name__ == "__main__":
    main()
