"""One step of the diffusion transformer: latents and timestep -> velocity.

After ACEStepTransformer2DModel.decode (acestep/models/ace_step_transformer.py, attention.py and
customer_attention_processor.py at d612523). `tau` scales the queries of blocks 15 to 19 (ERG). The condition comes as
the cross-attention keys and values that condition_encoder.py computes.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from .checkpoint import Part
from .graph import Graph

ERG_BLOCKS = range(15, 20)
_EPSILON = 1e-6
_LINEAR_ATTENTION_EPSILON = 1e-15
_GROUP_NORM_GROUPS = 32
_TIME_CHANNELS = 256
_HIDDEN_AT_A_TIME = 1280  # fewer make products so small that at 10 s of music threads hinder each other


@dataclass(frozen=True)
class Dimensions:
    """The transformer's sizes, from its config and tensor shapes."""

    blocks: int
    heads: int
    head_dim: int
    rope_theta: float
    channels: int
    height: int

    @property
    def inner(self) -> int:
        return self.heads * self.head_dim

    @staticmethod
    def of(part: Part) -> Dimensions:
        part.setting("_class_name", str, "ACEStepTransformer2DModel", "Transformer2DModel")
        patch = part.setting("patch_size", list)
        height = part.setting("max_height", int)
        part.require(patch == [height, 1], f"'patch_size' is {patch}, expected [{height}, 1]: one token per frame")
        channels = part.setting("in_channels", int)
        part.setting("out_channels", int, channels)
        heads, head_dim = part.setting("num_attention_heads", int), part.setting("attention_head_dim", int)
        part.require(heads > 0, f"'num_attention_heads' is {heads}, expected at least 1")
        part.require(head_dim > 0 == head_dim % 2, f"'attention_head_dim' is {head_dim}, expected an even number")
        theta = part.setting("rope_theta", (int, float))
        part.require(math.isfinite(theta) and theta > 0, f"'rope_theta' is {theta}, expected a positive number")
        blocks = part.setting("num_layers", int)
        part.require_count("num_layers", blocks, "transformer_blocks.{}.attn.to_q.weight")
        return Dimensions(
            blocks=blocks,
            heads=heads,
            head_dim=head_dim,
            rope_theta=float(theta),
            channels=channels,
            height=height,
        )


