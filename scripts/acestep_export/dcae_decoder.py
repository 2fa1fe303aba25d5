"""The DCAE decoder, in two graphs: latents -> features -> log-mel image in [-1, 1].

After diffusers' AutoencoderDC decoder (Deep Compression Autoencoder, arXiv:2410.10733).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from . import fast_convolution
from .checkpoint import Part, per_block
from .dcae_layers import EPSILON, DcaeLayers
from .graph import Graph
from .slabs import Slabs

_ACTIVATIONS = ("relu", "silu")
_FAST_WIDTH = 96  # the least width at which saved products are worth their additions and copies

_HIDDEN_AT_A_TIME = 1024  # of the gated convolutions' channels
_SLAB_VALUES = 2**20  # at the published widths 64 frames of latents, or of mel


def build(g: Graph, part: Part, height: int, fast_width: int = _FAST_WIDTH, slab_values: int = _SLAB_VALUES) -> None:
    """The stages up to the last one with attention, which sees all frames: latents -> features, channels last.

    With `fast_width`, convolutions of at least so many channels are done in fewer products. Layers take slabs of at
    most `slab_values` values, each with the frames around it that the layer reaches; attention sums over all
    slabs before it is applied to any.
    """
    s = _Stages.of(part)
    latents = g.input("latents", "float32", ["batch", s.latent_channels, height, "frames"])
    d = _Decoder(g, part, s, fast_width, slab_values)
    x = d.slabs(d.channels_last(latents), height, s.widths[-1]).joined(d.enter, 1)
    for i in reversed(range(s.last_attention, len(s.widths))):
        x, height = d.stage(x, i, height)
    frames = "frames" if s.last_attention == len(s.widths) - 1 else "feature_frames"
    g.output(x, "features", "float32", ["batch", height, frames, s.widths[s.last_attention]])


def build_upsampler(
    g: Graph,
    part: Part,
    height: int,
    mel_bins: int,
    fast_width: int = _FAST_WIDTH,
    slab_values: int = _SLAB_VALUES,
) -> None:
    """The stages after those: features -> mel. Convolutions only, which reach no further than `context_frames`."""
    s = _Stages.of(part)
    blocks = len(s.widths)
    factor = 2 ** (blocks - 1)
    part.require(
        height * factor == mel_bins, f"latents {height} high decode to {height * factor} of {mel_bins} mel bins"
    )
    height *= 2 ** (blocks - 1 - s.last_attention)
    x = g.input("features", "float32", ["batch", height, "frames", s.widths[s.last_attention]])
    d = _Decoder(g, part, s, fast_width, slab_values)
    for i in reversed(range(s.last_attention)):
        x, height = d.stage(x, i, height)
    x = d.channels_first(d.slabs(x, height, s.widths[0]).joined(d.leave, 1))
    g.output(x, "mel", "float32", ["batch", s.channels, mel_bins, "mel_frames"])


def feature_scale(part: Part) -> int:
    """How many frames the features have for each frame of the latents."""
    s = _Stages.of(part)
    return 2 ** (len(s.widths) - 1 - s.last_attention)


def context_frames(part: Part) -> int:
    """How many frames of features to each side of one its mel frames depend on: the reach of the convolutions."""
    s = _Stages.of(part)
    first, last = -1, 2**s.last_attention  # conv_out
    for i in range(s.last_attention):
        reach = 2 * s.layers[i]
        if part.setting("upsample_block_type", str) == "interpolate":
            first, last = (first - reach - 1) // 2, (last + reach + 1) // 2
        else:
            first, last = (first - reach) // 2 - 1, (last + reach) // 2 + 1
    return max(-first, last)


@dataclass(frozen=True)
class _Stages:
    """What the config says of the decoder's stages, which run from the last to the first."""

    widths: list[int]
    layers: list[int]
    types: list[str]
    scales: list[list[int]]
    activations: list[str]
    last_activation: str
    channels: int
    latent_channels: int
    head_dim: int

    @staticmethod
    def of(part: Part) -> _Stages:
        part.setting("_class_name", str, "AutoencoderDC")
        part.setting("upsample_block_type", str, "interpolate", "pixel_shuffle")
        widths = part.setting("decoder_block_out_channels", list)
        blocks = len(widths)
        norms = per_block(part.setting("decoder_norm_types", (str, list)), blocks)
        s = _Stages(
            widths,
            part.setting("decoder_layers_per_block", list),
            list(per_block(part.setting("decoder_block_types", (str, list)), blocks)),
            part.setting("decoder_qkv_multiscales", list),
            list(per_block(part.setting("decoder_act_fns", (str, list)), blocks)),
            part.setting_or("decoder_conv_act_fn", "relu"),
            part.setting("in_channels", int),
            part.setting("latent_channels", int),
            part.setting("attention_head_dim", int),
        )
        part.require(
            blocks == len(s.layers) == len(s.types) == len(s.scales) == len(norms) == len(s.activations) > 0,
            "the decoder's lists of blocks differ in length",
        )
        part.require(s.head_dim > 0, f"'attention_head_dim' is {s.head_dim}, expected at least 1")
        part.require(min(s.layers) > 0, f"'decoder_layers_per_block' is {s.layers}, expected at least one layer each")
        part.require(set(norms) == {"rms_norm"}, f"'decoder_norm_types' is {norms}, expected rms_norm")
        part.require(
            {*s.activations, s.last_activation} <= set(_ACTIVATIONS),
            f"activations other than {_ACTIVATIONS} are unknown",
        )
        return s

    @property
    def last_attention(self) -> int:
        attentive = [i for i, kind in enumerate(self.types) if kind != "ResBlock"]
        return min(attentive, default=len(self.types) - 1)


