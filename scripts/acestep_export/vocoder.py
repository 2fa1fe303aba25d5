"""The vocoder: log-mel of one channel -> waveform.

After ADaMoSHiFiGANV1 (acestep/music_dcae/music_vocoder.py at d612523): a ConvNeXt backbone and a HiFi-GAN head. The
weight normalisation is folded into the weights.
"""

from __future__ import annotations

import math

import numpy as np

from . import fast_convolution
from .checkpoint import Part
from .graph import Graph

_EPSILON = 1e-6
_FAST_WIDTH = 128  # the least width at which saved products are worth their additions and copies


def build(g: Graph, part: Part, fast_width: int = _FAST_WIDTH) -> None:
    """With `fast_width`, the stages at least as wide as that have their convolutions in fewer products.

    Of the first and the last frames as many as `context` says are there for the others alone and have no samples.
    """
    part.setting("_class_name", str, "ADaMoSHiFiGANV1")
    part.setting("use_template", bool, False)
    kernels = part.setting("kernel_sizes", list)
    part.require(len(kernels) == 1, f"'kernel_sizes' is {kernels}, expected one kernel size")
    hop = part.setting("hop_length", int)
    rates, rate_kernels = part.setting("upsample_rates", list), part.setting("upsample_kernel_sizes", list)
    part.require(math.prod(rates) == hop, f"'upsample_rates' {rates} don't multiply to 'hop_length' {hop}")
    bins = part.setting("input_channels", int)

    mel = g.input("mel", "float32", ["batch", bins, "mel_frames"])
    context = g.input("context", "int64", [2])
    v = _Vocoder(g, part, fast_width, context)
    x = v.backbone(mel, bins, part.setting("depths", list), part.setting("dims", list))
    x = v.head(x, rates, rate_kernels)
    g.output(g.op("Squeeze", x, g.ints(1, 2)), "audio", "float32", ["batch", "samples"])


def context_frames(part: Part) -> int:
    """How many mel frames to each side of a mel frame its samples depend on."""
    return _reaches(part)[0]


