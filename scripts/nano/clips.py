"""The stream of training clips: clip i is a function of (seed, stage, i); nothing is stored on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor

from . import synth
from .features import mel_of
from .state import generator

T = TypeVar("T")


def clip(rng: np.random.Generator, frames: int, labels: synth.Labels | None = None) -> tuple[Tensor, Tensor]:
    """Waveform before tanh [2, 512 * frames] and mel [2, 128, frames]."""
    mix = torch.from_numpy(synth.mix(labels or synth.draw_labels(rng), frames, rng))
    return mix, mel_of(torch.tanh(mix))


class Pool(Generic[T]):
    """The `size` newest clips at a step; a new one every `every` steps."""

    def __init__(self, seed: int, stage: str, size: int, every: int, make: Callable[[np.random.Generator], T]) -> None:
        self.seed, self.stage, self.size, self.every, self.make = seed, stage, size, every, make
        self.items: dict[int, T] = {}

    def draw(self, step: int, count: int, rng: np.random.Generator) -> list[T]:
        first = step // self.every
        for old in [i for i in self.items if i < first]:
            del self.items[old]
        for i in range(first, first + self.size):
            if i not in self.items:
                self.items[i] = self.make(generator(self.seed, self.stage, "clip", i))
        return [self.items[first + int(i)] for i in rng.integers(self.size, size=count)]
