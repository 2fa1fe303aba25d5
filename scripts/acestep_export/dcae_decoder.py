"""The DCAE decoder: latents -> log-mel image in [-1, 1].

After diffusers' AutoencoderDC decoder (Deep Compression Autoencoder, arXiv:2410.10733). Its linear attention is used at
every size; upstream's quadratic form for tiny inputs computes the same sum in another order.
"""

from __future__ import annotations

from collections.abc import Callable

from .checkpoint import Part, per_block
from .graph import Graph

_EPSILON = 1e-5
_ATTENTION_EPSILON = 1e-15
_ACTIVATIONS = ("relu", "silu")


def build(g: Graph, part: Part, height: int, mel_bins: int) -> None:
    part.setting("_class_name", str, "AutoencoderDC")
    part.setting("upsample_block_type", str, "interpolate", "pixel_shuffle")
    widths = part.setting("decoder_block_out_channels", list)
    blocks = len(widths)
    layers = part.setting("decoder_layers_per_block", list)
    types = per_block(part.setting("decoder_block_types", (str, list)), blocks)
    scales = part.setting("decoder_qkv_multiscales", list)
    norms = per_block(part.setting("decoder_norm_types", (str, list)), blocks)
    activations = per_block(part.setting("decoder_act_fns", (str, list)), blocks)
    last_activation = part.setting_or("decoder_conv_act_fn", "relu")
    channels = part.setting("in_channels", int)
    latent_channels = part.setting("latent_channels", int)
    head_dim = part.setting("attention_head_dim", int)
    part.require(
        blocks == len(layers) == len(types) == len(scales) == len(norms) == len(activations) > 0,
        "the decoder's lists of blocks differ in length",
    )
    part.require(head_dim > 0, f"'attention_head_dim' is {head_dim}, expected at least 1")
    part.require(min(layers) > 0, f"'decoder_layers_per_block' is {layers}, expected at least one layer each")
    part.require(set(norms) == {"rms_norm"}, f"'decoder_norm_types' is {norms}, expected rms_norm")
    part.require(
        {*activations, last_activation} <= set(_ACTIVATIONS), f"activations other than {_ACTIVATIONS} are unknown"
    )
    factor = 2 ** (blocks - 1)
    part.require(
        height * factor == mel_bins, f"latents {height} high decode to {height * factor} of {mel_bins} mel bins"
    )

    latents = g.input("latents", "float32", ["batch", latent_channels, height, "frames"])
    d = _Decoder(g, part)
    x = d.convolution(latents, "decoder.conv_in", widths[-1], latent_channels)
    if part.setting_or("decoder_in_shortcut", True):
        x = g.op("Add", x, d.repeat_channels(latents, latent_channels, widths[-1]))

    for i in reversed(range(blocks)):
        name, width, first = f"decoder.up_blocks.{i}", widths[i], 0
        kind = "conv1" if types[i] == "ResBlock" else "attn.to_q"
        held = sum(f"{name}.{j}.{kind}.weight" in part for j in range(layers[i] + 2))
        part.require(held == layers[i], f"'decoder_layers_per_block' {layers} doesn't fit the tensors of {name}")
        if i < blocks - 1:
            x, first = d.upsample(x, f"{name}.0", widths[i + 1], width), 1
        for j in range(first, first + layers[i]):
            if types[i] == "ResBlock":
                x = d.residual(x, f"{name}.{j}", width, d.activation(activations[i]))
            elif types[i] == "EfficientViTBlock":
                x = d.attention(x, f"{name}.{j}.attn", width, head_dim, scales[i])
                x = d.gated_convolution(x, f"{name}.{j}.conv_out", width)
            else:
                part.require(False, f"decoder block type '{types[i]}' is unknown")

    x = d.activation(last_activation)(d.norm(x, "decoder.norm_out", widths[0]))
    x = d.convolution(x, "decoder.conv_out", channels, widths[0])
    g.output(x, "mel", "float32", ["batch", channels, mel_bins, "mel_frames"])