def _reaches(part: Part) -> list[int]:
    """To how many frames on each side the samples of a frame reach back through the convolutions: in the input, in the
    backbone's output, in that of the head's first convolution, and in that of each of its stages.

    Samples first .. last of one frame, 0 being the frame's own begin, are followed back through every layer; a strided
    layer's reach depends on where in the frame a sample lies, so the whole frame goes back at once.
    """
    length = part.setting("hop_length", int)
    first, last = 0, length - 1
    reaches = list[int]()

    def back(reach: int) -> None:
        nonlocal first, last
        first, last = first - reach, last + reach

    def reached() -> None:
        reaches.insert(0, max(-(first // length), last // length))

    rates = part.setting("upsample_rates", list)
    rate_kernels = [part.shape(f"head.ups.{i}.weight_v")[-1] for i in range(len(rates))]
    kernels = part.setting("resblock_kernel_sizes", list)
    dilations = part.setting("resblock_dilation_sizes", list)
    back(part.setting("post_conv_kernel_size", int) // 2)
    reached()
    for rate, rate_kernel in reversed(list(zip(rates, rate_kernels, strict=True))):
        back(max(sum((k // 2) * (d + 1) for d in steps) for k, steps in zip(kernels, dilations, strict=True)))
        pad = (rate_kernel - rate) // 2
        first, last = -((rate_kernel - 1 - pad - first) // rate), (last + pad) // rate
        length //= rate
        reached()
    back(part.setting("pre_conv_kernel_size", int) // 2)
    reached()
    for i, depth in enumerate(part.setting("depths", list)):
        back(sum(part.shape(f"backbone.stages.{i}.{j}.dwconv.weight")[-1] // 2 for j in range(depth)))
    back(part.shape("backbone.channel_layers.0.0.weight")[-1] // 2)
    reached()
    return reaches


class _Vocoder:
    """The vocoder's layers, on [batch, channels, time].

    The head's wide stages are on [batch, time, channels], the others on [batch, channels, 1, time]: ONNX Runtime has a
    faster layout for images' convolutions alone.
    """

    def __init__(self, g: Graph, part: Part, fast_width: int, context: str) -> None:
        self.g = g
        self.part = part
        self.fast_width = fast_width
        self.context = context

    def trimmed(self, x: str, axis: int, length: int, reach: int) -> str:
        """Without the context beyond `reach` frames, of which each has `length` positions."""
        g = self.g
        kept = g.op("Min", self.context, g.ints(reach))
        beyond = g.op("Mul", g.op("Sub", self.context, kept), g.ints(length))
        before, after = g.slice(beyond, 0, 0, 1), g.slice(beyond, 0, 1, 2)
        self.context = kept
        return g.op("Slice", x, before, g.op("Sub", g.dim(x, axis), after), g.ints(axis))

    def convolution(self, x: str, name: str, weight: np.ndarray, dilation: int = 1, group: int = 1) -> str:
        kernel = weight.shape[-1]
        pad = (kernel * dilation - dilation) // 2
        bias = self.g.weight(f"{name}.bias", self.part.tensor(f"{name}.bias", weight.shape[0]))
        return self.g.op(
            "Conv", x, self.g.weight(f"{name}.weight", weight), bias,
            kernel_shape=[kernel], pads=[pad, pad], dilations=[dilation], group=group,
        )  # fmt: skip

    def normalised(self, name: str, *shape: int) -> np.ndarray:
        """The weight that torch.nn.utils.weight_norm stands for: g * v / |v|, per first index."""
        v = self.part.tensor(f"{name}.weight_v", *shape)
        magnitude = self.part.tensor(f"{name}.weight_g", shape[0], 1, 1)
        norm = np.sqrt(np.sum(np.square(v, dtype=np.float64), axis=(1, 2), keepdims=True))
        return (v * (magnitude / norm)).astype(np.float32)

    def channel_norm(self, x: str, name: str, width: int) -> str:
        g, part = self.g, self.part
        y = g.transpose(x, 0, 2, 1)
        y = g.layer_norm(y, name, part.tensor(f"{name}.weight", width), part.tensor(f"{name}.bias", width), _EPSILON)
        return g.transpose(y, 0, 2, 1)

    def backbone(self, x: str, bins: int, depths: list[int], widths: list[int]) -> str:
        g, part = self.g, self.part
        part.require_count("dims", len(widths), "backbone.channel_layers.{}.0.weight")
        self.part.require(len(depths) == len(widths), f"'depths' {depths} and 'dims' {widths} differ in length")
        stem = "backbone.channel_layers.0.0"
        weight = part.tensor(f"{stem}.weight", widths[0], bins, None)
        pad = weight.shape[-1] // 2
        padded = g.op("Pad", x, g.ints(0, 0, pad, 0, 0, pad), mode="edge")
        bias = g.weight(f"{stem}.bias", part.tensor(f"{stem}.bias", widths[0]))
        x = g.op("Conv", padded, g.weight(f"{stem}.weight", weight), bias, kernel_shape=[weight.shape[-1]])
        x = self.channel_norm(x, "backbone.channel_layers.0.1", widths[0])
        for i, (depth, width) in enumerate(zip(depths, widths, strict=True)):
            part.require_count("depths", depth, f"backbone.stages.{i}.{{}}.dwconv.weight")
            if i > 0:
                layer = f"backbone.channel_layers.{i}"
                x = self.channel_norm(x, f"{layer}.0", widths[i - 1])
                x = self.convolution(x, f"{layer}.1", part.tensor(f"{layer}.1.weight", width, widths[i - 1], 1))
            for j in range(depth):
                x = self.convnext_block(x, f"backbone.stages.{i}.{j}", width)
        return self.channel_norm(x, "backbone.norm", widths[-1])

    def convnext_block(self, x: str, name: str, width: int) -> str:
        g, part = self.g, self.part
        h = self.convolution(x, f"{name}.dwconv", part.tensor(f"{name}.dwconv.weight", width, 1, None), group=width)
        norm = f"{name}.norm"
        h = g.transpose(h, 0, 2, 1)
        h = g.layer_norm(h, norm, part.tensor(f"{norm}.weight", width), part.tensor(f"{norm}.bias", width), _EPSILON)
        hidden = part.shape(f"{name}.pwconv1.weight", None, width)[0]
        weight, bias = part.tensor(f"{name}.pwconv1.weight"), part.tensor(f"{name}.pwconv1.bias", hidden)
        h = g.op("Gelu", g.linear(h, f"{name}.pwconv1", weight, bias))
        weight, bias = part.tensor(f"{name}.pwconv2.weight", width, hidden), part.tensor(f"{name}.pwconv2.bias", width)
        h = g.linear(h, f"{name}.pwconv2", weight, bias)
        if f"{name}.gamma" in part:
            h = g.op("Mul", h, g.weight(f"{name}.gamma", part.tensor(f"{name}.gamma", width)))
        return g.op("Add", x, g.transpose(h, 0, 2, 1))

    def head(self, x: str, rates: list[int], rate_kernels: list[int]) -> str:
        g, part = self.g, self.part
        width = part.setting("upsample_initial_channel", int)
        kernels = part.setting("resblock_kernel_sizes", list)
        dilations = part.setting("resblock_dilation_sizes", list)
        part.require_count("upsample_rates", len(rates), "head.ups.{}.weight_v")
        bins, pre = part.setting("num_mels", int), part.setting("pre_conv_kernel_size", int)
        _, reach_in, reach, *reaches = _reaches(part)
        x = g.op("Unsqueeze", self.trimmed(x, 2, 1, reach_in), g.ints(2))
        x = self.head_convolution(x, "head.conv_pre", width, bins, pre)
        x = self.trimmed(x, self.time_axis(width), 1, reach)
        length = 1
        for i, (rate, kernel) in enumerate(zip(rates, rate_kernels, strict=True)):
            x = self.upsampling(g.silu(x), f"head.ups.{i}", width, rate, kernel)
            width //= 2
            branches = [
                self.residual(x, f"head.resblocks.{i * len(kernels) + j}", width, k, dilation)
                for j, (k, dilation) in enumerate(zip(kernels, dilations, strict=True))
            ]
            total = branches[0]
            for branch in branches[1:]:
                total = g.op("Add", total, branch)
            length *= rate
            total = self.trimmed(total, self.time_axis(width), length, reaches[i])
            x = g.op("Div", total, g.constant(len(kernels)))
        if self.is_fast(width):
            x = self.channels_first(x)
        post = part.setting("post_conv_kernel_size", int)
        x = self.image_convolution(g.silu(x), "head.conv_post", self.normalised("head.conv_post", 1, width, post))
        return g.op("Tanh", self.trimmed(x, 3, length, 0))

    def is_fast(self, width: int) -> bool:
        return width >= self.fast_width and not self.g.precision.compacts

    def time_axis(self, width: int) -> int:
        return 1 if self.is_fast(width) else 3

    def channels_last(self, x: str) -> str:
        return self.g.transpose(self.g.op("Squeeze", x, self.g.ints(2)), 0, 2, 1)

    def channels_first(self, x: str) -> str:
        return self.g.op("Unsqueeze", self.g.transpose(x, 0, 2, 1), self.g.ints(2))

    def image_convolution(self, x: str, name: str, weight: np.ndarray, dilation: int = 1) -> str:
        kernel = weight.shape[-1]
        pad = kernel // 2 * dilation
        bias = self.g.weight(f"{name}.bias", self.part.tensor(f"{name}.bias", weight.shape[0]))
        return self.g.op(
            "Conv", x, self.g.weight(f"{name}.weight", weight[:, :, None]), bias,
            kernel_shape=[1, kernel], pads=[0, pad, 0, pad], dilations=[1, dilation],
        )  # fmt: skip

    def head_convolution(self, x: str, name: str, width: int, inputs: int, kernel: int, dilation: int = 1) -> str:
        """In the layout of the stage that `width` belongs to; the first one's input is an image."""
        weight = self.normalised(name, width, inputs, kernel)
        if not self.is_fast(width):
            return self.image_convolution(x, name, weight, dilation)
        if name == "head.conv_pre":
            x = self.channels_last(x)
        bias = self.part.tensor(f"{name}.bias", width)
        return fast_convolution.convolution_1d(self.g, x, name, weight, bias, dilation)

    def upsampling(self, x: str, name: str, width: int, rate: int, kernel: int) -> str:
        g, half = self.g, width // 2
        weight = self.normalised(name, width, half, kernel)
        bias = self.part.tensor(f"{name}.bias", half)
        if self.is_fast(width) and kernel == 2 * rate and rate % 2 == 0:
            x = fast_convolution.upsampling_1d(g, x, name, weight, bias, rate)
            return x if self.is_fast(half) else self.channels_first(x)
        pad = (kernel - rate) // 2
        x = g.op(
            "ConvTranspose", self.channels_first(x) if self.is_fast(width) else x,
            g.weight(f"{name}.weight", weight[:, :, None]), g.weight(f"{name}.bias", bias),
            kernel_shape=[1, kernel], strides=[1, rate], pads=[0, pad, 0, pad],
        )  # fmt: skip
        return self.channels_last(x) if self.is_fast(half) else x

    def residual(self, x: str, name: str, width: int, kernel: int, dilations: list[int]) -> str:
        for j, dilation in enumerate(dilations):
            h = self.head_convolution(self.g.silu(x), f"{name}.convs1.{j}", width, width, kernel, dilation)
            h = self.head_convolution(self.g.silu(h), f"{name}.convs2.{j}", width, width, kernel)
            x = self.g.op("Add", h, x)
        return x
