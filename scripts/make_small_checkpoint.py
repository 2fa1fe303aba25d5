#!/usr/bin/env python3
"""Writes a small checkpoint in the official layout: random weights, tokenizers trained on our own corpus.txt.

python scripts/make_small_checkpoint.py --out DIR [--seed 0]

It makes noise, not music: it has every layer that the code addresses by number (24 transformer blocks, 12 text layers,
6 lyric layers), only narrow, so that the whole path runs and can be compared with the official pipeline. Everything in
it is our own. The lyric vocabulary is written to DIR/lyric_vocab.json.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

CORPUS = Path(__file__).with_name("corpus.txt")
LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "pl", "tr", "ru", "cs", "nl", "ar", "zh-cn", "ja", "hu", "ko", "hi"]
# The ids that the official lyric tokenisation relies on or documents.
RESERVED = {
    "[STOP]": 0, "[UNK]": 1, "[SPACE]": 2, "[en]": 259, "[de]": 260, "[START]": 261, "[fr]": 262, "[ru]": 267,
    "[es]": 284, "[it]": 285, "[pt]": 286, "[cs]": 293, "[pl]": 294, "[tr]": 295, "[nl]": 297,
}  # fmt: skip
LYRIC_VOCABULARY, TEXT_VOCABULARY = 640, 700

TRANSFORMER: dict[str, Any] = {
    "_class_name": "ACEStepTransformer2DModel",
    "in_channels": 8, "out_channels": 8, "num_layers": 24, "inner_dim": 32, "attention_head_dim": 16,
    "num_attention_heads": 2, "mlp_ratio": 2.5, "max_position": 32768, "rope_theta": 1000000.0,
    "speaker_embedding_dim": 512, "text_embedding_dim": 32, "ssl_encoder_depths": [8, 8],
    "ssl_names": ["mert", "m-hubert"], "ssl_latent_dims": [16, 16], "lyric_encoder_vocab_size": LYRIC_VOCABULARY,
    "lyric_hidden_size": 64, "patch_size": [16, 1], "max_height": 16, "max_width": 32768,
}  # fmt: skip
LYRIC_HEADS, LYRIC_HIDDEN, LYRIC_LAYERS = 4, 96, 6
TEXT: dict[str, Any] = {
    "architectures": ["UMT5EncoderModel"], "model_type": "umt5", "vocab_size": TEXT_VOCABULARY, "d_model": 32,
    "d_kv": 8, "d_ff": 48, "num_heads": 4, "num_layers": 12, "relative_attention_num_buckets": 32,
    "relative_attention_max_distance": 128, "layer_norm_epsilon": 1e-6, "feed_forward_proj": "gated-gelu",
    "dense_act_fn": "gelu_new", "is_gated_act": True, "is_encoder_decoder": True, "dropout_rate": 0.1,
    "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0, "tie_word_embeddings": False,
}  # fmt: skip
DCAE_WIDTHS = [8, 16, 32, 32]
DCAE: dict[str, Any] = {
    "_class_name": "AutoencoderDC", "in_channels": 2, "latent_channels": 8, "attention_head_dim": 8,
    "encoder_block_types": ["ResBlock", "ResBlock", "ResBlock", "EfficientViTBlock"],
    "decoder_block_types": ["ResBlock", "ResBlock", "ResBlock", "EfficientViTBlock"],
    "encoder_block_out_channels": DCAE_WIDTHS, "decoder_block_out_channels": DCAE_WIDTHS,
    "encoder_layers_per_block": [1, 1, 1, 1], "decoder_layers_per_block": [1, 1, 2, 2],
    "encoder_qkv_multiscales": [[], [], [5], [5]], "decoder_qkv_multiscales": [[], [], [5], [5]],
    "upsample_block_type": "interpolate", "downsample_block_type": "Conv", "decoder_norm_types": "rms_norm",
    "decoder_act_fns": "silu", "decoder_conv_act_fn": "relu", "encoder_out_shortcut": True,
    "decoder_in_shortcut": True, "scaling_factor": 0.41407,
}  # fmt: skip
VOCODER: dict[str, Any] = {
    "_class_name": "ADaMoSHiFiGANV1", "input_channels": 128, "depths": [1, 1, 2, 1], "dims": [8, 8, 12, 16],
    "drop_path_rate": 0.0, "kernel_sizes": [7], "upsample_rates": [4, 4, 2, 2, 2, 2, 2],
    "upsample_kernel_sizes": [8, 8, 4, 4, 4, 4, 4], "resblock_kernel_sizes": [3, 7],
    "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5]], "num_mels": 16, "upsample_initial_channel": 128,
    "use_template": False, "pre_conv_kernel_size": 13, "post_conv_kernel_size": 13, "sampling_rate": 44100,
    "n_fft": 2048, "win_length": 2048, "hop_length": 512, "f_min": 40, "f_max": 16000, "n_mels": 128,
}  # fmt: skip


class Weights:
    """Random tensors by name; values only depend on the seed and the order of the calls."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self.tensors: dict[str, np.ndarray] = {}

    def normal(self, name: str, shape: tuple[int, ...], std: float, mean: float = 0.0) -> None:
        self.tensors[name] = (self._rng.standard_normal(shape) * std + mean).astype(np.float32)

    def layer(self, name: str, shape: tuple[int, ...], gain: float = 1.0, bias: bool = True) -> None:
        """A linear or convolution layer that keeps the variance."""
        self.normal(f"{name}.weight", shape, gain / math.sqrt(math.prod(shape[1:])))
        if bias:
            self.normal(f"{name}.bias", shape[:1], 0.1)

    def norm(self, name: str, width: int, bias: bool = True) -> None:
        self.normal(f"{name}.weight", (width,), 0.1, 1.0)
        if bias:
            self.normal(f"{name}.bias", (width,), 0.1)

    def normalised(self, name: str, shape: tuple[int, ...], fan_in: float, bias: int) -> None:
        """A layer under weight normalisation: direction weight_v and magnitude weight_g."""
        self.normal(f"{name}.weight_v", shape, 1.2 / math.sqrt(fan_in))
        v = self.tensors[f"{name}.weight_v"]
        scale = 1 + 0.1 * self._rng.standard_normal((shape[0], 1, 1))
        self.tensors[f"{name}.weight_g"] = (np.linalg.norm(v, axis=(1, 2))[:, None, None] * scale).astype(np.float32)
        self.normal(f"{name}.bias", (bias,), 0.1)


