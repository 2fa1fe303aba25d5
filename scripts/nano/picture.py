#!/usr/bin/env python3
"""Draws a WAV file as a picture: both channels' mean as a spectrogram up to 4 kHz.

python scripts/nano/picture.py song.wav docs/nano.png
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import matplotlib
import numpy as np
import soundfile
from PIL import Image

matplotlib.use("Agg")
import matplotlib.pyplot as plt

WINDOW, HOP = 4096, 1024
RANGE_DB = 70
HIGHEST = 4000
COLOURS = 48


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wav", type=Path)
    parser.add_argument("png", type=Path)
    a = parser.parse_args()
    samples, rate = soundfile.read(a.wav, dtype="float32", always_2d=True)
    figure, axis = plt.subplots(figsize=(9, 2.8))
    spectrum, *_ = axis.specgram(
        samples.mean(1), NFFT=WINDOW, Fs=rate, noverlap=WINDOW - HOP, window=np.hanning(WINDOW), cmap="magma"
    )
    loudest = 10 * np.log10(spectrum.max())
    axis.images[0].set_clim(loudest - RANGE_DB, loudest)
    axis.set(ylim=(0, HIGHEST), xlabel="seconds", ylabel="Hz")
    figure.tight_layout()
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=80)
    Image.open(drawn).convert("RGB").quantize(COLOURS).save(a.png, optimize=True)


if __name__ == "__main__":
    main()
