#!/usr/bin/env python3
"""Decodes noise in overlapping windows with the official code, for the tests of acestep4j.pipeline.Decoding.

python scripts/golden/make_overlap_golden.py --official CHECKOUT --checkpoint DIR --out runtime/src/test/resources/golden/overlap

CHECKOUT is ACE-Step/ACE-Step at commit d612523, with the packages that it needs; DIR is the checkpoint that
models/random-small was exported from. The latents of each length are torch.randn with that length as the seed. Written to
OUT for each length: FRAMES_audio.npy, stereo excerpts [2, excerpts, samples] at 48 kHz from around the joins of the
windows, the begin and the end; FRAMES_starts.npy, where they begin, and last the length of the whole.
"""  # noqa: E501

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch

FRAMES = (5, 63, 127, 530, 800)
EXCERPT = 300


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
    for frames in FRAMES:
        latents = torch.randn((1, 8, 16, frames), generator=torch.Generator().manual_seed(frames))
        _, (audio,) = autoencoder.decode_overlap(latents, sr=48000)
        length = audio.shape[1]
        joins = [0, 1000, length - EXCERPT]
        joins += [(1024 + 508 * 512 * i - 150) * 480 // 441 for i in range(1, -(-frames * 8 // 508))]
        joins += [(384 + 256 * i) * 8 * 512 * 480 // 441 - 150 for i in range(max(0, -(-(frames - 512) // 256)))]
        starts = sorted(max(0, min(length - EXCERPT, join)) for join in joins)
        excerpts = np.stack([audio[:, start : start + EXCERPT].numpy() for start in starts], axis=1)
        np.save(a.out / f"{frames}_audio.npy", np.ascontiguousarray(excerpts))
        np.save(a.out / f"{frames}_starts.npy", np.array([*starts, length]))


if __name__ == "__main__":
    main()
