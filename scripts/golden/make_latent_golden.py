#!/usr/bin/env python3
"""Encodes synthesised sounds with the official code, for the tests of acestep4j.model.LatentEncoder.

python scripts/golden/make_latent_golden.py --official CHECKOUT --checkpoint DIR --out runtime/src/test/resources/golden/latents

CHECKOUT is ACE-Step/ACE-Step at commit d612523, with the packages that it needs; DIR is the checkpoint that
models/random-small was exported from. Written to OUT: NAME.npy, the latents [8, 16, frames] of each sound. The test
synthesises the same sounds: all arithmetic here is exact or rounded once, so that both have the same bits.
"""  # noqa: E501

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch


class Sound(NamedTuple):
    """Two tones and noise in float32; then multiplied by gain, clipped to -1..1 if so, and rounded to steps if any."""

    rate: int
    channels: int
    length: int
    hertz: int
    noise: float
    gain: float
    clipped: bool = False
    steps: int = 0


SOUNDS = {
    "studio_48k": Sound(48000, 2, 100003, 220, 0.1, 0.5),
    "radio_mono_22k": Sound(22050, 1, 33333, 150, 0.3, 0.7, steps=128),
    "silence": Sound(44100, 2, 30000, 0, 0.0, 0.0),
    "clipped_96k": Sound(96000, 2, 150001, 1000, 0.2, 6.0, clipped=True, steps=32768),
    "ntsc_44056": Sound(44056, 2, 12345, 3001, 0.0, 0.9, steps=32768),
    "quiet_8k": Sound(8000, 1, 7777, 440, 0.5, 1e-4),
    "whole_frames": Sound(44100, 2, 8192, 97, 0.5, 0.4),
    "dat_32k": Sound(32000, 2, 20011, 5000, 0.05, 1.3),
    "one_sample_192k": Sound(192000, 1, 1, 0, 1.0, 0.8),
}


def synthesise(sound: Sound) -> np.ndarray:
    """Float32 [channels, length]."""
    n = np.arange(sound.length, dtype=np.int64)
    state = 1
    channels = []
    for channel in range(sound.channels):
        noise = np.empty(sound.length, np.float64)
        for i in range(sound.length):
            state = (state * 1664525 + 1013904223) % 2**32
            noise[i] = (state >> 8) / 2**23 - 1
        low = parabolic(n * sound.hertz * (channel + 1) % sound.rate / sound.rate)
        high = parabolic(n * sound.hertz * 7 % sound.rate / sound.rate)
        x = (low * 0.75 + high * 0.25 + noise * sound.noise) * sound.gain
        if sound.clipped:
            x = np.clip(x, -1, 1)
        if sound.steps:
            x = np.floor(x * sound.steps) / sound.steps
        channels.append(x.astype(np.float32))
    return np.stack(channels)


def parabolic(phase: np.ndarray) -> np.ndarray:
    """A wave that is nearly a sine, of a phase from 0 to 1."""
    return np.where(phase < 0.5, phase * (0.5 - phase), (phase - 0.5) * (phase - 1)) * 16


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--official", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    a = parser.parse_args()
    torch.set_num_threads(1)
    sys.path.insert(0, str(a.official))
    from acestep.music_dcae.music_dcae_pipeline import MusicDCAE

    autoencoder = MusicDCAE(
        dcae_checkpoint_path=a.checkpoint / "music_dcae_f8c8", vocoder_checkpoint_path=a.checkpoint / "music_vocoder"
    )
    a.out.mkdir(parents=True, exist_ok=True)
    for name, sound in SOUNDS.items():
        audio = torch.from_numpy(synthesise(sound))
        if sound.channels == 1:
            audio = audio.repeat(2, 1)
        latents, _ = autoencoder.encode(audio[None], sr=sound.rate)
        np.save(a.out / f"{name}.npy", np.ascontiguousarray(latents[0].numpy()))


if __name__ == "__main__":
    main()
