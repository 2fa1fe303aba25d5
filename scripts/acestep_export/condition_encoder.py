"""The condition encoder: speaker, text states and lyrics -> what every diffusion step needs of them.

After ACEStepTransformer2DModel.encode and its Conformer lyric encoder (acestep/models at d612523). The keys and values
of each block's cross-attention depend only on the condition, so they are computed here, once per song, and not in
every step. `tau` scales the queries of lyric encoder layers 4 and 5 (ERG).
"""

from __future__ import annotations

import math

import numpy as np
from onnx import TensorProto

from .checkpoint import Part
from .graph import Graph
from .transformer import Dimensions

ERG_LAYERS = range(4, 6)
_EPSILON = 1e-5


def build(g: Graph, part: Part) -> None:
    d = Dimensions.of(part)
    text_width = part.setting("text_embedding_dim", int)
    speaker_width = part.setting("speaker_embedding_dim", int)

    text_states = g.input("text_states", "float32", ["batch", "text_tokens", text_width])
    text_mask = g.input("text_mask", "int64", ["batch", "text_tokens"])
    speaker = g.input("speaker_embeds", "float32", ["batch", speaker_width])
    lyric_ids = g.input("lyric_ids", "int64", ["batch", "lyric_tokens"])
    lyric_mask = g.input("lyric_mask", "int64", ["batch", "lyric_tokens"])
    tau = g.input("tau", "float32", [])

    def linear(x: str, name: str, out: int, width: int, wide: bool = False) -> str:
        return g.linear(x, name, part.tensor(f"{name}.weight", out, width), part.tensor(f"{name}.bias", out), wide)

    speaker_token = g.op("Unsqueeze", linear(speaker, "speaker_embedder", d.inner, speaker_width, wide=True), g.ints(1))
    text = linear(text_states, "genre_embedder", d.inner, text_width, wide=True)
    lyrics = _lyric_encoder(g, part, lyric_ids, lyric_mask, tau)
    lyrics = linear(lyrics, "lyric_proj", d.inner, part.shape("lyric_proj.weight", d.inner, None)[1], wide=True)
    condition = g.narrow(g.op("Concat", speaker_token, text, lyrics, axis=1))

    batch = g.dim(speaker, 0)
    ones = g.op("Expand", g.constant([[1]], np.int64), g.op("Concat", batch, g.ints(1), axis=0))
    mask = g.op("Concat", ones, text_mask, lyric_mask, axis=1)

    tables = g.rotary_tables(g.dim(condition, 1), d.head_dim, d.rope_theta)
    shape = ["batch", d.heads, "condition_tokens", d.head_dim]
    for i in range(d.blocks):
        name = f"transformer_blocks.{i}.cross_attn"
        key = g.reshape(linear(condition, f"{name}.to_k", d.inner, d.inner), 0, 0, d.heads, d.head_dim)
        # Upstream rotates the keys of the cross-attention too.
        key = g.narrow(g.transpose(g.rotate(g.widen(key), tables, d.heads, d.head_dim), 0, 2, 1, 3))
        value = g.reshape(linear(condition, f"{name}.to_v", d.inner, d.inner), 0, 0, d.heads, d.head_dim)
        g.output(key, f"cross_key_{i}", g.float_type, shape)
        g.output(g.transpose(value, 0, 2, 1, 3), f"cross_value_{i}", g.float_type, shape)
    g.output(g.op("Cast", mask, to=TensorProto.BOOL), "condition_mask", "bool", ["batch", "condition_tokens"])