def build(g: Graph, part: Part, at_a_time: int = _HIDDEN_AT_A_TIME) -> None:
    d = Dimensions.of(part)
    latents = g.input("latents", "float32", ["batch", d.channels, d.height, "frames"])
    timestep = g.input("timestep", "float32", ["batch"])
    tau = g.input("tau", "float32", [])
    key_shape = ["batch", d.heads, "condition_tokens", d.head_dim]
    keys, values = [], []
    for i in range(d.blocks):
        keys.append(g.input(f"cross_key_{i}", g.float_type, key_shape))
        values.append(g.input(f"cross_value_{i}", g.float_type, key_shape))
    condition_mask = g.input("condition_mask", "bool", ["batch", "condition_tokens"])

    def linear(x: str, name: str, out: int, width: int, wide: bool = False) -> str:
        weight, bias = part.tensor(f"{name}.weight", out, width), part.tensor(f"{name}.bias", out)
        return g.linear(x, name, weight, bias, wide)

    time = linear(_sinusoids(g, timestep), "timestep_embedder.linear_1", d.inner, _TIME_CHANNELS, wide=True)
    time = linear(g.silu(time), "timestep_embedder.linear_2", d.inner, d.inner, wide=True)
    modulation = linear(g.silu(time), "t_block.1", 6 * d.inner, d.inner, wide=True)
    modulation = g.reshape(modulation, 0, 6, d.inner)

    x = g.narrow(_patch_embedding(g, part, d, latents))
    frames = g.dim(x, 1)
    tables = g.rotary_tables(frames, d.head_dim, d.rope_theta)
    one = g.constant(1)
    unit = g.parameter("unit_scale", np.ones(d.inner, np.float32))
    mask_shape = g.op("Concat", g.dim(condition_mask, 0), g.ints(1), frames, g.dim(condition_mask, 1), axis=0)
    mask = g.op("Expand", g.op("Unsqueeze", condition_mask, g.ints(1, 2)), mask_shape)

    for i in range(d.blocks):
        block = f"transformer_blocks.{i}"
        table = g.weight(f"{block}.scale_shift_table", part.tensor(f"{block}.scale_shift_table", 6, d.inner))
        parts = g.ops("Split", 6, g.op("Add", modulation, table), axis=1, num_outputs=6)
        shift_attention, scale_attention, gate_attention, shift_ff, scale_ff, gate_ff = parts

        def heads_of(x: str, name: str) -> str:
            return g.reshape(linear(x, name, d.inner, d.inner), 0, 0, d.heads, d.head_dim)

        def query_of(x: str, name: str, i: int = i) -> str:
            q = g.widen(heads_of(x, name))
            return g.rotate(g.op("Mul", q, tau) if i in ERG_BLOCKS else q, tables, d.heads, d.head_dim)

        h = g.rms_norm(x, unit, _EPSILON)
        h = g.op("Add", g.op("Mul", h, g.narrow(g.op("Add", scale_attention, one))), g.narrow(shift_attention))
        query = g.op("Relu", query_of(h, f"{block}.attn.to_q"))
        key = g.op("Relu", g.rotate(g.widen(heads_of(h, f"{block}.attn.to_k")), tables, d.heads, d.head_dim))
        h = _linear_attention(g, query, key, g.widen(heads_of(h, f"{block}.attn.to_v")))
        h = linear(g.narrow(g.reshape(h, 0, 0, d.inner)), f"{block}.attn.to_out.0", d.inner, d.inner)
        x = g.op("Add", x, g.op("Mul", h, g.narrow(gate_attention)))

        query = g.narrow(g.transpose(query_of(x, f"{block}.cross_attn.to_q"), 0, 2, 1, 3))
        h = g.op("Attention", query, keys[i], values[i], mask, scale=1 / math.sqrt(d.head_dim))
        h = g.reshape(g.transpose(h, 0, 2, 1, 3), 0, 0, d.inner)
        x = g.op("Add", x, linear(h, f"{block}.cross_attn.to_out.0", d.inner, d.inner))

        h = g.rms_norm(x, unit, _EPSILON)
        h = g.op("Add", g.op("Mul", h, g.narrow(g.op("Add", scale_ff, one))), g.narrow(shift_ff))
        x = g.op("Add", x, g.op("Mul", _feed_forward(g, part, d, h, f"{block}.ff", at_a_time), g.narrow(gate_ff)))

    table = g.weight("final_layer.scale_shift_table", part.tensor("final_layer.scale_shift_table", 2, d.inner))
    shift, scale = g.ops("Split", 2, g.op("Add", g.op("Unsqueeze", time, g.ints(1)), table), axis=1, num_outputs=2)
    h = g.op("Add", g.op("Mul", g.widen(g.rms_norm(x, unit, _EPSILON)), g.op("Add", scale, one)), shift)
    h = linear(h, "final_layer.linear", d.height * d.channels, d.inner, wide=True)
    velocity = g.transpose(g.reshape(h, 0, 0, d.height, d.channels), 0, 3, 2, 1)
    g.output(velocity, "velocity", "float32", ["batch", d.channels, d.height, "frames"])


def _sinusoids(g: Graph, timestep: str) -> str:
    """diffusers' Timesteps(256, flip_sin_to_cos=True, downscale_freq_shift=0): [batch, 256]."""
    half = _TIME_CHANNELS // 2
    frequencies = np.exp(np.float32(-math.log(10000)) * np.arange(half, dtype=np.float32) / np.float32(half))
    angles = g.op("Mul", g.op("Unsqueeze", timestep, g.ints(1)), g.constant(frequencies.astype(np.float32)))
    return g.op("Concat", g.op("Cos", angles), g.op("Sin", angles), axis=1)


