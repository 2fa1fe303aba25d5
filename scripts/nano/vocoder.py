"""Trains the vocoder: log-mel of one channel [128, frames] -> waveform [512 * frames].

It starts from vocoder_start.py. The first part of the steps trains backbone and conv_pre alone, at frame rate, to name
the components of the waveform (phase and all); the rest trains everything on the waveform, with spectral losses that
also count what can't be predicted sample by sample. Most mels have been through the DCAE, their latents disturbed, as
they will be when the transformer draws them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderDC
from torch import Tensor, nn

from . import dcae, synth, vocoder_start
from .clips import Pool, clip
from .features import denormalise, hann
from .models import from_latents, make_vocoder, to_latents
from .state import Stage, generator

CLIP_FRAMES = 512
_POOL, _EVERY = 200, 8
_AT_FRAME_RATE = 0.6
"""Share of the steps that train at frame rate."""
_TRUE_MELS, _LATENT_NOISE = 0.25, 0.2
_EDGE = 6
"""Frames at the ends of a crop whose surroundings the vocoder doesn't see."""


@torch.no_grad()
def through_dcae(autoencoder: AutoencoderDC, mel: Tensor, noise: float) -> Tensor:
    """A mel [2, 128, frames] encoded, disturbed and decoded."""
    latents = to_latents(autoencoder.encoder(mel[None]))
    return autoencoder.decoder(from_latents(latents + noise * torch.randn_like(latents)))[0]


def _crops(
    pool: Pool[tuple[Tensor, Tensor]], n: int, count: int, frames: int, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    mixes, mels = [], []
    for mix, mel in pool.draw(n, count, rng):
        start, channel = int(rng.integers(1, CLIP_FRAMES - frames)), int(rng.integers(2))
        mixes.append(mix[channel, start * synth.HOP : (start + frames) * synth.HOP])
        mels.append(mel[channel, :, start : start + frames])
    return torch.stack(mixes), denormalise(torch.stack(mels))


def values_loss(vocoder: nn.Module, basis: vocoder_start.Basis, mix: Tensor, mel: Tensor) -> tuple[Tensor, Tensor]:
    """The error of the head's inputs relative to the frame's own size, and the mean square error of the waveform."""
    wanted = basis.values(mix)[..., _EDGE:-_EDGE]
    with torch.autocast("cpu", torch.bfloat16):
        values = vocoder_start.values_of(vocoder, mel)
    error = values.float()[..., _EDGE:-_EDGE] - wanted
    size = wanted.square().sum(1).sqrt()
    total = ((error.square().sum(1) + 1e-6).sqrt() / (size + 0.3)).mean()
    scale = basis.scale[:, None]
    return total, ((error / scale).square().sum() / (wanted / scale).square().sum()).detach()


def _magnitude(wave: Tensor, size: int) -> Tensor:
    spectrum = torch.stft(wave, size, size // 4, window=hann(size), return_complex=True, center=False)
    return (spectrum.real**2 + spectrum.imag**2 + 1e-5).sqrt()


def wave_loss(vocoder: nn.Module, wave: Tensor, mel: Tensor, sizes: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Sample by sample, band by band with phase up to 2.5 kHz, and as magnitudes in several resolutions."""
    with torch.autocast("cpu", torch.bfloat16):
        made = vocoder(mel)
    cut = _EDGE * synth.HOP
    made, wanted = made.float()[:, 0, cut:-cut], wave[:, cut:-cut]
    size = wanted.square().mean(1, keepdim=True).sqrt() + 0.02
    samples = ((made - wanted).abs() / size).mean()

    def bands(x: Tensor) -> Tensor:
        return torch.stft(x, 2048, 512, window=hann(2048), return_complex=True, center=False)[:, 2:117]

    a, b = bands(made), bands(wanted)
    level = b.abs().square().mean(2, keepdim=True).sqrt()
    phased = ((a - b).abs() / (level + 0.03 * level.amax(1, keepdim=True))).mean()
    magnitudes = made.new_zeros(())
    for n in sizes:
        x, y = _magnitude(made, n), _magnitude(wanted, n)
        magnitudes = magnitudes + ((x - y).norm() / y.norm() + (x.log() - y.log()).abs().mean()) / len(sizes)
    error = ((made - wanted).square().sum() / wanted.square().sum()).detach()
    return samples + phased + 0.35 * magnitudes, error


def run(folder: Path, seed: int, steps: int) -> None:
    autoencoder = dcae.load(folder)
    basis = vocoder_start.find_basis(seed)
    vocoder = make_vocoder().train()
    vocoder_start.initialise(vocoder, basis, seed)
    stage = Stage("vocoder", folder, seed, vocoder, steps, 1.5e-3, average=0.998, weight_decay=1e-3, clip=2.0)

    def make(rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        mix, mel = clip(rng, CLIP_FRAMES)
        if rng.random() > _TRUE_MELS:
            torch.manual_seed(int(rng.integers(2**62)))
            mel = through_dcae(autoencoder, mel, _LATENT_NOISE * float(rng.random()))
        return mix, mel

    pool = Pool(seed, "vocoder", _POOL, _EVERY, make)
    resolutions = ((512, 2048), (1024, 4096), (256, 2048))

    def step(n: int) -> tuple[Tensor, dict[str, float]]:
        rng = generator(seed, "vocoder", n)
        if n < _AT_FRAME_RATE * steps:
            value, error = values_loss(vocoder, basis, *_crops(pool, n, 16, 64, rng))
        else:
            mix, mel = _crops(pool, n, 8, 56, rng)
            value, error = wave_loss(vocoder, torch.tanh(mix), mel, resolutions[n % 3])
        return value, {"error": float(error)}

    stage.train(step)


def load(folder: Path) -> nn.Module:
    """The averaged weights; of a training that isn't over, those so far."""
    vocoder = make_vocoder()
    finished, state = folder / "vocoder.pt", folder / "vocoder.state"
    weights = torch.load(finished) if finished.exists() else torch.load(state, weights_only=False)["average"]
    vocoder.load_state_dict(weights)
    return vocoder.eval().requires_grad_(False)
