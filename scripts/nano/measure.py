"""What is measured on audio: style (a linear probe), onset density, chroma correlation, and that it is sound at all.

All functions take one or two channels at 44.1 kHz. The probe is trained on the synthesiser alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import librosa
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import synth
from .features import CLOCK_BINS, log_mel
from .state import generator

_FLOOR = -5.0
"""Nats of the log-mel below which nothing is told apart."""
_TUNING = 12 * np.log2(24 * synth.GRID / 261.6256)
SECONDS = 12
FRAMES = int(SECONDS * synth.SAMPLE_RATE / synth.PERIOD) * synth.LATENT_FRAMES


def mono(wave: Tensor) -> Tensor:
    """[channels, samples] -> [samples], cut to whole frames."""
    return wave.mean(0)[: wave.shape[-1] // synth.HOP * synth.HOP]


def style_features(wave: Tensor) -> Tensor:
    """Per mel bin: mean, deviation and mean rise over time: [3 * bins]."""
    mel = log_mel(mono(wave))[:-CLOCK_BINS].clamp(min=_FLOOR)
    return torch.cat([mel.mean(-1), mel.std(-1), mel.diff(dim=-1).clamp(min=0).mean(-1)])


class StyleProbe:
    """Logistic regression from style_features to synth.STYLES, trained on clips of the synthesiser."""

    def __init__(self, seed: int, clips: int = 500, frames: int = FRAMES) -> None:
        features, styles = _probe_clips(seed, "probe", clips, frames)
        self.mean, self.deviation = features.mean(0), features.std(0) + 0.05
        torch.manual_seed(seed)
        self.layer = nn.Linear(features.shape[1], len(synth.STYLES))
        optimizer = torch.optim.AdamW(self.layer.parameters(), lr=3e-3, weight_decay=0.3)
        x = (features - self.mean) / self.deviation
        for _ in range(400):
            loss = F.cross_entropy(self.layer(x + 0.3 * torch.randn_like(x)), styles)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        features, styles = _probe_clips(seed, "probe test", 100, frames)
        self.accuracy = float((self.scores(features).argmax(1) == styles).float().mean())
        """On 100 other clips of the synthesiser."""

    @torch.no_grad()
    def scores(self, features: Tensor) -> Tensor:
        return self.layer((features - self.mean) / self.deviation)

    def text(self) -> str:
        """A line per style: its name, the bias, and a weight per feature, for features as they are."""
        with torch.no_grad():
            weights = self.layer.weight / self.deviation
            biases = self.layer.bias - weights @ self.mean
        rows = zip(synth.STYLES, biases.tolist(), weights.tolist(), strict=True)
        lines = [" ".join([style, *(f"{value:.5g}" for value in (bias, *row))]) for style, bias, row in rows]
        return "\n".join(["# written by scripts/nano/evaluate.py --probe", *lines, ""])

    def style(self, wave: Tensor) -> str:
        return synth.STYLES[int(self.scores(style_features(wave)[None])[0].argmax())]


def _probe_clips(seed: int, name: str, clips: int, frames: int) -> tuple[Tensor, Tensor]:
    features, styles = [], []
    for i in range(clips):
        rng = generator(seed, name, i)
        style = i % len(synth.STYLES)
        wave = synth.render(synth.draw_labels(rng, synth.STYLES[style]), frames, rng)
        features.append(style_features(torch.from_numpy(wave)))
        styles.append(style)
    return torch.stack(features), torch.tensor(styles)


def onset_density(wave: Tensor) -> float:
    """Onsets a second: peaks of the mean rise of the log-mel, at least 5 frames apart, above a quarter of the top."""
    mel = log_mel(mono(wave))[:-CLOCK_BINS].clamp(min=_FLOOR)
    flux = mel.diff(dim=-1).clamp(min=0).mean(0).numpy()
    threshold = max(0.25 * float(np.quantile(flux, 0.99)), 0.03)
    padded = np.pad(flux, 4, constant_values=0.0)
    around = np.lib.stride_tricks.sliding_window_view(padded, 9).max(1)
    return float(np.sum((flux >= around) & (flux > threshold)) * synth.SAMPLE_RATE / (synth.HOP * len(flux)))


def chroma_correlation(made: Tensor, wanted: Tensor) -> float:
    """Correlation of the two chromagrams, over pitch classes and time."""
    rows = [
        librosa.feature.chroma_stft(
            y=mono(x).numpy(), sr=synth.SAMPLE_RATE, n_fft=4096, hop_length=1024, tuning=float(_TUNING)
        ).ravel()
        for x in (made, wanted)
    ]
    return float(np.corrcoef(*rows)[0, 1]) if all(r.std() > 0 for r in rows) else 0.0


@dataclass(frozen=True)
class Soundness:
    finite: bool
    peak: float
    clipped: float
    """Share of samples at 0.999 or above."""
    silent: float
    """Longest run, in seconds, of 0.1 s windows below -50 dBFS."""

    @property
    def sound(self) -> bool:
        return self.finite and self.clipped < 1e-4 and self.silent < 2.0

    @staticmethod
    def of(wave: Tensor) -> Soundness:
        step = synth.SAMPLE_RATE // 10
        blocks = wave[:, : wave.shape[1] // step * step].unflatten(1, (-1, step))
        quiet = (blocks.square().mean((0, 2)).sqrt() < 10 ** (-50 / 20)).tolist()
        longest = run = 0
        for q in quiet:
            run = run + 1 if q else 0
            longest = max(longest, run)
        magnitude = wave.abs()
        finite = bool(torch.isfinite(wave).all())
        return Soundness(finite, float(magnitude.max()), float((magnitude >= 0.999).float().mean()), longest / 10)