def transformer(w: Weights) -> None:
    c = TRANSFORMER
    inner = c["attention_head_dim"] * c["num_attention_heads"]
    hidden, lyric = int(inner * c["mlp_ratio"]), c["lyric_hidden_size"]
    wide = c["in_channels"] * 256
    for i in range(c["num_layers"]):
        block = f"transformer_blocks.{i}"
        for attention in ("attn", "cross_attn"):
            for projection in ("to_q", "to_k", "to_v", "to_out.0"):
                gain = 1.5 if projection in ("to_q", "to_k") else 0.6
                w.layer(f"{block}.{attention}.{projection}", (inner, inner), gain)
        for projection in ("add_q_proj", "add_k_proj", "add_v_proj", "to_add_out"):
            w.layer(f"{block}.cross_attn.{projection}", (inner, inner))
        w.layer(f"{block}.ff.inverted_conv.conv", (2 * hidden, inner, 1), 0.6)
        w.layer(f"{block}.ff.depth_conv.conv", (2 * hidden, 1, 3), 0.6)
        w.layer(f"{block}.ff.point_conv.conv", (inner, hidden, 1), 0.6, bias=False)
        w.normal(f"{block}.scale_shift_table", (6, inner), 1 / math.sqrt(inner))
    w.layer("timestep_embedder.linear_1", (inner, 256))
    w.layer("timestep_embedder.linear_2", (inner, inner))
    w.layer("t_block.1", (6 * inner, inner), 0.6)
    w.layer("speaker_embedder", (inner, c["speaker_embedding_dim"]))
    w.layer("genre_embedder", (inner, c["text_embedding_dim"]))
    w.normal("lyric_embs.weight", (c["lyric_encoder_vocab_size"], lyric), 1.0)
    w.layer("lyric_encoder.embed.out.0", (lyric, lyric))
    w.norm("lyric_encoder.embed.out.1", lyric)
    for i in range(LYRIC_LAYERS):
        layer = f"lyric_encoder.encoders.{i}"
        for projection in ("linear_q", "linear_k", "linear_v", "linear_out"):
            gain = 2.0 if projection in ("linear_q", "linear_k") else 1.0
            w.layer(f"{layer}.self_attn.{projection}", (lyric, lyric), gain)
        w.layer(f"{layer}.self_attn.linear_pos", (lyric, lyric), bias=False)
        for bias in ("pos_bias_u", "pos_bias_v"):
            w.normal(f"{layer}.self_attn.{bias}", (LYRIC_HEADS, lyric // LYRIC_HEADS), 0.3)
        w.layer(f"{layer}.feed_forward.w_1", (LYRIC_HIDDEN, lyric))
        w.layer(f"{layer}.feed_forward.w_2", (lyric, LYRIC_HIDDEN))
        w.norm(f"{layer}.norm_ff", lyric)
        w.norm(f"{layer}.norm_mha", lyric)
    w.norm("lyric_encoder.after_norm", lyric)
    w.layer("lyric_proj", (inner, lyric))
    for i, width in enumerate(c["ssl_latent_dims"]):
        w.layer(f"projectors.{i}.0", (2 * inner, inner))
        w.layer(f"projectors.{i}.2", (2 * inner, 2 * inner))
        w.layer(f"projectors.{i}.4", (width, 2 * inner))
    w.layer("proj_in.early_conv_layers.0", (wide, c["in_channels"], *c["patch_size"]))
    w.norm("proj_in.early_conv_layers.1", wide)
    w.layer("proj_in.early_conv_layers.2", (inner, wide, 1, 1))
    w.layer("final_layer.linear", (math.prod(c["patch_size"]) * c["out_channels"], inner))
    w.normal("final_layer.scale_shift_table", (2, inner), 1 / math.sqrt(inner))


def text_encoder(w: Weights) -> None:
    c = TEXT
    width, inner = c["d_model"], c["num_heads"] * c["d_kv"]
    w.normal("shared.weight", (c["vocab_size"], width), 1.0)
    for i in range(c["num_layers"]):
        layer = f"encoder.block.{i}.layer"
        attention, ff = f"{layer}.0.SelfAttention", f"{layer}.1.DenseReluDense"
        for projection in "qkv":
            gain = 1.0 if projection == "v" else 0.7
            w.layer(f"{attention}.{projection}", (inner, width), gain, bias=False)
        w.layer(f"{attention}.o", (width, inner), bias=False)
        w.normal(
            f"{attention}.relative_attention_bias.weight", (c["relative_attention_num_buckets"], c["num_heads"]), 1.0
        )
        w.norm(f"{layer}.0.layer_norm", width, bias=False)
        w.layer(f"{ff}.wi_0", (c["d_ff"], width), bias=False)
        w.layer(f"{ff}.wi_1", (c["d_ff"], width), bias=False)
        w.layer(f"{ff}.wo", (width, c["d_ff"]), bias=False)
        w.norm(f"{layer}.1.layer_norm", width, bias=False)
    w.norm("encoder.final_layer_norm", width, bias=False)


def dcae(w: Weights) -> None:
    widths, latents = DCAE_WIDTHS, DCAE["latent_channels"]
    last = len(widths) - 1

    def block(name: str, width: int, kind: str) -> None:
        if kind == "ResBlock":
            w.layer(f"{name}.conv1", (width, width, 3, 3))
            w.layer(f"{name}.conv2", (width, width, 3, 3), bias=False)
            w.norm(f"{name}.norm", width)
            return
        for projection in ("to_q", "to_k", "to_v"):
            w.layer(f"{name}.attn.{projection}", (width, width), bias=False)
        w.layer(f"{name}.attn.to_qkv_multiscale.0.proj_in", (3 * width, 1, 5, 5), bias=False)
        w.layer(f"{name}.attn.to_qkv_multiscale.0.proj_out", (3 * width, DCAE["attention_head_dim"], 1, 1), bias=False)
        w.layer(f"{name}.attn.to_out", (width, 2 * width), bias=False)
        w.norm(f"{name}.attn.norm_out", width)
        hidden = 4 * width
        w.layer(f"{name}.conv_out.conv_inverted", (2 * hidden, width, 1, 1))
        w.layer(f"{name}.conv_out.conv_depth", (2 * hidden, 1, 3, 3))
        w.layer(f"{name}.conv_out.conv_point", (width, hidden, 1, 1), bias=False)
        w.norm(f"{name}.conv_out.norm", width)

    w.layer("encoder.conv_in", (widths[0], DCAE["in_channels"], 3, 3))
    for i, width in enumerate(widths):
        layers = DCAE["encoder_layers_per_block"][i]
        for j in range(layers):
            block(f"encoder.down_blocks.{i}.{j}", width, DCAE["encoder_block_types"][i])
        if i < last:
            w.layer(f"encoder.down_blocks.{i}.{layers}.conv", (widths[i + 1], width, 3, 3))
    w.layer("encoder.conv_out", (latents, widths[last], 3, 3))
    w.layer("decoder.conv_in", (widths[last], latents, 3, 3))
    for i, width in enumerate(widths):
        first = 0
        if i < last:
            w.layer(f"decoder.up_blocks.{i}.0.conv", (width, widths[i + 1], 3, 3))
            first = 1
        for j in range(first, first + DCAE["decoder_layers_per_block"][i]):
            block(f"decoder.up_blocks.{i}.{j}", width, DCAE["decoder_block_types"][i])
    w.norm("decoder.norm_out", widths[0])
    w.layer("decoder.conv_out", (DCAE["in_channels"], widths[0], 3, 3), 0.5)


def vocoder(w: Weights) -> None:
    c = VOCODER
    dims = c["dims"]
    w.layer("backbone.channel_layers.0.0", (dims[0], c["input_channels"], 7), 0.2)
    w.norm("backbone.channel_layers.0.1", dims[0])
    for i in range(1, len(dims)):
        w.norm(f"backbone.channel_layers.{i}.0", dims[i - 1])
        w.layer(f"backbone.channel_layers.{i}.1", (dims[i], dims[i - 1], 1))
    for i, (depth, width) in enumerate(zip(c["depths"], dims, strict=True)):
        for j in range(depth):
            name = f"backbone.stages.{i}.{j}"
            w.layer(f"{name}.dwconv", (width, 1, c["kernel_sizes"][0]))
            w.norm(f"{name}.norm", width)
            w.layer(f"{name}.pwconv1", (4 * width, width))
            w.layer(f"{name}.pwconv2", (width, 4 * width))
            w.normal(f"{name}.gamma", (width,), 0.3)
    w.norm("backbone.norm", dims[-1])
    width = c["upsample_initial_channel"]
    bins, pre = c["num_mels"], c["pre_conv_kernel_size"]
    w.normalised("head.conv_pre", (width, bins, pre), bins * pre, width)
    for i, (rate, kernel) in enumerate(zip(c["upsample_rates"], c["upsample_kernel_sizes"], strict=True)):
        half = width // 2
        w.normalised(f"head.ups.{i}", (width, half, kernel), width * kernel / rate, half)
        width = half
        for j, resblock_kernel in enumerate(c["resblock_kernel_sizes"]):
            block = f"head.resblocks.{i * len(c['resblock_kernel_sizes']) + j}"
            for convolutions in ("convs1", "convs2"):
                for k in range(3):
                    shape = (width, width, resblock_kernel)
                    w.normalised(f"{block}.{convolutions}.{k}", shape, width * resblock_kernel, width)
    post = c["post_conv_kernel_size"]
    w.normalised("head.conv_post", (1, width, post), width * post, 1)


def lyric_tokenizer(path: Path, lines: list[str]) -> None:
    """A BPE of the published vocabulary's form, its special tokens at the published ids where they fit."""
    special = list(RESERVED) + [f"[{name}]" for name in LANGUAGES if f"[{name}]" not in RESERVED]
    trained = Tokenizer(models.BPE(unk_token="[UNK]"))
    trained.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(vocab_size=LYRIC_VOCABULARY, special_tokens=special, show_progress=False)
    trained.train_from_iterator([line.lower() for line in lines], trainer)
    tokenizer = json.loads(trained.to_str())
    model = tokenizer["model"]
    free = (i for i in range(LYRIC_VOCABULARY) if i not in RESERVED.values())
    order = sorted(model["vocab"], key=model["vocab"].get)
    ids = {token: RESERVED[token] if token in RESERVED else next(free) for token in order}
    model["vocab"] = dict(sorted(ids.items(), key=lambda item: item[1]))
    for token in tokenizer["added_tokens"]:
        token["id"] = ids[token["content"]]
    tokenizer["added_tokens"].sort(key=lambda token: token["id"])
    path.write_text(json.dumps(tokenizer, ensure_ascii=False, indent=1), encoding="utf-8")


def text_tokenizer(folder: Path, lines: list[str]) -> None:
    """A unigram tokenizer of UMT5's form. Its pieces come from BPE training, which is reproducible to the byte."""
    special = ["<pad>", "</s>", "<unk>"]
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    trainer = trainers.BpeTrainer(vocab_size=TEXT_VOCABULARY, special_tokens=special, show_progress=False)
    pieces.train_from_iterator(lines, trainer)
    vocabulary = sorted(pieces.get_vocab().items(), key=lambda item: item[1])
    scores = [(piece, 0.0 if piece in special else -math.log(index)) for piece, index in vocabulary]
    tokenizer = Tokenizer(models.Unigram(scores, unk_id=special.index("<unk>"), byte_fallback=False))
    tokenizer.add_special_tokens(special)
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(" {2,}", " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_input_names": ["input_ids", "attention_mask"],
        "pad_token": "<pad>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
    }
    _write_json(folder / "tokenizer_config.json", config)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    a = parser.parse_args()
    parts: list[tuple[str, dict[str, Any], str, Callable[[Weights], None]]] = [
        ("ace_step_transformer", TRANSFORMER, "diffusion_pytorch_model.safetensors", transformer),
        ("music_dcae_f8c8", DCAE, "diffusion_pytorch_model.safetensors", dcae),
        ("music_vocoder", VOCODER, "diffusion_pytorch_model.safetensors", vocoder),
        ("umt5-base", TEXT, "model.safetensors", text_encoder),
    ]
    for i, (name, config, file, fill) in enumerate(parts):
        folder = a.out / name
        folder.mkdir(parents=True, exist_ok=True)
        _write_json(folder / "config.json", config)
        weights = Weights(1000 * a.seed + i)
        fill(weights)
        save_file(weights.tensors, folder / file, metadata={"format": "pt"})
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    text_tokenizer(a.out / "umt5-base", lines)
    lyric_tokenizer(a.out / "lyric_vocab.json", lines)
    print(a.out)


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
