"""The DCAE decoder: latents -> log-mel image in [-1, 1].

After diffusers' AutoencoderDC decoder (Deep Compression Autoencoder, arXiv:2410.10733).
"""

from __future__ import annotations

from .checkpoint import Part, per_block
from .dcae_layers import DcaeLayers
from .graph import Graph

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
        d.require_blocks("decoder_layers_per_block", name, types[i], layers[i])
        if i < blocks - 1:
            x, first = d.upsample(x, f"{name}.0", widths[i + 1], width), 1
        for j in range(first, first + layers[i]):
            x = d.block(x, f"{name}.{j}", types[i], width, head_dim, scales[i], activations[i])

    x = d.activation(last_activation)(d.norm(x, "decoder.norm_out", widths[0]))
    x = d.convolution(x, "decoder.conv_out", channels, widths[0])
    g.output(x, "mel", "float32", ["batch", channels, mel_bins, "mel_frames"])


class _Decoder(DcaeLayers):
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
