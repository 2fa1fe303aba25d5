"""Trains the diffusion transformer: flow matching on the latents of synthesised clips, conditioned on their prompts.

The clips come in shards of SHARD, made as the training goes on and kept on disk (bank-*.pt). Prompts are worded anew
at every step. Lyrics, speaker and the SSL projections get no training: their weights into the result are zero, and a
share of the steps attends to the zero states that lyrics then give, so that lyrics don't disturb.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderDC
from tokenizers import Tokenizer
from torch import Tensor, nn

from . import dcae, prompts, synth, text
from .clips import clip
from .models import make_transformer, to_latents
from .state import Stage, generator, load, save

BATCH, SHORT, LONG = 16, 64, 128
"""Clips a step; latent frames of a crop. The last part of the training is on crops of LONG, half as many."""
_LONG_FROM = 0.6
SHARD, _FIRST_SHARDS = 50, 6
SHIFT = 3.0
_NO_PROMPT, _LYRICS = 0.12, 0.3
_UNTRAINED = ("lyric", "projectors", "speaker_embedder.weight")
_ZERO = ("lyric_proj", "lyric_embs", "projectors", "speaker_embedder.weight", "final_layer.linear")
_ADDED = ("add_q_proj", "add_k_proj", "add_v_proj", "to_add_out")
"""Projections of the cross-attention that the official class holds and never uses."""


def initialise(model: nn.Module) -> None:
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if any(part in name for part in _ADDED) or name.startswith(_UNTRAINED):
                parameter.requires_grad_(False)
            silent = name.startswith("lyric_encoder") and parameter.dim() > 1
            if silent or any(part in name for part in _ADDED) or name.startswith(_ZERO):
                parameter.zero_()
            if name.endswith(("to_out.0.weight", "ff.point_conv.conv.weight")):
                parameter.mul_(0.35)
        for block in model.transformer_blocks:
            block.scale_shift_table[2] += 0.5
            block.scale_shift_table[5] += 0.5


class Bank:
    """Latents [8, 16, LONG] float16 of clips that begin at their first bar, with their labels."""

    def __init__(self, folder: Path, seed: int, autoencoder: AutoencoderDC) -> None:
        self.folder, self.seed, self.autoencoder = folder, seed, autoencoder
        self.latents = torch.zeros(0)
        self.labels: list[synth.Labels] = []
        self.shards = 0

    def grow(self, shards: int) -> None:
        for shard in range(self.shards, shards):
            path = self.folder / f"bank-{shard:03}.pt"
            if not path.exists():
                save(path, self._make(shard))
                print(f"clips: {(shard + 1) * SHARD}", flush=True)
            latents, labels = load(path)
            self.latents = torch.cat([self.latents, latents]) if self.labels else latents
            self.labels += labels
        self.shards = max(self.shards, shards)

    @torch.no_grad()
    def _make(self, shard: int) -> tuple[Tensor, list[synth.Labels]]:
        latents, labels = [], []
        for i in range(shard * SHARD, (shard + 1) * SHARD):
            rng = generator(self.seed, "bank", i)
            labels.append(synth.draw_labels(rng))
            mel = clip(rng, LONG * synth.LATENT_FRAMES, labels[-1])[1]
            with torch.autocast("cpu", torch.bfloat16):
                encoded = self.autoencoder.encoder(mel[None])
            latents.append(to_latents(encoded.float())[0].half())
        return torch.stack(latents), labels


@torch.no_grad()
def condition(reader: text.Reader, tokenizer: Tokenizer, texts: list[str]) -> tuple[Tensor, Tensor]:
    """Text states [batch, tokens, 64] and their mask, float."""
    ids, mask = text.batch(tokenizer, texts)
    return reader.encoder(input_ids=ids, attention_mask=mask).last_hidden_state, mask.float()


def attended(model: nn.Module, states: Tensor, mask: Tensor, lyric_tokens: int = 0) -> tuple[Tensor, Tensor]:
    """What the blocks attend to: speaker, text, and the zeros that lyrics come to."""
    batch = len(states)
    speaker = model.speaker_embedder(torch.zeros(batch, model.config.speaker_embedding_dim))[:, None]
    lyrics = torch.zeros(batch, lyric_tokens, speaker.shape[-1])
    everything = torch.cat([speaker, model.genre_embedder(states), lyrics], 1)
    return everything, torch.cat([torch.ones(batch, 1), mask, torch.ones(batch, lyric_tokens)], 1)


def velocity(
    model: nn.Module, latents: Tensor, timestep: Tensor, states: Tensor, mask: Tensor, lyric_tokens: int = 0
) -> Tensor:
    hidden, hidden_mask = attended(model, states, mask, lyric_tokens)
    frames = latents.shape[-1]
    return model.decode(
        hidden_states=latents, attention_mask=torch.ones(len(latents), frames), encoder_hidden_states=hidden,
        encoder_hidden_mask=hidden_mask, timestep=timestep, output_length=frames,
    ).sample  # fmt: skip


def run(folder: Path, seed: int, steps: int, clips: int) -> None:
    reader, tokenizer = text.load_reader(folder), text.load_tokenizer(folder)
    bank = Bank(folder, seed, dcae.load(folder))
    torch.manual_seed(seed)
    model = make_transformer().eval()
    initialise(model)
    stage = Stage(
        "transformer", folder, seed, model, steps, 1.5e-3, average=0.999, weight_decay=1e-2, decay_from=0.45
    )  # fmt: skip
    shards = -(-clips // SHARD)

    def step(n: int) -> tuple[Tensor, dict[str, float]]:
        bank.grow(min(shards, _FIRST_SHARDS + int(2 * n / steps * shards)))
        rng = generator(seed, "transformer", n)
        long = n >= _LONG_FROM * steps and n % 2 == 0
        frames, count = (LONG, BATCH // 2) if long else (SHORT, BATCH)
        chosen = rng.integers(len(bank.labels), size=count)
        starts = [_start(rng, bank.labels[i], frames) for i in chosen]
        clean = torch.stack([bank.latents[i, :, :, s : s + frames] for i, s in zip(chosen, starts, strict=True)])
        clean = clean.float()
        worded = [prompts.training_prompt(rng, bank.labels[i]).text for i in chosen]
        states, mask = condition(reader, tokenizer, worded)
        states = states * (torch.rand(count, 1, 1) > _NO_PROMPT)
        u = torch.rand(count) if n % 4 == 0 else torch.sigmoid(torch.randn(count))
        sigma = SHIFT * u / (1 + (SHIFT - 1) * u)
        noise = torch.randn_like(clean)
        at = sigma[:, None, None, None]
        lyrics = int(rng.integers(1, 40)) if rng.random() < _LYRICS else 0
        answer = velocity(model, at * noise + (1 - at) * clean, 1000 * sigma, states, mask, lyrics)
        error = (answer - (noise - clean)).square().mean((1, 2, 3))
        return error.mean(), {"clean": float((error.detach() * sigma**2).mean())}

    stage.train(step)


def _start(rng: np.random.Generator, labels: synth.Labels, frames: int) -> int:
    """A bar's beginning, often the clip's own."""
    bars = (LONG - frames) // (4 * labels.beat) + 1
    return 0 if rng.random() < 0.4 else 4 * labels.beat * int(rng.integers(bars))


def load_transformer(folder: Path) -> nn.Module:
    """The averaged weights; of a training that isn't over, those so far."""
    model = make_transformer()
    finished, state = folder / "transformer.pt", folder / "transformer.state"
    weights = torch.load(finished) if finished.exists() else torch.load(state, weights_only=False)["average"]
    model.load_state_dict(weights)
    return model.eval().requires_grad_(False)