def _patch_embedding(g: Graph, part: Part, d: Dimensions, latents: str) -> str:
    """[batch, channels, height, frames] -> [batch, frames, inner]; the convolutions are as wide as they step."""
    name = "proj_in.early_conv_layers"
    inputs = d.channels * d.height
    wide = part.shape(f"{name}.0.weight", None, d.channels, d.height, 1)[0]
    part.require(
        wide % _GROUP_NORM_GROUPS == 0, f"patch embedding of {wide} channels has no {_GROUP_NORM_GROUPS} groups"
    )

    weight = part.tensor(f"{name}.0.weight").reshape(wide, inputs)
    columns = g.reshape(latents, 0, inputs, -1)
    x = g.op("MatMul", g.weight(f"{name}.0.weight", weight), columns)
    x = g.op("Add", x, g.weight(f"{name}.0.bias", part.tensor(f"{name}.0.bias", wide)[:, None]))

    grouped = g.reshape(x, 0, _GROUP_NORM_GROUPS, -1)
    ones, zeros = g.constant(np.ones(_GROUP_NORM_GROUPS)), g.constant(np.zeros(_GROUP_NORM_GROUPS))
    x = g.reshape(g.op("InstanceNormalization", grouped, ones, zeros, epsilon=_EPSILON), 0, wide, -1)
    x = g.op("Mul", x, g.weight(f"{name}.1.weight", part.tensor(f"{name}.1.weight", wide)[:, None]))
    x = g.op("Add", x, g.weight(f"{name}.1.bias", part.tensor(f"{name}.1.bias", wide)[:, None]))

    weight = part.tensor(f"{name}.2.weight", d.inner, wide, 1, 1).reshape(d.inner, wide)
    return g.linear(g.transpose(x, 0, 2, 1), f"{name}.2", weight, part.tensor(f"{name}.2.bias", d.inner), wide=True)


def _linear_attention(g: Graph, query: str, key: str, value: str) -> str:
    """relu(q) (relu(k)^T v) / (relu(q) sum(relu(k))), all [batch, frames, heads, head_dim]."""
    key = g.transpose(key, 0, 2, 3, 1)
    query = g.transpose(query, 0, 2, 1, 3)
    numerator = g.op("MatMul", query, g.op("MatMul", key, g.transpose(value, 0, 2, 1, 3)))
    denominator = g.op("MatMul", query, g.op("ReduceSum", key, g.ints(3), keepdims=1))
    denominator = g.op("Add", denominator, g.constant(_LINEAR_ATTENTION_EPSILON))
    return g.transpose(g.op("Div", numerator, denominator), 0, 2, 1, 3)


def _feed_forward(g: Graph, part: Part, d: Dimensions, x: str, name: str, at_a_time: int) -> str:
    """The gated convolution MLP; its 1x1 convolutions as MatMul, which is faster and can be quantised.

    In int8, the CPU's precision, some hidden channels at a time, which stay in its caches from layer to layer.
    """
    hidden = part.shape(f"{name}.point_conv.conv.weight", d.inner, None, 1)[1]
    inverted = part.tensor(f"{name}.inverted_conv.conv.weight", 2 * hidden, d.inner, 1)[..., 0]
    inverted_bias = part.tensor(f"{name}.inverted_conv.conv.bias", 2 * hidden)
    depth = part.tensor(f"{name}.depth_conv.conv.weight", 2 * hidden, 1, 3)
    depth_bias = part.tensor(f"{name}.depth_conv.conv.bias", 2 * hidden)

    def convolved(rows: slice | None = None) -> str:
        h = g.silu(g.linear(x, f"{name}.inverted_conv.conv", inverted, inverted_bias, rows=rows))
        layer = f"{name}.depth_conv.conv" if rows is None else f"{name}.depth_conv.conv.{rows.start}"
        weight, bias = (depth, depth_bias) if rows is None else (depth[rows], depth_bias[rows])
        operands = [g.parameter(f"{layer}.weight", weight), g.parameter(f"{layer}.bias", bias)]
        return g.op("Conv", g.transpose(h, 0, 2, 1), *operands, group=len(weight), kernel_shape=[3], pads=[1, 1])

    def gated(h: str, gate: str) -> str:
        return g.transpose(g.op("Mul", h, g.silu(gate)), 0, 2, 1)

    if g.precision.quantises:
        count = -(-hidden // at_a_time)
        bounds = [hidden * i // count for i in range(count + 1)]
        pieces = [
            gated(convolved(slice(begin, end)), convolved(slice(hidden + begin, hidden + end)))
            for begin, end in itertools.pairwise(bounds)
        ]
        h = g.op("Concat", *pieces, axis=2)
    else:
        h = gated(*g.ops("Split", 2, convolved(), axis=1, num_outputs=2))
    weight = part.tensor(f"{name}.point_conv.conv.weight", d.inner, hidden, 1)[..., 0]
    return g.linear(h, f"{name}.point_conv.conv", weight)
