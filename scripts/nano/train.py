#!/usr/bin/env python3
"""Makes the nano checkpoint from nothing: trains text encoder, DCAE, vocoder and transformer, measures, exports.

python scripts/nano/train.py --official CHECKOUT --out DIR [--seed 1]

CHECKOUT is ACE-Step/ACE-Step at commit d612523 (its model classes only; no weights). The same command goes on after
being stopped at any moment. DIR/checkpoint is the result in the official layout, DIR/checkpoint-int8 the same with its
weights rounded to 8 bits a row, DIR/*.csv and DIR/curves.png the curves, DIR/evaluation.md the measurement.
`--stages` runs some parts only, so that vocoder and transformer can train side by side once the first two are done.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("OMP_NUM_THREADS", "1")

STAGES = ("dcae", "text", "vocoder", "transformer", "export", "evaluate")
_MODELS = STAGES[:4]
NEEDS = {"vocoder": ("dcae",), "transformer": ("dcae", "text"), "export": _MODELS, "evaluate": _MODELS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--official", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stages", default=",".join(STAGES), help="comma-separated, out of: " + " ".join(STAGES))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--text-steps", type=int, default=2000)
    parser.add_argument("--dcae-steps", type=int, default=1500)
    parser.add_argument("--clips", type=int, default=2000, help="12-second clips that the transformer learns from")
    parser.add_argument("--vocoder-steps", type=int, default=3000)
    parser.add_argument("--transformer-steps", type=int, default=3500)
    a = parser.parse_args()
    wanted = a.stages.split(",")
    for name in wanted:
        if name not in STAGES:
            parser.error(f"--stages: '{name}' is none of {', '.join(STAGES)}")

    import torch

    from nano import models

    models.use_official(a.official)
    torch.set_num_threads(a.threads)
    a.out.mkdir(parents=True, exist_ok=True)

    arguments = {
        "dcae": [a.dcae_steps], "text": [a.text_steps], "vocoder": [a.vocoder_steps],
        "transformer": [a.transformer_steps, a.clips],
    }  # fmt: skip
    for stage in STAGES:
        if stage in wanted:
            missing = [name for name in NEEDS.get(stage, ()) if not (a.out / f"{name}.pt").exists()]
            if missing:
                raise SystemExit(
                    f"--stages {stage}: {a.out / missing[0]}.pt is missing; run stage '{missing[0]}' first"
                )
            importlib.import_module(f"nano.{stage}").run(a.out, a.seed, *arguments.get(stage, ()))


if __name__ == "__main__":
    main()
