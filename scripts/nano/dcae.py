"""Trains the autoencoder: stereo mel [2, 128, frames] <-> latents [8, 16, frames / 8].

L1 on the mel and on its differences in time and frequency; the moments of every latent row are pulled to 0 and 1, so
that the published scale and shift stay right; noise on the latents before decoding makes them smooth enough for
diffusion. Half of the inputs carry no clock, the outputs always do: also foreign recordings decode with one.
"""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import AutoencoderDC
from torch import Tensor

from . import synth
from .clips import Pool, clip
from .features import CLOCK_BINS, NAT
from .models import from_latents, make_dcae, to_latents
from .state import Stage, generator

CLIP_FRAMES = 1024
CROP_LATENTS, BATCH = 32, 4
_POOL = 240


def loss(model: AutoencoderDC, mel: Tensor, shown: Tensor, noise: float) -> tuple[Tensor, dict[str, float]]:
    """`shown` goes in, `mel` should come out."""
    with torch.autocast("cpu", torch.bfloat16):
        encoded = model.encoder(shown)
    latents = to_latents(encoded.float())
    moments = latents.mean((0, 3)).square().mean() + (latents.std((0, 3)) - 1).square().mean()
    noisy = latents + noise * torch.rand(len(latents), 1, 1, 1) * torch.randn_like(latents)
    with torch.autocast("cpu", torch.bfloat16):
        decoded = model.decoder(from_latents(noisy))
    error = decoded.float() - mel
    plain = error.abs().mean()
    edges = error.diff(dim=-1).abs().mean() + error.diff(dim=-2).abs().mean()
    total = plain + 0.5 * edges + 0.03 * moments
    return total, {"nat": float(plain.detach()) * NAT, "moments": float(moments.detach())}


def run(folder: Path, seed: int, steps: int) -> None:
    torch.manual_seed(seed)
    stage = Stage("dcae", folder, seed, make_dcae(), steps, 2e-3)
    pool = Pool(seed, "dcae", _POOL, 1, lambda rng: clip(rng, CLIP_FRAMES)[1])

    def step(n: int) -> tuple[Tensor, dict[str, float]]:
        rng = generator(seed, "dcae", n)
        crops = []
        for mel in pool.draw(n, BATCH, rng):
            start = synth.LATENT_FRAMES * int(rng.integers(mel.shape[-1] // synth.LATENT_FRAMES - CROP_LATENTS + 1))
            crops.append(mel[..., start : start + synth.LATENT_FRAMES * CROP_LATENTS])
        mel = torch.stack(crops)
        shown = mel.clone()
        blank = torch.rand(BATCH) < 0.5
        shown[blank, :, -CLOCK_BINS:] = -1 + 0.1 * torch.rand(())
        return loss(stage.model, mel, shown, 0.25)

    stage.train(step)


def load(folder: Path) -> AutoencoderDC:
    model = make_dcae()
    model.load_state_dict(torch.load(folder / "dcae.pt"))
    return model.eval().requires_grad_(False)
