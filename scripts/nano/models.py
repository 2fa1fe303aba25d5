"""The four networks, of the official classes, and their sizes.

AutoencoderDC and UMT5EncoderModel come from diffusers and transformers, the transformer and the vocoder from the
official repository (ACE-Step/ACE-Step at d612523), whose checkout `use_official` puts on the path.

Two settings differ from the published ones beyond the widths: the DCAE upsamples by pixel shuffle (a layer its class
has), because that tells the decoder where in a latent frame it is, which the clock needs; and it and the vocoder have
fewer layers.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import Any

from diffusers import AutoencoderDC
from torch import Tensor, nn

LATENT_SHIFT, LATENT_SCALE = -1.9091, 0.1786
LATENT_CHANNELS, LATENT_HEIGHT = 8, 16

DCAE_WIDTHS = [16, 32, 64, 64]
DCAE: dict[str, Any] = {
    "in_channels": 2, "latent_channels": LATENT_CHANNELS, "attention_head_dim": 16,
    "encoder_block_types": ["ResBlock", "ResBlock", "ResBlock", "EfficientViTBlock"],
    "decoder_block_types": ["ResBlock", "ResBlock", "ResBlock", "EfficientViTBlock"],
    "encoder_block_out_channels": DCAE_WIDTHS, "decoder_block_out_channels": DCAE_WIDTHS,
    "encoder_layers_per_block": [1, 1, 1, 2], "decoder_layers_per_block": [1, 1, 2, 2],
    "encoder_qkv_multiscales": [[], [], [5], [5]], "decoder_qkv_multiscales": [[], [], [5], [5]],
    "upsample_block_type": "pixel_shuffle", "downsample_block_type": "Conv",
    "decoder_norm_types": "rms_norm", "decoder_act_fns": "silu", "scaling_factor": 0.41407,
}  # fmt: skip


def use_official(checkout: Path) -> None:
    if not (checkout / "acestep").is_dir():
        raise SystemExit(f"--official {checkout}: no folder 'acestep' there; expected a checkout of ACE-Step/ACE-Step")
    sys.path.insert(0, str(checkout))


def make_dcae() -> AutoencoderDC:
    model = AutoencoderDC(**DCAE)
    nn.init.constant_(model.encoder.conv_out.bias, LATENT_SHIFT)
    model.encoder.conv_out.weight.data.mul_(3)
    return model


def to_latents(encoded: Tensor) -> Tensor:
    """The DCAE's values -> what the transformer sees, about mean 0 and deviation 1."""
    return (encoded - LATENT_SHIFT) * LATENT_SCALE


def from_latents(latents: Tensor) -> Tensor:
    return latents / LATENT_SCALE + LATENT_SHIFT


VOCODER: dict[str, Any] = {
    "input_channels": 128, "depths": [1, 1, 2, 2], "dims": [224, 224, 224, 224], "drop_path_rate": 0.0,
    "kernel_sizes": [7], "upsample_rates": [4, 4, 2, 2, 2, 2, 2], "upsample_kernel_sizes": [8, 8, 4, 4, 4, 4, 4],
    "resblock_kernel_sizes": [1], "resblock_dilation_sizes": [[1, 3, 5]], "num_mels": 224,
    "upsample_initial_channel": 256, "use_template": False, "pre_conv_kernel_size": 5, "post_conv_kernel_size": 5,
    "sampling_rate": 44100, "n_fft": 2048, "win_length": 2048, "hop_length": 512, "f_min": 40, "f_max": 16000,
    "n_mels": 128,
}  # fmt: skip


def make_vocoder() -> nn.Module:
    from acestep.music_dcae.music_vocoder import ADaMoSHiFiGANV1

    config = {key: value for key, value in VOCODER.items() if key != "hop_length"}
    return ADaMoSHiFiGANV1(**config)


LYRIC_WIDTH, LYRIC_HEADS, LYRIC_HIDDEN = 64, 4, 96
LYRIC_VOCABULARY = 640
TRANSFORMER: dict[str, Any] = {
    "in_channels": LATENT_CHANNELS, "out_channels": LATENT_CHANNELS, "num_layers": 24, "inner_dim": 96,
    "attention_head_dim": 32, "num_attention_heads": 3, "mlp_ratio": 2.5, "max_position": 32768,
    "rope_theta": 1000000.0, "speaker_embedding_dim": 512, "text_embedding_dim": 64, "ssl_encoder_depths": [8, 8],
    "ssl_names": ["mert", "m-hubert"], "ssl_latent_dims": [16, 16], "lyric_encoder_vocab_size": LYRIC_VOCABULARY,
    "lyric_hidden_size": LYRIC_WIDTH, "patch_size": [LATENT_HEIGHT, 1], "max_height": LATENT_HEIGHT,
    "max_width": 32768,
}  # fmt: skip


def make_transformer() -> nn.Module:
    """The official class; the sizes of its lyric encoder are no settings of it."""
    import acestep.models.ace_step_transformer as official

    wide = official.LyricEncoder
    official.LyricEncoder = functools.partial(
        wide, output_size=LYRIC_WIDTH, attention_heads=LYRIC_HEADS, linear_units=LYRIC_HIDDEN
    )
    try:
        return official.ACEStepTransformer2DModel(**TRANSFORMER)
    finally:
        official.LyricEncoder = wide
