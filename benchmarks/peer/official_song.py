#!/usr/bin/env python3
"""Measures whole songs of the official pipeline in this process: loads it, warms up, makes the songs that count.

--compile official is the pipeline's own switch. It wraps the transformer with torch.compile, but the pipeline calls the
wrapped module's method decode, which torch.compile leaves as it is; --compile decode compiles that method.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import official


def main() -> None:
    flags = official.parser(__doc__)
    flags.add_argument("--steps", type=int, required=True)
    flags.add_argument("--songs", type=int, default=1)
    flags.add_argument("--warm-up-steps", type=int, help="0 for no song before (default: as many as theirs)")
    flags.add_argument("--offload", action="store_true")
    flags.add_argument("--prompt", required=True)
    flags.add_argument("--lyrics", required=True)
    a = flags.parse_args()
    official.prepare(a)
    began = time.perf_counter()
    pipeline = load(a)
    opened = time.perf_counter() - began
    warm_up_steps = a.steps if a.warm_up_steps is None else a.warm_up_steps
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "song.wav"
        warm_up = song(pipeline, a, warm_up_steps, wav) if warm_up_steps else None
        songs = [song(pipeline, a, a.steps, wav) for _ in range(a.songs)]
    measured = official.row(
        a, "song", steps=a.steps, offload=a.offload, open_seconds=opened, warm_up=warm_up, songs=songs
    )
    official.write(a, measured)


def load(a: argparse.Namespace) -> Any:
    """The official pipeline with its models loaded."""
    import acestep.pipeline_ace_step as code
    import soundfile
    import torch
    import torchaudio

    if vocabulary := official.small_vocabulary(a.checkpoint):
        tokenizer = code.VoiceBpeTokenizer
        code.VoiceBpeTokenizer = lambda: tokenizer(vocab_file=str(vocabulary))
    # torchaudio 2.9 lost its file back ends.
    torchaudio.save = lambda path, wav, sample_rate, **_: soundfile.write(
        path, wav.numpy().T, sample_rate, subtype="PCM_16", format="WAV"
    )
    pipeline = code.ACEStepPipeline(
        checkpoint_dir=str(a.checkpoint),
        dtype=a.precision,
        torch_compile=a.compile == "official",
        cpu_offload=a.offload,
    )
    pipeline.load_checkpoint(str(a.checkpoint))
    if a.compile == "decode":
        transformer = pipeline.ace_step_transformer
        transformer.decode = torch.compile(transformer.decode)
    return pipeline


def song(pipeline: Any, a: argparse.Namespace, steps: int, wav: Path) -> dict[str, Any]:
    """Makes one song, prompt to WAV file."""
    began = time.perf_counter()
    result = pipeline(
        prompt=a.prompt,
        lyrics=a.lyrics,
        audio_duration=a.seconds,
        infer_step=steps,
        manual_seeds=[a.round],
        save_path=str(wav),
    )
    total = time.perf_counter() - began
    costs = result[-1]["timecosts"]
    stages = {"text": costs["preprocess"], "diffusion": costs["diffusion"], "decoding": costs["latent2audio"]}
    return {"steps": steps, "total_seconds": total, "stages": stages}


if __name__ == "__main__":
    main()
