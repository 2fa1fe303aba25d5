#!/usr/bin/env python3
"""Runs the official modules one by one on a checkpoint of make_small_checkpoint.py, for scripts/tests/test_graphs.py.

python scripts/golden/make_graph_golden.py --official CHECKOUT --checkpoint DIR --out scripts/tests/golden

CHECKOUT is ACE-Step/ACE-Step at commit d612523, with the packages that it needs. Written to OUT: GRAPH_CASE.npz, with a
graph's inputs (in_NAME) and the official module's outputs (out_NAME), all small.
"""

from __future__ import annotations

import argparse
import functools
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

TAU = 0.01


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--official", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args()
    sys.path.insert(0, str(a.official))
    sys.path.insert(0, str(Path(__file__).parents[1]))
    a.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)

    def keep(name: str, inputs: dict[str, np.ndarray], outputs: dict[str, torch.Tensor]) -> None:
        arrays = {f"in_{k}": v for k, v in inputs.items()} | {f"out_{k}": v.numpy() for k, v in outputs.items()}
        np.savez_compressed(a.out / f"{name}.npz", **arrays)

    rng = np.random.default_rng(0)
    with torch.no_grad():
        text_encoder(a.checkpoint, rng, keep)
        transformer(a.checkpoint, rng, keep)
        decoders(a.checkpoint, rng, keep)
        latent_encoder(a.checkpoint, rng, keep)


def scaled(modules: list[torch.nn.Module], tau: float) -> list[Any]:
    return [module.register_forward_hook(lambda _m, _i, output: output.mul_(tau)) for module in modules]