class _Decoder:
    """The decoder's layers, on [batch, channels, height, frames]."""

    def __init__(self, g: Graph, part: Part) -> None:
        self.g = g
        self.part = part

    def activation(self, name: str) -> Callable[[str], str]:
        return self.g.silu if name == "silu" else lambda x: self.g.op("Relu", x)

    def convolution(
        self, x: str, name: str, out: int, inputs: int, kernel: int = 3, bias: bool = True, group: int = 1
    ) -> str:
        weight = self.part.tensor(f"{name}.weight", out, inputs // group, kernel, kernel)
        operands = [self.g.weight(f"{name}.weight", weight)]
        if bias:
            operands.append(self.g.weight(f"{name}.bias", self.part.tensor(f"{name}.bias", out)))
        pads = [kernel // 2] * 4
        return self.g.op("Conv", x, *operands, kernel_shape=[kernel, kernel], pads=pads, group=group)

    def norm(self, x: str, name: str, width: int) -> str:
        """RMS norm over the channels."""
        g = self.g
        weight = g.weight(f"{name}.weight", self.part.tensor(f"{name}.weight", width))
        bias = g.weight(f"{name}.bias", self.part.tensor(f"{name}.bias", width))
        y = g.op("Add", g.rms_norm(g.transpose(x, 0, 2, 3, 1), weight, _EPSILON), bias)
        return g.transpose(y, 0, 3, 1, 2)

    def residual(self, x: str, name: str, width: int, activation: Callable[[str], str]) -> str:
        h = activation(self.convolution(x, f"{name}.conv1", width, width))
        h = self.convolution(h, f"{name}.conv2", width, width, bias=False)
        return self.g.op("Add", self.norm(h, f"{name}.norm", width), x)

    def upsample(self, x: str, name: str, inputs: int, out: int) -> str:
        """Twice as high and wide, plus the channels of x laid out as pixels."""
        g = self.g
        if self.part.setting("upsample_block_type", str) == "interpolate":
            scales = g.constant([1, 1, 2, 2])
            h = g.op(
                "Resize", x, "", scales, mode="nearest", coordinate_transformation_mode="asymmetric",
                nearest_mode="floor",
            )  # fmt: skip
            h = self.convolution(h, f"{name}.conv", out, inputs)
        else:
            h = self.pixel_shuffle(self.convolution(x, f"{name}.conv", 4 * out, inputs))
        return g.op("Add", h, self.pixel_shuffle(self.repeat_channels(x, inputs, 4 * out)))

    def pixel_shuffle(self, x: str) -> str:
        return self.g.op("DepthToSpace", x, blocksize=2, mode="CRD")

    def repeat_channels(self, x: str, inputs: int, out: int) -> str:
        self.part.require(out % inputs == 0, f"a shortcut can't repeat {inputs} channels to {out}")
        if out == inputs:
            return x
        indices = [channel for channel in range(inputs) for _ in range(out // inputs)]
        return self.g.op("Gather", x, self.g.ints(*indices), axis=1)

    def attention(self, x: str, name: str, width: int, head_dim: int, kernels: list[int]) -> str:
        """Multi-scale ReLU linear attention."""
        g, part = self.g, self.part
        inner = part.shape(f"{name}.to_q.weight", None, width)[0]
        weights = [part.tensor(f"{name}.to_{p}.weight", inner, width) for p in "qkv"]
        rows = [w[..., None, None] for w in weights]
        projections = [g.op("Conv", x, g.weight(f"{name}.to_{p}.weight", w)) for p, w in zip("qkv", rows, strict=True)]
        qkv = g.op("Concat", *projections, axis=1)
        scales = [qkv]
        for k, kernel in enumerate(kernels):
            scale = f"{name}.to_qkv_multiscale.{k}"
            h = self.convolution(qkv, f"{scale}.proj_in", 3 * inner, 3 * inner, kernel, bias=False, group=3 * inner)
            groups = 3 * inner // head_dim
            scales.append(self.convolution(h, f"{scale}.proj_out", 3 * inner, 3 * inner, 1, bias=False, group=groups))
        h = g.op("Concat", *scales, axis=1) if len(scales) > 1 else qkv
        groups = (1 + len(kernels)) * inner // head_dim
        h = g.reshape(h, 0, groups, 3 * head_dim, -1)
        query, key, value = g.ops("Split", 3, h, axis=2, num_outputs=3)
        query, key = g.op("Relu", query), g.op("Relu", key)
        transposed = g.transpose(key, 0, 1, 3, 2)
        numerator = g.op("MatMul", g.op("MatMul", value, transposed), query)
        sums = g.op("ReduceSum", transposed, g.ints(2), keepdims=1)
        denominator = g.op("Add", g.op("MatMul", sums, query), g.constant(_ATTENTION_EPSILON))
        h = g.op("Div", numerator, denominator)
        shape = g.op("Concat", g.ints(0, groups * head_dim), g.op("Shape", x, start=2, end=4), axis=0)
        h = g.op("Reshape", h, shape)
        weight = part.tensor(f"{name}.to_out.weight", width, groups * head_dim)[..., None, None]
        h = g.op("Conv", h, g.weight(f"{name}.to_out.weight", weight))
        return g.op("Add", self.norm(h, f"{name}.norm_out", width), x)

    def gated_convolution(self, x: str, name: str, width: int) -> str:
        g = self.g
        hidden = self.part.shape(f"{name}.conv_point.weight", width, None, 1, 1)[1]
        h = g.silu(self.convolution(x, f"{name}.conv_inverted", 2 * hidden, width, 1))
        h = self.convolution(h, f"{name}.conv_depth", 2 * hidden, 2 * hidden, 3, group=2 * hidden)
        h, gate = g.ops("Split", 2, h, axis=1, num_outputs=2)
        h = self.convolution(g.op("Mul", h, g.silu(gate)), f"{name}.conv_point", width, hidden, 1, bias=False)
        return g.op("Add", self.norm(h, f"{name}.norm", width), x)
