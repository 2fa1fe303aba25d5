"""Waveform -> log-mel in [-1, 1], with the clock in its top bins.

The transform is ACE-Step's (log of a Slaney mel of 128 bins, 40 to 16000 Hz, 2048-sample Hann windows every 512
samples, a frame centred on its own 512 samples), so -11 and 3 nat become -1 and 1. The CLOCK_BINS highest bins, above
12.9 kHz, don't hold sound but the place of the frame within its latent frame, which the vocoder reads its phase from.
"""

from __future__ import annotations

import functools
import math

import numpy as np
import torch
import torchaudio
from torch import Tensor
from torch.nn import functional as F

from .synth import HOP, LATENT_FRAMES, SAMPLE_RATE

BINS, WINDOW = 128, 2048
MEL_MIN, MEL_MAX = -11.0, 3.0
NAT = (MEL_MAX - MEL_MIN) / 2
"""Nats per unit of the normalised mel."""
CLOCK_BINS = 7
_CLOCK_LEVEL = 0.6


@functools.cache
def _filters() -> Tensor:
    return torchaudio.functional.melscale_fbanks(
        WINDOW // 2 + 1, 40.0, 16000.0, BINS, SAMPLE_RATE, norm="slaney", mel_scale="slaney"
    )


@functools.cache
def hann(size: int) -> Tensor:
    return torch.hann_window(size)


def log_mel(wave: Tensor) -> Tensor:
    """[..., 512 * frames] -> [..., 128, frames], in nats."""
    lead = wave.shape[:-1]
    x = F.pad(wave.reshape(-1, 1, wave.shape[-1]), ((WINDOW - HOP) // 2,) * 2, mode="reflect")[:, 0]
    spectrum = torch.stft(x, WINDOW, HOP, window=hann(WINDOW), center=False, return_complex=True)
    magnitude = torch.sqrt(spectrum.real**2 + spectrum.imag**2 + 1e-6)
    mel = torch.log((magnitude.transpose(1, 2) @ _filters()).clamp(min=1e-5))
    return mel.transpose(1, 2).reshape(*lead, BINS, -1)


def normalise(mel: Tensor) -> Tensor:
    return (mel - MEL_MIN) / NAT - 1


def denormalise(mel: Tensor) -> Tensor:
    return (mel + 1) * NAT + MEL_MIN


@functools.cache
def clock() -> Tensor:
    """[CLOCK_BINS, LATENT_FRAMES]: with the constant, a basis of all functions of the place."""
    n = np.arange(LATENT_FRAMES)
    rows = [f(2 * math.pi * n * k / LATENT_FRAMES) for k in range(1, LATENT_FRAMES // 2) for f in (np.cos, np.sin)]
    rows.append(np.cos(math.pi * n))
    return torch.tensor(_CLOCK_LEVEL * np.stack(rows), dtype=torch.float32)


def with_clock(mel: Tensor, first_frame: int = 0) -> Tensor:
    """A normalised mel [..., 128, frames] whose top bins tell the place; `first_frame` counts from sample 0."""
    places = (torch.arange(mel.shape[-1]) + first_frame) % LATENT_FRAMES
    ticks = clock()[:, places].expand(*mel.shape[:-2], -1, -1)
    return torch.cat([mel[..., :-CLOCK_BINS, :], ticks], -2)


def mel_of(wave: Tensor) -> Tensor:
    """[..., 512 * frames] -> normalised mel with the clock."""
    return with_clock(normalise(log_mel(wave)))
