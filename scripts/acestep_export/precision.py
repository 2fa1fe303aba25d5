"""The precisions of a bundle, and how far each may lie from float32.

The bound is one relative RMS error for every graph, 5 % or 26 dB. Random weights of the published widths give 1.0 % in
the transformer and 1.2 % in the condition encoder for int8, and 1.3 % and 0.4 % for bf16, the type in which the
official pipeline runs: rounding normally distributed values to 8 bits costs 1.2 % in one product, and the residual sum,
which stays float32 in int8, keeps it from growing. Trained weights have outliers that random ones lack, so the bound
leaves four times as much. Above it a layer has lost its values rather than some of their digits.

compact is for small bundles. It rounds weights as int8 does, but those of all graphs, and computes in float32: weights
that are 8 bits a channel already lose nothing.

Wide in int8 is what costs little time and much accuracy. On the small checkpoint the velocity's error is 1.2 %; with
the patch embedding quantised it is 2.0 %, the final layer 1.5 %, the timestep embedding 1.4 %; the embeddings of
speaker and text and the lyric projection take keys and values from 1.3 % to 1.6 %. Most of what is left comes from the
cross-attention's query and output layers (0.2 % with both wide), which would cost a third of a step's time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import ExportError


@dataclass(frozen=True)
class Precision:
    """How the linear layers of the narrowed graphs are computed, or with `compacts` how all weights are stored.

    `bound` is the largest relative RMS error against float32 that an export lets pass.
    """

    name: str
    bound: float = 0.0
    float_type: str = "float32"
    quantises: bool = False
    compacts: bool = False


FP32 = Precision("fp32")
INT8 = Precision("int8", bound=0.05, quantises=True)
BF16 = Precision("bf16", bound=0.05, float_type="bfloat16")
COMPACT = Precision("compact", bound=0.05, compacts=True)
PRECISIONS = (FP32, INT8, BF16, COMPACT)


def named(names: Sequence[str]) -> tuple[Precision, ...]:
    """The precisions of these names, each once and in the order of PRECISIONS: a bundle's first is its default."""
    known = [p.name for p in PRECISIONS]
    for name in names:
        if name not in known:
            raise ExportError(f"--precision: '{name}' is unknown, expected {', '.join(known)} with commas between")
    return tuple(p for p in PRECISIONS if p.name in names)
