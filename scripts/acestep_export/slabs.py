"""Frames of a song some at a time, in loops inside a graph: only what goes from layer to layer is as long as the song.

A slab comes with as many frames around it as a layer reaches, and what the layer makes of these is cut off. At the
song's ends there are none: the layer pads its input there as it pads the whole song.
"""

from __future__ import annotations

from collections.abc import Callable

from .graph import Graph


class Slabs:
    """Equal slabs of the frames of x [batch, height, frames, channels], of which the last one may be shorter."""

    def __init__(self, g: Graph, x: str, longest: int) -> None:
        """At most `longest` frames each."""
        self.g = g
        self.x = x
        frames = g.dim(x, 2)
        count = self._quotient(frames, g.ints(longest))
        self.length = self._quotient(frames, count)
        self.count = g.op("Squeeze", count)

    def joined(self, layer: Callable[[str], str], reach: int, scale: int = 1) -> str:
        """A layer of x, whose frames depend on `reach` frames to both sides and become `scale` frames each."""
        return self.g.joined(self.count, 2, lambda i: self._kept(layer(self._slab(i, reach)), 2, i, reach, scale))

    def summed(self, layer: Callable[[str, Callable[[str], str]], list[str]], reach: int) -> list[str]:
        """Sums over all slabs of what a layer makes of each.

        The layer is given a function too, which takes what depends on `reach` frames to both sides, [..., frames] of
        rank 4, and leaves the slab's own frames.
        """
        return self.g.summed(
            self.count, lambda i: layer(self._slab(i, reach), lambda y: self._kept(y, 3, i, reach, scale=1))
        )

    def _slab(self, i: str, reach: int) -> str:
        g = self.g
        begin = g.op("Mul", i, self.length)
        end = g.op("Add", g.op("Add", begin, self.length), g.ints(reach))
        begin = g.op("Max", g.op("Sub", begin, g.ints(reach)), g.ints(0))
        return g.op("Slice", self.x, begin, end, g.ints(2))

    def _kept(self, y: str, axis: int, i: str, reach: int, scale: int) -> str:
        g = self.g
        before = g.op("Min", g.op("Mul", i, self.length), g.ints(reach))
        begin, end = (g.op("Mul", v, g.ints(scale)) for v in (before, g.op("Add", before, self.length)))
        return g.op("Slice", y, begin, end, g.ints(axis))

    def _quotient(self, a: str, b: str) -> str:
        """Rounded up."""
        g = self.g
        return g.op("Div", g.op("Sub", g.op("Add", a, b), g.ints(1)), b)