class _Decoder(DcaeLayers):
    """The decoder's layers, on [batch, height, frames, channels]."""

    def __init__(self, g: Graph, part: Part, stages: _Stages, fast_width: int, slab_values: int) -> None:
        super().__init__(g, part)
        self.stages = stages
        self.fast_width = fast_width
        self.slab_values = slab_values

    def stage(self, x: str, i: int, height: int) -> tuple[str, int]:
        """Stage i, which begins with an upsampling unless it is the first to run; gives the new height too."""
        s, name, width, first = self.stages, f"decoder.up_blocks.{i}", self.stages.widths[i], 0
        self.require_blocks("decoder_layers_per_block", name, s.types[i], s.layers[i])
        if i < len(s.widths) - 1:
            upsample = partial(self.upsample, name=f"{name}.0", inputs=s.widths[i + 1], out=width, height=height)
            x, first = self.slabs(x, 2 * height, width).joined(upsample, 1, scale=2), 1
            height *= 2
        for j in range(first, first + s.layers[i]):
            block = f"{name}.{j}"
            if s.types[i] == "ResBlock":
                activation = self.activation(s.activations[i])
                residual = partial(self.residual_block, name=block, width=width, height=height, activation=activation)
                x = self.slabs(x, height, width).joined(residual, 2)
            else:
                x = self.attention_block(x, block, width, height, s.head_dim, s.scales[i])
        return x, height

    def slabs(self, x: str, height: int, width: int) -> Slabs:
        return Slabs(self.g, x, max(1, self.slab_values // (height * width)))

    def channels_last(self, x: str) -> str:
        return self.g.transpose(x, 0, 2, 3, 1)

    def channels_first(self, x: str) -> str:
        return self.g.transpose(x, 0, 3, 1, 2)

    def channel_norm(self, x: str, name: str, width: int) -> str:
        g = self.g
        weight = g.weight(f"{name}.weight", self.part.tensor(f"{name}.weight", width))
        bias = g.weight(f"{name}.bias", self.part.tensor(f"{name}.bias", width))
        return g.op("Add", g.rms_norm(x, weight, EPSILON), bias)

    def wide_convolution(
        self, x: str, name: str, out: int, inputs: int, height: int, bias: bool = True, upsampled: bool = False
    ) -> str:
        """Conv 3x3; with `upsampled`, of x made twice as high and wide by repeating pixels."""
        g = self.g
        if g.precision.compacts or min(out, inputs) < self.fast_width:
            x = self.channels_first(x)
            if upsampled:
                x = g.op(
                    "Resize", x, "", g.constant([1, 1, 2, 2]), mode="nearest",
                    coordinate_transformation_mode="asymmetric", nearest_mode="floor",
                )  # fmt: skip
            return self.channels_last(self.convolution(x, name, out, inputs, bias=bias))
        weight = self.part.tensor(f"{name}.weight", out, inputs, 3, 3)
        shift = self.part.tensor(f"{name}.bias", out) if bias else None
        return fast_convolution.convolution_2d(g, x, name, weight, shift, height, upsampled)

    def residual_block(self, x: str, name: str, width: int, height: int, activation: Callable[[str], str]) -> str:
        h = activation(self.wide_convolution(x, f"{name}.conv1", width, width, height))
        h = self.wide_convolution(h, f"{name}.conv2", width, width, height, bias=False)
        return self.g.op("Add", self.channel_norm(h, f"{name}.norm", width), x)

    def leave(self, x: str) -> str:
        s = self.stages
        x = self.activation(s.last_activation)(self.channel_norm(x, "decoder.norm_out", s.widths[0]))
        return self.channels_last(self.convolution(self.channels_first(x), "decoder.conv_out", s.channels, s.widths[0]))

    def enter(self, latents: str) -> str:
        g, s = self.g, self.stages
        width = s.widths[-1]
        h = self.convolution(self.channels_first(latents), "decoder.conv_in", width, s.latent_channels)
        h = self.channels_last(h)
        if not self.part.setting_or("decoder_in_shortcut", True):
            return h
        self.part.require(
            width % s.latent_channels == 0, f"a shortcut can't repeat {s.latent_channels} channels to {width}"
        )
        repeated = np.arange(width) // (width // s.latent_channels)
        return g.op("Add", h, g.op("Gather", latents, g.ints(*repeated), axis=3))

    def attention_block(self, x: str, name: str, width: int, height: int, head_dim: int, kernels: list[int]) -> str:
        """Multi-scale ReLU linear attention and the gated convolution: slabs for the sums, then slabs to apply them."""
        attention = _Attention(self, f"{name}.attn", width, head_dim, kernels)

        def sums(slab: str, kept: Callable[[str], str]) -> list[str]:
            return [total for h in attention.keys_and_values(slab) for total in attention.sums(kept(h))]

        def apply(slab: str) -> str:
            return self.gated_block(attention.apply(slab, totals), f"{name}.conv_out", width)

        slabs = self.slabs(x, height, width)
        totals = slabs.summed(sums, attention.reach)
        return slabs.joined(apply, attention.reach + 1)

    def gated_block(self, x: str, name: str, width: int) -> str:
        g, part = self.g, self.part
        hidden = part.shape(f"{name}.conv_point.weight", width, None, 1, 1)[1]
        inverted = part.tensor(f"{name}.conv_inverted.weight", 2 * hidden, width, 1, 1)[..., 0, 0]
        inverted_bias = part.tensor(f"{name}.conv_inverted.bias", 2 * hidden)
        depth = part.tensor(f"{name}.conv_depth.weight", 2 * hidden, 1, 3, 3)
        depth_bias = part.tensor(f"{name}.conv_depth.bias", 2 * hidden)
        point = part.tensor(f"{name}.conv_point.weight")[..., 0, 0]
        total = ""
        # Hidden channels see none of each other: some at a time take less memory.
        for i, first in enumerate(range(0, hidden, _HIDDEN_AT_A_TIME)):
            some = np.arange(first, min(first + _HIDDEN_AT_A_TIME, hidden))
            both = np.concatenate([some, hidden + some])
            h = g.linear(x, f"{name}.conv_inverted.{i}", inverted[both], inverted_bias[both])
            h = g.silu(self.channels_first(h))
            operands = [
                g.weight(f"{name}.conv_depth.{i}.weight", depth[both]),
                g.weight(f"{name}.conv_depth.{i}.bias", depth_bias[both]),
            ]
            h = g.op("Conv", h, *operands, kernel_shape=[3, 3], pads=[1] * 4, group=len(both))
            h, gate = g.ops("Split", 2, h, axis=1, num_outputs=2)
            h = self.channels_last(g.op("Mul", h, g.silu(gate)))
            # Float32 in every precision: the product of two halves has outliers, and int8 loses 8 dB of the mel here.
            h = g.op("MatMul", h, g.weight(f"{name}.conv_point.{i}.weight", point[:, some].T, axis=1))
            total = g.op("Add", total, h) if total else h
        h = total
        return g.op("Add", self.channel_norm(h, f"{name}.norm", width), x)

    def upsample(self, x: str, name: str, inputs: int, out: int, height: int) -> str:
        """Twice as high and wide, plus the channels of x laid out as pixels."""
        g = self.g
        if self.part.setting("upsample_block_type", str) == "interpolate":
            h = self.wide_convolution(x, f"{name}.conv", out, inputs, height, upsampled=True)
        else:
            h = self.wide_convolution(x, f"{name}.conv", 4 * out, inputs, height)
            h = self.pixels(h, out, np.arange(4 * out))
        self.part.require(4 * out % inputs == 0, f"a shortcut can't repeat {inputs} channels to {4 * out}")
        return g.op("Add", h, self.pixels(x, out, np.arange(4 * out) // (4 * out // inputs)))

    def pixels(self, x: str, out: int, channels: np.ndarray) -> str:
        """Four channels made 2x2 pixels; of each pixel's channels 4 * i .. 4 * i + 3, `channels` names those of x."""
        g = self.g
        order = channels.reshape(out, 2, 2).transpose(1, 2, 0).ravel()
        h = g.op("Gather", x, g.ints(*order), axis=3)
        shape = g.op("Concat", g.op("Shape", x, start=0, end=3), g.ints(2, 2, out), axis=0)
        h = g.transpose(g.op("Reshape", h, shape), 0, 1, 3, 2, 4, 5)
        sizes = g.op("Mul", g.op("Shape", x, start=1, end=3), g.ints(2))
        return g.op("Reshape", h, g.op("Concat", g.dim(x, 0), sizes, g.ints(out), axis=0))


class _Attention:
    """Multi-scale ReLU linear attention in two steps, the sums over all positions and what they give each position."""

    def __init__(self, layers: _Decoder, name: str, width: int, head_dim: int, kernels: list[int]) -> None:
        self.layers = layers
        self.name = name
        self.width = width
        self.inner = layers.part.shape(f"{name}.to_q.weight", None, width)[0]
        self.head_dim = head_dim
        self.kernels = kernels
        self.reach = max((kernel // 2 for kernel in kernels), default=0)

    def keys_and_values(self, x: str) -> list[str]:
        """Of each scale, [batch, 2 * inner, height, frames]."""
        return self.projected(x, "keys_and_values", slice(1, 3))

    def sums(self, keys_and_values: str) -> tuple[str, str]:
        g = self.layers.g
        h = g.reshape(keys_and_values, 0, self.inner // self.head_dim, 2 * self.head_dim, -1)
        return self.layers.sums(*g.ops("Split", 2, h, axis=2, num_outputs=2))

    def apply(self, x: str, sums: list[str]) -> str:
        """`sums` has two for each scale, whose heads are its own."""
        layers, g, part = self.layers, self.layers.g, self.layers.part
        queries = self.projected(x, "queries", slice(0, 1))
        scales = []
        for query, products, keys in zip(queries, sums[::2], sums[1::2], strict=True):
            query = g.reshape(query, 0, self.inner // self.head_dim, self.head_dim, -1)
            scales.append(layers.attend(query, products, keys))
        h = g.op("Concat", *scales, axis=1) if len(scales) > 1 else scales[0]
        attended = len(scales) * self.inner
        h = g.op("Reshape", h, g.op("Concat", g.ints(0, attended), g.op("Shape", queries[0], start=2, end=4), axis=0))
        weight = part.tensor(f"{self.name}.to_out.weight", self.width, attended)
        h = g.linear(layers.channels_last(h), f"{self.name}.to_out", weight)
        return g.op("Add", layers.channel_norm(h, f"{self.name}.norm_out", self.width), x)

    def projected(self, x: str, of: str, which: slice) -> list[str]:
        """Some of each head's queries, keys and values, which upstream takes in turn from the projections' channels."""
        layers, g, part = self.layers, self.layers.g, self.layers.part
        inner, head_dim = self.inner, self.head_dim

        def rows(weights: np.ndarray) -> np.ndarray:
            heads = weights.reshape(-1, 3, head_dim, *weights.shape[1:])
            return heads[:, which].reshape(-1, *weights.shape[1:])

        weights = [part.tensor(f"{self.name}.to_{p}.weight", inner, self.width) for p in "qkv"]
        projection = g.linear(x, f"{self.name}.{of}", rows(np.concatenate(weights)))
        scales = [layers.channels_first(projection)]
        for k, kernel in enumerate(self.kernels):
            scale = f"{self.name}.to_qkv_multiscale.{k}"
            depth = rows(part.tensor(f"{scale}.proj_in.weight", 3 * inner, 1, kernel, kernel))
            point = rows(part.tensor(f"{scale}.proj_out.weight", 3 * inner, head_dim, 1, 1))
            around = {"kernel_shape": [kernel] * 2, "pads": [kernel // 2] * 4, "group": len(depth)}
            h = g.op("Conv", scales[0], g.weight(f"{scale}.proj_in.{of}", depth), **around)
            groups = len(point) // head_dim
            scales.append(g.op("Conv", h, g.weight(f"{scale}.proj_out.{of}", point), kernel_shape=[1, 1], group=groups))
        return scales