def text_encoder(checkpoint: Path, rng: np.random.Generator, keep: Any) -> None:
    from transformers import UMT5EncoderModel

    model = UMT5EncoderModel.from_pretrained(checkpoint / "umt5-base").eval()
    for case, batch, tokens, tau in (("one", 1, 1, 1.0), ("padded", 2, 17, 1.0), ("erg", 1, 200, TAU)):
        ids = rng.integers(3, model.config.vocab_size, (batch, tokens))
        mask = np.ones((batch, tokens), np.int64)
        mask[1:, tokens // 2 :] = 0
        hooks = scaled([model.encoder.block[i].layer[0].SelfAttention.q for i in (8, 9)], tau)
        states = model(input_ids=torch.tensor(ids), attention_mask=torch.tensor(mask)).last_hidden_state
        for hook in hooks:
            hook.remove()
        inputs = {"input_ids": ids, "attention_mask": mask, "tau": np.array(tau, np.float32)}
        keep(f"text_encoder_{case}", inputs, {"text_states": states})


def transformer(checkpoint: Path, rng: np.random.Generator, keep: Any) -> None:
    import acestep.models.ace_step_transformer as dit
    from acestep.models.customer_attention_processor import CustomerAttnProcessor2_0

    import make_small_checkpoint as small

    # Sizes that the published config leaves to the code's defaults.
    dit.LyricEncoder = functools.partial(
        dit.LyricEncoder,
        output_size=small.TRANSFORMER["lyric_hidden_size"],
        attention_heads=small.LYRIC_HEADS,
        linear_units=small.LYRIC_HIDDEN,
    )
    model = dit.ACEStepTransformer2DModel.from_pretrained(checkpoint / "ace_step_transformer").eval()
    config = model.config
    cases = (("lyrics", 2, 9, 40, 33, 1.0), ("instrumental", 1, 7, 0, 11, 1.0), ("erg", 1, 30, 120, 108, TAU))
    for case, batch, text_tokens, lyric_tokens, frames, tau in cases:
        shape = (batch, text_tokens, config.text_embedding_dim)
        lyric_shape = (batch, max(lyric_tokens, 1))
        vocabulary = config.lyric_encoder_vocab_size
        inputs = {
            "text_states": rng.standard_normal(shape).astype(np.float32),
            "text_mask": np.ones((batch, text_tokens), np.int64),
            "speaker_embeds": rng.standard_normal((batch, config.speaker_embedding_dim)).astype(np.float32),
            "lyric_ids": rng.integers(0, vocabulary, lyric_shape) if lyric_tokens else np.zeros(lyric_shape, np.int64),
            "lyric_mask": np.full(lyric_shape, int(lyric_tokens > 0), np.int64),
            "tau": np.array(tau, np.float32),
        }
        queries = [model.lyric_encoder.encoders[i].self_attn.linear_q for i in (4, 5)]
        for i in range(15, 20):
            queries += [model.transformer_blocks[i].attn.to_q, model.transformer_blocks[i].cross_attn.to_q]
        hooks = scaled(queries, tau)
        arguments = [torch.tensor(inputs[name]) for name in list(inputs)[:-1]]
        condition, mask = model.encode(*arguments)
        tokens = condition.shape[1]
        tables = model.rotary_emb(condition, seq_len=tokens)
        outputs = {"condition_mask": mask != 0}
        for i in (0, config.num_layers - 1):
            attention = model.transformer_blocks[i].cross_attn

            def heads(x: torch.Tensor, batch: int = batch, tokens: int = tokens) -> torch.Tensor:
                return x.view(batch, tokens, config.num_attention_heads, -1).transpose(1, 2)

            key = CustomerAttnProcessor2_0().apply_rotary_emb(heads(attention.to_k(condition)), tables)
            outputs[f"cross_key_{i}"] = key.contiguous()
            outputs[f"cross_value_{i}"] = heads(attention.to_v(condition)).contiguous()
        latents = rng.standard_normal((batch, config.in_channels, config.max_height, frames)).astype(np.float32)
        inputs["latents"] = latents
        inputs["timestep"] = np.full(batch, 731.25, np.float32)
        outputs["velocity"] = model.decode(
            hidden_states=torch.tensor(latents),
            attention_mask=torch.ones(batch, frames),
            encoder_hidden_states=condition,
            encoder_hidden_mask=mask,
            timestep=torch.tensor(inputs["timestep"]),
            output_length=frames,
        ).sample
        for hook in hooks:
            hook.remove()
        keep(f"transformer_{case}", inputs, outputs)


def decoders(checkpoint: Path, rng: np.random.Generator, keep: Any) -> None:
    from acestep.music_dcae.music_vocoder import ADaMoSHiFiGANV1
    from diffusers import AutoencoderDC

    dcae = AutoencoderDC.from_pretrained(checkpoint / "music_dcae_f8c8").eval()
    for case, batch, frames in (("short", 1, 1), ("batch", 2, 13)):
        latents = rng.standard_normal((batch, 8, 16, frames)).astype(np.float32)
        keep(f"dcae_decoder_{case}", {"latents": latents}, {"mel": dcae.decoder(torch.tensor(latents))})
    vocoder = ADaMoSHiFiGANV1.from_pretrained(checkpoint / "music_vocoder").eval()
    for case, batch, frames in (("short", 1, 8), ("batch", 2, 40)):
        mel = (2 * rng.standard_normal((batch, vocoder.config.input_channels, frames)) - 5).astype(np.float32)
        keep(f"vocoder_{case}", {"mel": mel}, {"audio": vocoder.decode(torch.tensor(mel)).squeeze(1)})


def latent_encoder(checkpoint: Path, rng: np.random.Generator, keep: Any) -> None:
    from acestep.music_dcae.music_dcae_pipeline import MusicDCAE

    autoencoder = MusicDCAE(
        dcae_checkpoint_path=checkpoint / "music_dcae_f8c8", vocoder_checkpoint_path=checkpoint / "music_vocoder"
    )
    for case, batch, frames, gain in (("short", 1, 1, 0.2), ("batch", 2, 5, 0.2), ("silence", 1, 3, 0.0)):
        audio = rng.standard_normal((batch, 2, 4096 * frames)) * np.linspace(0, gain, 4096 * frames)
        audio = (np.rint(audio * 64) / 64).astype(np.float32)  # small when compressed
        latents, _ = autoencoder.encode(torch.tensor(audio), sr=44100)
        keep(f"latent_encoder_{case}", {"audio": audio}, {"latents": latents})


if __name__ == "__main__":
    main()
