"""Training that survives being killed: everything a stage needs to go on is in one file, replaced atomically.

Data and noise of step n are drawn from (seed, stage, n) alone, so that a resumed run repeats the uninterrupted one.
"""

from __future__ import annotations

import csv
import io
import math
import os
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

SAVE_SECONDS = 90.0
LOG_EVERY = 50


def write_atomically(path: Path, content: bytes) -> None:
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as f:
        f.write(content)
        f.flush()
        os.fsync(f.fileno())
    os.replace(temporary, path)


def save(path: Path, value: Any) -> None:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    write_atomically(path, buffer.getvalue())


def load(path: Path) -> Any:
    return torch.load(path, weights_only=False)


def generator(seed: int, *place: str | int) -> np.random.Generator:
    """The random numbers of one place in the training (stage name, step, clip)."""
    return np.random.default_rng([seed, *(p if isinstance(p, int) else zlib.crc32(p.encode()) for p in place)])


def seed_torch(seed: int, *place: str | int) -> None:
    torch.manual_seed(int(generator(seed, *place, "torch").integers(2**62)))


class Average:
    """Exponential moving average of a model's floating-point tensors."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.values = {name: value.clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        decay = min(self.decay, (step + 1) / (step + 20))
        for name, value in model.state_dict().items():
            if value.is_floating_point():
                self.values[name].lerp_(value, 1 - decay)


def learning_rate(step: int, steps: int, peak: float, warm: int = 60, decay_from: float = 0.55) -> float:
    """Warm-up, constant, then a cosine down to 2 % over the rest."""
    done = max(0.0, (step / steps - decay_from) / (1 - decay_from))
    return peak * min(1.0, (step + 1) / warm) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, done))))


class Stage:
    """One model's training: `loss(step)` gives the loss to minimise and the figures to log.

    Files in the run's folder: NAME.state (everything to go on), NAME.csv (the curve), NAME.pt (the averaged weights,
    once `steps` are done).
    """

    def __init__(
        self, name: str, folder: Path, seed: int, model: nn.Module, steps: int, peak: float, *, average: float = 0.995,
        clip: float = 1.0, betas: tuple[float, float] = (0.9, 0.98), weight_decay: float = 1e-3,
        decay_from: float = 0.55,
    ) -> None:  # fmt: skip
        self.name, self.folder, self.seed, self.model, self.steps = name, folder, seed, model, steps
        self.peak, self.clip, self.decay_from = peak, clip, decay_from
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=peak, betas=betas, weight_decay=weight_decay)
        self.average = Average(model, average)
        self.step = 0
        self.seconds = 0.0
        self.rows: list[dict[str, float]] = []
        path = folder / f"{name}.state"
        if path.exists():
            state = load(path)
            model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.average.values = state["average"]
            self.step, self.seconds, self.rows = state["step"], state["seconds"], state["rows"]
            print(f"{name}: goes on at step {self.step} of {steps}", flush=True)

    @property
    def done(self) -> bool:
        return self.step >= self.steps

    def save(self) -> None:
        value = {
            "model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(),
            "average": self.average.values, "step": self.step, "seconds": self.seconds, "rows": self.rows,
        }  # fmt: skip
        save(self.folder / f"{self.name}.state", value)
        if self.rows:
            text = io.StringIO()
            writer = csv.DictWriter(text, list(self.rows[-1]))
            writer.writeheader()
            writer.writerows(self.rows)
            write_atomically(self.folder / f"{self.name}.csv", text.getvalue().encode())

    def train(self, loss: Callable[[int], tuple[torch.Tensor, dict[str, float]]]) -> None:
        """Goes on until `steps` are done. The curve's minutes are this process's time on the CPU."""
        saved = time.monotonic()
        last = time.process_time()
        sums: dict[str, float] = {}
        since = 0
        while not self.done:
            rate = learning_rate(self.step, self.steps, self.peak, decay_from=self.decay_from)
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            seed_torch(self.seed, self.name, self.step)
            value, figures = loss(self.step)
            self.optimizer.zero_grad(set_to_none=True)
            value.backward()
            norm = float(torch.nn.utils.clip_grad_norm_(self.parameters, self.clip))
            if math.isfinite(norm):
                self.optimizer.step()
            self.step += 1
            self.average.update(self.model, self.step)
            now = time.process_time()
            self.seconds += now - last
            last = now
            for key, figure in {"loss": float(value.detach()), **figures, "gradient": norm}.items():
                sums[key] = sums.get(key, 0.0) + figure
            since += 1
            if self.step % LOG_EVERY == 0 or self.done:
                row = {"step": self.step, "minutes": round(self.seconds / 60, 2), "rate": rate}
                row |= {key: round(total / since, 5) for key, total in sums.items()}
                self.rows.append(row)
                left = (self.steps - self.step) * self.seconds / self.step / 60
                shown = " ".join(f"{key} {value:.4g}" for key, value in row.items() if key != "step")
                print(f"{self.name} {self.step}/{self.steps} {shown} ({left:.0f} CPU min left)", flush=True)
                sums, since = {}, 0
            if time.monotonic() - saved > SAVE_SECONDS:
                self.save()
                saved = time.monotonic()
        self.save()
        if self.done:
            save(self.folder / f"{self.name}.pt", self.average.values)
