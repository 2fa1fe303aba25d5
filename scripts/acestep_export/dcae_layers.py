"""The layers of diffusers' AutoencoderDC (Deep Compression Autoencoder, arXiv:2410.10733) that its halves share.

The linear attention is used at every size; upstream's quadratic form for tiny inputs computes the same sum in another
order.
"""

from __future__ import annotations

from collections.abc import Callable

from .checkpoint import Part
from .graph import Graph

EPSILON = 1e-5
_ATTENTION_EPSILON = 1e-15
_BLOCK_TENSORS = {"ResBlock": "conv1", "EfficientViTBlock": "attn.to_q"}


class DcaeLayers:
    """The layers that both halves have, on [batch, channels, height, frames]."""

    def __init__(self, g: Graph, part: Part) -> None:
        self.g = g
        self.part = part

    def activation(self, name: str) -> Callable[[str], str]:
        return self.g.silu if name == "silu" else lambda x: self.g.op("Relu", x)

    def convolution(
        self,
        x: str,
        name: str,
        out: int,
        inputs: int,
        kernel: int = 3,
        bias: bool = True,
        group: int = 1,
        stride: int = 1,
    ) -> str:
        weight = self.part.tensor(f"{name}.weight", out, inputs // group, kernel, kernel)
        operands = [self.g.weight(f"{name}.weight", weight)]
        if bias:
            operands.append(self.g.weight(f"{name}.bias", self.part.tensor(f"{name}.bias", out)))
        pads = [kernel // 2] * 4
        strides = {} if stride == 1 else {"strides": [stride] * 2}
        return self.g.op("Conv", x, *operands, kernel_shape=[kernel, kernel], pads=pads, group=group, **strides)

    def norm(self, x: str, name: str, width: int) -> str:
        """RMS norm over the channels."""
        g = self.g
        weight = g.weight(f"{name}.weight", self.part.tensor(f"{name}.weight", width))
        bias = g.weight(f"{name}.bias", self.part.tensor(f"{name}.bias", width))
        y = g.op("Add", g.rms_norm(g.transpose(x, 0, 2, 3, 1), weight, EPSILON), bias)
        return g.transpose(y, 0, 3, 1, 2)

    def residual(self, x: str, name: str, width: int, activation: Callable[[str], str]) -> str:
        h = activation(self.convolution(x, f"{name}.conv1", width, width))
        h = self.convolution(h, f"{name}.conv2", width, width, bias=False)
        return self.g.op("Add", self.norm(h, f"{name}.norm", width), x)

    def block(self, x: str, name: str, kind: str, width: int, head_dim: int, scales: list[int], activation: str) -> str:
        """A block of a stage, of one of upstream's types."""
        if kind == "ResBlock":
            return self.residual(x, name, width, self.activation(activation))
        x = self.attention(x, f"{name}.attn", width, head_dim, scales)
        return self.gated_convolution(x, f"{name}.conv_out", width)

    def require_blocks(self, setting: str, name: str, kind: str, wanted: int) -> None:
        """That a stage is of a known type and asks for as many blocks as there are tensors of."""
        self.part.require(
            kind in _BLOCK_TENSORS, f"block type '{kind}' is unknown, expected {' or '.join(_BLOCK_TENSORS)}"
        )
        held = sum(f"{name}.{j}.{_BLOCK_TENSORS[kind]}.weight" in self.part for j in range(wanted + 2))
        self.part.require(held == wanted, f"'{setting}' asks for {wanted} blocks of {name}, but there are {held}")

    def attention(self, x: str, name: str, width: int, head_dim: int, kernels: list[int]) -> str:
        """Multi-scale ReLU linear attention."""
        g, part = self.g, self.part
        inner = part.shape(f"{name}.to_q.weight", None, width)[0]
        weights = [part.tensor(f"{name}.to_{p}.weight", inner, width) for p in "qkv"]
        rows = [w[..., None, None] for w in weights]
        projections = [g.op("Conv", x, g.weight(f"{name}.to_{p}.weight", w)) for p, w in zip("qkv", rows, strict=True)]
        qkv = g.op("Concat", *projections, axis=1)
        h, attended = self.attended(qkv, name, inner, head_dim, kernels)
        weight = part.tensor(f"{name}.to_out.weight", width, attended)[..., None, None]
        h = g.op("Conv", h, g.weight(f"{name}.to_out.weight", weight))
        return g.op("Add", self.norm(h, f"{name}.norm_out", width), x)

    def attended(self, qkv: str, name: str, inner: int, head_dim: int, kernels: list[int]) -> tuple[str, int]:
        """The attention between its projections: from [batch, 3 * inner, height, frames] to so many channels.

        The scales have heads of their own; one after the other, they take less memory.
        """
        g = self.g
        groups = 3 * inner // head_dim
        scales = [self.heads(qkv, groups // 3, head_dim)]
        for k, kernel in enumerate(kernels):
            scale = f"{name}.to_qkv_multiscale.{k}"
            h = self.convolution(qkv, f"{scale}.proj_in", 3 * inner, 3 * inner, kernel, bias=False, group=3 * inner)
            h = self.convolution(h, f"{scale}.proj_out", 3 * inner, 3 * inner, 1, bias=False, group=groups)
            scales.append(self.heads(h, groups // 3, head_dim))
        h = g.op("Concat", *scales, axis=1) if len(scales) > 1 else scales[0]
        shape = g.op("Concat", g.ints(0, len(scales) * inner), g.op("Shape", qkv, start=2, end=4), axis=0)
        return g.op("Reshape", h, shape), len(scales) * inner

    def heads(self, qkv: str, groups: int, head_dim: int) -> str:
        """ReLU linear attention of each head, [batch, groups, head_dim, height * frames]."""
        g = self.g
        h = g.reshape(qkv, 0, groups, 3 * head_dim, -1)
        query, key, value = g.ops("Split", 3, h, axis=2, num_outputs=3)
        return self.attend(query, *self.sums(key, value))

    def sums(self, key: str, value: str) -> tuple[str, str]:
        """The sums over all positions that linear attention needs: of value x key, and of the keys."""
        g = self.g
        key = g.transpose(g.op("Relu", key), 0, 1, 3, 2)
        return g.op("MatMul", value, key), g.op("ReduceSum", key, g.ints(2), keepdims=1)

    def attend(self, query: str, products: str, keys: str) -> str:
        g = self.g
        query = g.op("Relu", query)
        denominator = g.op("Add", g.op("MatMul", keys, query), g.constant(_ATTENTION_EPSILON))
        return g.op("Div", g.op("MatMul", products, query), denominator)

    def gated_convolution(self, x: str, name: str, width: int) -> str:
        g = self.g
        hidden = self.part.shape(f"{name}.conv_point.weight", width, None, 1, 1)[1]
        h = g.silu(self.convolution(x, f"{name}.conv_inverted", 2 * hidden, width, 1))
        h = self.convolution(h, f"{name}.conv_depth", 2 * hidden, 2 * hidden, 3, group=2 * hidden)
        h, gate = g.ops("Split", 2, h, axis=1, num_outputs=2)
        h = self.convolution(g.op("Mul", h, g.silu(gate)), f"{name}.conv_point", width, hidden, 1, bias=False)
        return g.op("Add", self.norm(h, f"{name}.norm", width), x)