def _lyric_encoder(g: Graph, part: Part, ids: str, mask: str, tau: str) -> str:
    vocabulary, embedding = part.shape("lyric_embs.weight", part.setting("lyric_encoder_vocab_size", int), None)
    width = part.shape("lyric_encoder.embed.out.0.weight", None, embedding)[0]
    heads, head_dim = part.shape("lyric_encoder.encoders.0.self_attn.pos_bias_u", None, None)
    layers = part.count("lyric_encoder.encoders.{}.norm_mha.weight")
    part.require(heads * head_dim == width, f"lyric encoder of {heads} heads x {head_dim} is not {width} wide")

    def linear(x: str, name: str, out: int, inputs: int, bias: bool = True) -> str:
        weight = part.tensor(f"{name}.weight", out, inputs)
        return g.widen(g.linear(g.narrow(x), name, weight, part.tensor(f"{name}.bias", out) if bias else None))

    def norm(x: str, name: str) -> str:
        return g.layer_norm(x, name, part.tensor(f"{name}.weight", width), part.tensor(f"{name}.bias", width), _EPSILON)

    table = g.weight("lyric_embs.weight", part.tensor("lyric_embs.weight", vocabulary, embedding))
    x = linear(g.op("Gather", table, ids), "lyric_encoder.embed.out.0", width, embedding)
    x = g.op("Mul", norm(x, "lyric_encoder.embed.out.1"), g.constant(math.sqrt(width)))

    tokens = g.dim(ids, 1)
    positions = _relative_positions(g, tokens, width)
    masked = g.op("Equal", g.op("Unsqueeze", mask, g.ints(1, 2)), g.constant(0, np.int64))

    for i in range(layers):
        layer = f"lyric_encoder.encoders.{i}"
        attention = f"{layer}.self_attn"
        h = norm(x, f"{layer}.norm_mha")
        q = linear(h, f"{attention}.linear_q", width, width)
        if i in ERG_LAYERS:
            q = g.op("Mul", q, tau)
        q = g.reshape(q, 0, 0, heads, head_dim)
        k = g.reshape(linear(h, f"{attention}.linear_k", width, width), 0, 0, heads, head_dim)
        v = g.reshape(linear(h, f"{attention}.linear_v", width, width), 0, 0, heads, head_dim)
        p = g.reshape(linear(positions, f"{attention}.linear_pos", width, width, bias=False), 0, 0, heads, head_dim)

        def with_bias(name: str, q: str = q, attention: str = attention) -> str:
            name = f"{attention}.{name}"
            return g.transpose(g.op("Add", q, g.weight(name, part.tensor(name, heads, head_dim))), 0, 2, 1, 3)

        content = g.op("MatMul", with_bias("pos_bias_u"), g.transpose(k, 0, 2, 3, 1))
        position = g.op("MatMul", with_bias("pos_bias_v"), g.transpose(p, 0, 2, 3, 1))
        scores = g.op("Add", content, _relative_shift(g, position, tokens))
        scores = g.op("Mul", scores, g.constant(1 / math.sqrt(head_dim)))
        # Finite, so that a row without any lyrics gives zeros below and not NaN, as upstream's masked_fill does.
        scores = g.op("Where", masked, g.constant(np.finfo(np.float32).min), scores)
        weights = g.op("Where", masked, g.constant(0), g.op("Softmax", scores, axis=-1))
        h = g.op("MatMul", weights, g.transpose(v, 0, 2, 1, 3))
        h = g.reshape(g.transpose(h, 0, 2, 1, 3), 0, 0, width)
        x = g.op("Add", x, linear(h, f"{attention}.linear_out", width, width))

        h = norm(x, f"{layer}.norm_ff")
        hidden = part.shape(f"{layer}.feed_forward.w_1.weight", None, width)[0]
        h = g.silu(linear(h, f"{layer}.feed_forward.w_1", hidden, width))
        x = g.op("Add", x, linear(h, f"{layer}.feed_forward.w_2", width, hidden))
    return norm(x, "lyric_encoder.after_norm")


def _relative_positions(g: Graph, tokens: str, width: int) -> str:
    """Sines and cosines of the relative positions tokens-1 .. -(tokens-1), [1, 2*tokens-1, width]."""
    frequencies = np.exp(np.arange(0, width, 2, dtype=np.float32) * np.float32(-(math.log(10000.0) / width)))
    last = g.op("Sub", g.op("Squeeze", tokens), g.constant(1, np.int64))
    end = g.op("Neg", g.op("Squeeze", tokens))
    positions = g.op("Range", last, end, g.constant(-1, np.int64))
    positions = g.op("Unsqueeze", g.op("Cast", positions, to=TensorProto.FLOAT), g.ints(0, 2))
    angles = g.op("Mul", positions, g.constant(frequencies.astype(np.float32)))
    pairs = [g.op("Unsqueeze", g.op(f, angles), g.ints(3)) for f in ("Sin", "Cos")]
    return g.reshape(g.op("Concat", *pairs, axis=3), 0, 0, width)


def _relative_shift(g: Graph, x: str, tokens: str) -> str:
    """Transformer-XL's shift of [batch, heads, tokens, 2*tokens-1] to scores by key position."""
    padded = g.op("Pad", x, g.ints(0, 0, 0, 1, 0, 0, 0, 0))
    column = g.op("Reshape", padded, g.op("Concat", g.ints(0, 0, -1), tokens, axis=0))
    column = g.op("Slice", column, g.ints(1), g.ints(np.iinfo(np.int64).max), g.ints(2))
    rows = g.op("Reshape", column, g.op("Concat", g.ints(0, 0), tokens, g.ints(-1), axis=0))
    return g.op("Slice", rows, g.ints(0), tokens, g.ints(3))
