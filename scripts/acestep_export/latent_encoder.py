"""The latent encoder: audio at the decoder's sample rate -> latents as the transformer takes them.

After `encode` of acestep/music_dcae/music_dcae_pipeline.py at d612523, without its resampling and padding, and the
encoder of diffusers' AutoencoderDC (Deep Compression Autoencoder, arXiv:2410.10733).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from . import log_mel
from .checkpoint import Part, per_block
from .dcae_layers import DcaeLayers
from .graph import Graph


class Scaling(NamedTuple):
    """Constants of the official code: the range of the log mel that becomes [-1, 1], and what is done to latents."""

    mel_min: float
    mel_max: float
    latent_scale: float
    latent_shift: float


def build(g: Graph, dcae: Part, vocoder: Part, height: int, mel_bins: int, scaling: Scaling) -> None:
    dcae.setting("_class_name", str, "AutoencoderDC")
    unshuffles = dcae.setting("downsample_block_type", str, "Conv", "conv", "pixel_unshuffle") == "pixel_unshuffle"
    widths = dcae.setting("encoder_block_out_channels", list)
    blocks = len(widths)
    layers = dcae.setting("encoder_layers_per_block", list)
    types = per_block(dcae.setting("encoder_block_types", (str, list)), blocks)
    scales = dcae.setting("encoder_qkv_multiscales", list)
    channels = dcae.setting("in_channels", int)
    latent_channels = dcae.setting("latent_channels", int)
    head_dim = dcae.setting("attention_head_dim", int)
    dcae.require(
        blocks == len(layers) == len(types) == len(scales) > 0, "the encoder's lists of blocks differ in length"
    )
    dcae.require(head_dim > 0, f"'attention_head_dim' is {head_dim}, expected at least 1")
    dcae.require(min(layers) > 0, f"'encoder_layers_per_block' is {layers}, expected at least one layer each")
    factor = 2 ** (blocks - 1)
    dcae.require(
        height * factor == mel_bins, f"{mel_bins} mel bins encode to latents {mel_bins / factor:g} high, not {height}"
    )

    audio = g.input("audio", "float32", ["batch", channels, "samples"])
    mel = log_mel.build(g, audio, vocoder, channels, mel_bins)
    span = scaling.mel_max - scaling.mel_min
    x = g.op("Mul", g.op("Sub", mel, g.constant(scaling.mel_min)), g.constant(2 / span))
    x = g.op("Sub", x, g.constant(1))

    d = _Encoder(g, dcae)
    x = d.convolution(x, "encoder.conv_in", widths[0], channels)
    for i in range(blocks):
        name, width = f"encoder.down_blocks.{i}", widths[i]
        d.require_blocks("encoder_layers_per_block", name, types[i], layers[i])
        for j in range(layers[i]):
            x = d.block(x, f"{name}.{j}", types[i], width, head_dim, scales[i], "silu")
        if i < blocks - 1:
            below = f"{name}.{layers[i]}.conv"
            down = d.unshuffle_down if unshuffles else d.stride_down
            x = down(x, below, width, widths[i + 1], mel_bins >> i)

    latents = d.convolution(x, "encoder.conv_out", latent_channels, widths[-1])
    if dcae.setting_or("encoder_out_shortcut", True):
        latents = g.op("Add", latents, d.mean_of_groups(x, widths[-1], latent_channels, height))
    latents = g.op("Sub", latents, g.constant(scaling.latent_shift))
    latents = g.op("Mul", latents, g.constant(scaling.latent_scale))
    g.output(latents, "latents", "float32", ["batch", latent_channels, height, "frames"])


class _Encoder(DcaeLayers):
    def stride_down(self, x: str, name: str, inputs: int, out: int, height: int) -> str:
        """Half as high and wide, plus the shortcut.

        The shortcut lays each 2 x 2 pixels out as channels (upstream: pixel_unshuffle) and averages groups of these.
        That is a convolution too, of 4 of the kernel's 9 pixels: it goes into the weights, which saves a pass over the
        largest arrays. A compact graph keeps the weights apart from it.
        """
        if self.g.precision.compacts:
            h = self.convolution(x, name, out, inputs, stride=2)
            shortcut = self.pixel_unshuffle(x, inputs, height)
            return self.g.op("Add", h, self.mean_of_groups(shortcut, 4 * inputs, out, height // 2))
        weight = self.part.tensor(f"{name}.weight", out, inputs, 3, 3)
        group = self.group_size(4 * inputs, out)
        for channel in range(4 * inputs):
            source, pixel = divmod(channel, 4)
            weight[channel // group, source, 1 + pixel // 2, 1 + pixel % 2] += np.float32(1 / group)
        operands = [
            self.g.weight(f"{name}.weight", weight),
            self.g.weight(f"{name}.bias", self.part.tensor(f"{name}.bias", out)),
        ]
        return self.g.op("Conv", x, *operands, kernel_shape=[3, 3], pads=[1] * 4, strides=[2, 2])

    def unshuffle_down(self, x: str, name: str, inputs: int, out: int, height: int) -> str:
        """Half as high and wide, plus the shortcut, for a convolution at full size."""
        self.part.require(out % 4 == 0, f"'encoder_block_out_channels' holds {out}, expected a multiple of 4")
        h = self.pixel_unshuffle(self.convolution(x, name, out // 4, inputs), out // 4, height)
        shortcut = self.pixel_unshuffle(x, inputs, height)
        return self.g.op("Add", h, self.mean_of_groups(shortcut, 4 * inputs, out, height // 2))

    def pixel_unshuffle(self, x: str, channels: int, height: int) -> str:
        """Each 2 x 2 pixels become channels; the channel they come from counts slowest."""
        g = self.g
        h = g.transpose(g.reshape(x, 0, channels, height // 2, 2, -1, 2), 0, 1, 3, 5, 2, 4)
        return g.reshape(h, 0, 4 * channels, height // 2, -1)

    def mean_of_groups(self, x: str, inputs: int, out: int, height: int) -> str:
        """The means of as many neighbouring channels as it takes."""
        group = self.group_size(inputs, out)
        if group == 1:
            return x
        h = self.g.reshape(x, 0, out, group, height, -1)
        return self.g.op("ReduceMean", h, self.g.ints(2), keepdims=0)

    def group_size(self, inputs: int, out: int) -> int:
        self.part.require(inputs % out == 0, f"a shortcut can't average {inputs} channels to {out}")
        return inputs // out
