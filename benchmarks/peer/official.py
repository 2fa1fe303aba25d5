"""What both measurements of the official code share: flags, how it is loaded, and what the process took."""

from __future__ import annotations

import argparse
import functools
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

SMALL_CHECKPOINT_VOCABULARY = "lyric_vocab.json"
SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def parser(description: str) -> argparse.ArgumentParser:
    flags = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("--official", type=Path, required=True, help="checkout of ACE-Step/ACE-Step")
    flags.add_argument("--checkpoint", type=Path, required=True)
    flags.add_argument("--precision", choices=("bfloat16", "float32"), required=True)
    flags.add_argument("--device", choices=("cpu", "cuda"), required=True)
    flags.add_argument("--compile", choices=("none", "official", "decode"), default="none")
    flags.add_argument("--threads", type=int, required=True)
    flags.add_argument("--seconds", type=float, required=True)
    flags.add_argument("--round", type=int, default=1)
    flags.add_argument("--out", type=Path, required=True, help="where the row goes, as JSON")
    return flags


def prepare(a: argparse.Namespace) -> None:
    """Before torch is imported: the device, the threads and the official code."""
    if a.device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    os.environ["HF_HUB_OFFLINE"] = "1"
    sys.path.insert(0, str(a.official))
    import torch

    torch.set_num_threads(a.threads)
    if a.device == "cuda" and not torch.cuda.is_available():
        raise SystemExit("device cuda: PyTorch finds no CUDA device")
    if (a.checkpoint / SMALL_CHECKPOINT_VOCABULARY).exists():
        _small_sizes()


def _small_sizes() -> None:
    """Sizes that a checkpoint of make_small_checkpoint.py has and the official code takes from its defaults."""
    sys.path.insert(0, str(SCRIPTS))
    import acestep.models.ace_step_transformer as dit
    import make_small_checkpoint as small

    dit.LyricEncoder = functools.partial(
        dit.LyricEncoder,
        output_size=small.TRANSFORMER["lyric_hidden_size"],
        attention_heads=small.LYRIC_HEADS,
        linear_units=small.LYRIC_HIDDEN,
    )


def small_vocabulary(checkpoint: Path) -> Path | None:
    """The lyric vocabulary of a small checkpoint; the published one's is in the official code."""
    path = checkpoint / SMALL_CHECKPOINT_VOCABULARY
    return path if path.exists() else None


def row(a: argparse.Namespace, kind: str, **figures: Any) -> dict[str, Any]:
    """A measured row with what the process took."""
    import diffusers
    import torch
    import transformers

    taken = {
        "kind": kind,
        "side": "official",
        "bundle": a.checkpoint.resolve().name,
        "precision": a.precision,
        "device": a.device,
        "compile": a.compile,
        "threads": a.threads,
        "seconds": a.seconds,
        "round": a.round,
        "measured": True,
        **figures,
        "peak_resident_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "versions": {
            "python": sys.version.split()[0],
            "torch": torch.__version__,
            "diffusers": diffusers.__version__,
            "transformers": transformers.__version__,
        },
    }
    if a.device == "cuda":
        taken["peak_device_bytes_allocated"] = torch.cuda.max_memory_allocated()
        taken["peak_device_bytes_reserved"] = torch.cuda.max_memory_reserved()
    return taken


def write(a: argparse.Namespace, measured: dict[str, Any]) -> None:
    a.out.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")
