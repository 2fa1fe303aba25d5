#!/usr/bin/env python3
"""Exports an ACE-Step v1 checkpoint in the official layout to a bundle that acestep4j runs.

python scripts/export_onnx.py --checkpoint DIR --out BUNDLE --lyric-vocab FILE [--precision fp32,int8,bf16,compact]

fp32 runs on every device. int8 is for CPUs: a quarter of the memory, several times as fast. bf16 is for CUDA alone.
compact stores the weights of all graphs in 8 bits and computes as fp32, for a bundle a quarter of its size. Several
make one bundle, whose graphs are shared where they don't differ. All but fp32 are measured against it while they are
written; the errors stand in the manifest, and weights that don't bear a precision are refused. Without fp32 in the
list its graphs that others replace are written for the measurement and removed: the disk has to hold them meanwhile.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from tqdm import tqdm

from acestep_export import ExportError
from acestep_export import precision as precisions
from acestep_export.bundle import steps, write_bundle


class _Bar:
    """A progress bar over the steps of an export with the bytes written; without a terminal, a line per step."""

    def __init__(self, steps: int) -> None:
        self._total = steps

    def __enter__(self) -> _Bar:
        layout = "{desc:<20}{bar} {n_fmt}/{total_fmt} {elapsed}{postfix}"
        self._bar = tqdm(total=self._total, bar_format=layout, leave=False, disable=None)
        self._steps = self._bytes = self._shown = 0
        return self

    def step(self, name: str) -> None:
        if self._bar.disable:
            print(name, file=sys.stderr)
        self._bar.update(self._steps - self._bar.n)
        self._steps += 1
        self._bar.set_description_str(name)

    def wrote(self, size: int) -> None:
        self._bytes += size
        if self._bytes - self._shown > 50e6:
            self._shown = self._bytes
            self._bar.set_postfix_str(f"{self._bytes / 1e9:.2f} GB")

    def __exit__(self, *_: object) -> None:
        self._bar.close()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True, help="folder with ace_step_transformer/ and the rest")
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle; must not exist or be empty")
    parser.add_argument(
        "--lyric-vocab", type=Path, help="the lyric tokenizer's vocab.json; not needed for weights that ignore lyrics"
    )
    parser.add_argument(
        "--precision",
        default="fp32",
        metavar="LIST",
        help="one or several of fp32, int8, bf16, compact with commas between (default: %(default)s); a bundle's first"
        " in this order is what it is opened in unless asked otherwise",
    )
    parser.add_argument(
        "--without-japanese", action="store_true", help="leave out the Japanese dictionary (20 MB); no Japanese is sung"
    )
    parser.add_argument("--source", help="where the weights came from, for the manifest (default: the folder's name)")
    parser.add_argument("--licence", default="unknown", help="the weights' licence, for the manifest")
    a = parser.parse_args(arguments)
    source = {"checkpoint": a.source or a.checkpoint.resolve().name, "licence": a.licence}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that an end from outside cleans up too

    try:
        chosen = precisions.named(a.precision.split(","))
        with _Bar(len(steps(chosen))) as bar:
            write_bundle(a.checkpoint, a.out, a.lyric_vocab, source, bar, chosen, not a.without_japanese)
    except ExportError as e:
        problem = str(e)
    except OSError as e:
        problem = f"{e.filename or a.out}: {e.strerror or e}"
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as e:
        problem = f"{a.checkpoint}: a setting or file that this exporter can't make sense of ({type(e).__name__}: {e})"
    else:
        print(a.out)
        return 0
    print(f"export_onnx.py: {problem}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
