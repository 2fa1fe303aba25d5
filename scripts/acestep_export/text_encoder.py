"""The UMT5 text encoder: token ids of the prompt -> text states.

After transformers' UMT5EncoderModel. `tau` scales the queries of layers 8 and 9, which is what the official
pipeline's ERG does for the null text states (acestep/pipeline_ace_step.py, get_text_embeddings_null, at d612523).

T5 scores are unscaled, so a layer amplifies the rounding of the one before: with random weights twelve layers make a
thousandfold of it. All but the embedding is therefore spelled out so that it rounds as PyTorch does on an x86 CPU.
"""

from __future__ import annotations

import math

import numpy as np
from onnx import TensorProto

from .checkpoint import Part
from .graph import Graph

ERG_LAYERS = range(8, 10)
_BLOCK = 192
_ROWS = 16
_LANES = 16
_LOG2_E = 1.4426950408889634
_LN_2 = (0.693145751953125, 1.428606765330187e-06)
_EXP_SERIES = (0.00019852762, 0.0013930436, 0.008333361, 0.041666485, 0.16666667, 0.5)


def build(g: Graph, part: Part) -> None:
    part.setting("model_type", str, "umt5")
    part.setting("dense_act_fn", str, "gelu_new")
    part.setting("is_gated_act", bool, True)
    width = part.setting("d_model", int)
    heads, head_dim = part.setting("num_heads", int), part.setting("d_kv", int)
    layers, hidden = part.setting("num_layers", int), part.setting("d_ff", int)
    epsilon = part.setting("layer_norm_epsilon", float)
    buckets = part.setting("relative_attention_num_buckets", int)
    max_distance = part.setting("relative_attention_max_distance", int)
    inner = heads * head_dim
    part.require_count("num_layers", layers, "encoder.block.{}.layer.0.layer_norm.weight")

    ids = g.input("input_ids", "int64", ["batch", "text_tokens"])
    mask = g.input("attention_mask", "int64", ["batch", "text_tokens"])
    tau = g.input("tau", "float32", [])

    embedding = "shared.weight" if "shared.weight" in part else "encoder.embed_tokens.weight"
    vocabulary = part.setting("vocab_size", int)
    x = g.op("Gather", g.weight(embedding, part.tensor(embedding, vocabulary, width)), ids)

    count = g.op("Squeeze", g.dim(ids, 1))
    positions = g.op("Range", g.constant(0, np.int64), count, g.constant(1, np.int64))
    distance = g.op("Sub", g.op("Unsqueeze", positions, g.ints(0)), g.op("Unsqueeze", positions, g.ints(1)))
    limit = g.constant(max_distance, np.int64)
    distance = g.op("Clip", distance, g.op("Neg", limit), limit)
    table = g.constant(_buckets(buckets, max_distance), np.int64)
    bucket = g.op("Gather", table, g.op("Add", distance, limit))
    ignored = g.op("Equal", g.op("Unsqueeze", mask, g.ints(1, 2)), g.constant(0, np.int64))
    mask_bias = g.op("Where", ignored, g.constant(np.finfo(np.float32).min), g.constant(0))

    for i in range(layers):
        layer = f"encoder.block.{i}.layer"
        attention = f"{layer}.0.SelfAttention"
        norm = f"{layer}.0.layer_norm.weight"
        h = _norm(g, part, x, norm, width, epsilon)

        def heads_of(name: str, h: str = h, attention: str = attention) -> str:
            return _linear(g, part, h, f"{attention}.{name}", inner, width)

        q = heads_of("q")
        if i in ERG_LAYERS:
            q = g.op("Mul", q, tau)
        q = g.transpose(g.reshape(q, 0, 0, heads, head_dim), 0, 2, 1, 3)
        k = g.transpose(g.reshape(heads_of("k"), 0, 0, heads, head_dim), 0, 2, 3, 1)
        v = g.transpose(g.reshape(heads_of("v"), 0, 0, heads, head_dim), 0, 2, 1, 3)
        bias = f"{attention}.relative_attention_bias.weight"
        position_bias = g.op("Gather", g.weight(bias, part.tensor(bias, buckets, heads)), bucket)
        position_bias = g.op("Unsqueeze", g.transpose(position_bias, 2, 0, 1), g.ints(0))
        scores = g.op("Add", g.op("MatMul", q, k), g.op("Add", position_bias, mask_bias))
        h = _attend(g, _softmax(g, scores), v, heads, head_dim)
        h = g.reshape(g.transpose(h, 0, 2, 1, 3), 0, 0, inner)
        h = _linear(g, part, h, f"{attention}.o", width, inner)
        x = g.op("Add", x, h)

        norm = f"{layer}.1.layer_norm.weight"
        h = _norm(g, part, x, norm, width, epsilon)
        ff = f"{layer}.1.DenseReluDense"
        gate = _linear(g, part, h, f"{ff}.wi_0", hidden, width)
        h = _linear(g, part, h, f"{ff}.wi_1", hidden, width)
        h = g.op("Mul", _gelu(g, gate), h)
        x = g.op("Add", x, _linear(g, part, h, f"{ff}.wo", width, hidden))

    x = _norm(g, part, x, "encoder.final_layer_norm.weight", width, epsilon)
    g.output(x, "text_states", "float32", ["batch", "text_tokens", width])


def _linear(g: Graph, part: Part, x: str, name: str, out: int, width: int) -> str:
    """A matrix product without bias, summed in blocks of 192 as MKL does."""
    weight = part.tensor(f"{name}.weight", out, width)
    total = ""
    for start in range(0, width, _BLOCK):
        columns = weight[:, start : start + _BLOCK]
        block = x if width <= _BLOCK else g.slice(x, 2, start, start + columns.shape[1])
        suffix = "" if width <= _BLOCK else f".{start}"
        product = g.op("MatMul", block, g.weight(f"{name}.weight{suffix}", columns.T, axis=1))
        total = product if start == 0 else g.op("Add", total, product)
    return total


def _norm(g: Graph, part: Part, x: str, name: str, width: int, epsilon: float) -> str:
    """RMS norm whose mean is summed in PyTorch's order: rows of 4 x 8 lanes, sixteen rows at a time."""
    squares = g.transpose(g.op("Mul", x, x), 2, 0, 1)
    lanes = [4, 8] if width % 32 == 0 else [1, 1]
    rows = width // math.prod(lanes)
    shape = g.op("Concat", g.ints(rows, *lanes), g.op("Shape", x, start=0, end=2), axis=0)
    total = g.op("Reshape", squares, shape)
    starts = range(0, rows, _ROWS)
    chunks = [total] if rows <= _ROWS else [g.slice(total, 0, start, min(start + _ROWS, rows)) for start in starts]
    sums = [g.op("ReduceSum", chunk, g.ints(0), keepdims=0) for chunk in chunks]
    total = sums[0]
    for part_sum in sums[1:]:
        total = g.op("Add", total, part_sum)
    for _ in lanes:
        total = g.op("ReduceSum", total, g.ints(0), keepdims=0)
    mean = g.op("Div", g.op("Unsqueeze", total, g.ints(2)), g.constant(width))
    scale = g.op("Reciprocal", g.op("Sqrt", g.op("Add", mean, g.constant(epsilon))))
    return g.op("Mul", g.op("Mul", x, scale), g.weight(name, part.tensor(name, width)))


def _softmax(g: Graph, scores: str) -> str:
    """Softmax over the last axis, summed in PyTorch's order: 16 lanes, then their halves; one by one if fewer."""
    exponentials = _exp(g, g.op("Sub", scores, g.op("ReduceMax", scores, g.ints(-1), keepdims=1)))
    tokens = g.dim(scores, 3)
    missing = g.op("Mod", g.op("Neg", tokens), g.ints(_LANES))
    padded = g.op("Pad", exponentials, g.op("Concat", g.ints(0, 0, 0, 0, 0, 0, 0), missing, axis=0))
    rows = g.op("Concat", g.ints(-1, _LANES), g.op("Shape", scores, start=0, end=3), axis=0)
    lanes = g.op("Reshape", g.transpose(padded, 3, 0, 1, 2), rows)
    lanes = g.op("ReduceSum", lanes, g.ints(0), keepdims=0)
    one_by_one = g.op("ReduceSum", lanes, g.ints(0), keepdims=1)
    for _ in range(_LANES.bit_length() - 1):
        lanes = g.op("Add", *g.ops("Split", 2, lanes, axis=0, num_outputs=2))
    total = g.op("Where", g.op("Less", tokens, g.ints(_LANES)), one_by_one, lanes)
    total = g.op("Unsqueeze", g.op("Squeeze", total, g.ints(0)), g.ints(3))
    return g.op("Mul", exponentials, g.op("Reciprocal", total))


def _exp(g: Graph, x: str) -> str:
    """The exponential as SLEEF's expf computes it, from which the last bit of PyTorch's softmax comes."""

    def fused(a: str, b: str, c: str) -> str:
        """a * b + c rounded once: the product is exact in float64."""
        return g.op("Cast", g.op("Add", g.op("Mul", wide(a), wide(b)), wide(c)), to=TensorProto.FLOAT)

    def wide(value: str) -> str:
        return g.op("Cast", value, to=TensorProto.DOUBLE)

    x = g.op("Max", x, g.constant(-104))  # below, float32 has only 0
    exponent = g.op("Round", g.op("Mul", x, g.constant(_LOG2_E)))
    rest = x
    for part_of_ln2 in _LN_2:
        rest = fused(exponent, g.constant(-part_of_ln2), rest)
    series = g.constant(_EXP_SERIES[0])
    for coefficient in _EXP_SERIES[1:]:
        series = fused(series, rest, g.constant(coefficient))
    series = g.op("Add", fused(g.op("Mul", rest, rest), series, rest), g.constant(1))
    power = g.op("Pow", g.constant(2, np.float64), wide(exponent))
    return g.op("Cast", g.op("Mul", wide(series), power), to=TensorProto.FLOAT)


def _attend(g: Graph, weights: str, values: str, heads: int, head_dim: int) -> str:
    """The values weighted: [batch, heads, tokens, head_dim]. Below 16 columns PyTorch rounds each product."""
    if head_dim >= 16:
        return g.op("MatMul", weights, values)
    # The reshapes keep ONNX Runtime from moving the transposes behind the sum, which would change its order.
    tokens = g.dim(weights, 3)
    shape = g.op("Concat", tokens, g.ints(-1), tokens, g.ints(1), axis=0)
    weights = g.op("Reshape", g.transpose(weights, 3, 0, 1, 2), shape)
    values = g.reshape(g.transpose(values, 2, 0, 1, 3), 0, -1, 1, head_dim)
    total = g.op("ReduceSum", g.op("Mul", weights, values), g.ints(0), keepdims=0)
    return g.op("Reshape", total, g.op("Concat", g.ints(-1, heads), tokens, g.ints(head_dim), axis=0))


def _gelu(g: Graph, x: str) -> str:
    """GELU, tanh approximation."""
    cube = g.op("Mul", g.op("Mul", g.op("Mul", x, x), x), g.constant(0.044715))
    angle = g.op("Mul", g.op("Add", x, cube), g.constant(math.sqrt(2 / math.pi)))
    wide = g.op("Tanh", g.op("Cast", angle, to=TensorProto.DOUBLE))
    tanh = g.op("Cast", wide, to=TensorProto.FLOAT)
    return g.op("Mul", g.op("Mul", x, g.constant(0.5)), g.op("Add", tanh, g.constant(1)))


def _buckets(buckets: int, max_distance: int) -> np.ndarray:
    """The bucket of each relative distance from -max_distance to max_distance; beyond, it doesn't change any more."""
    distance = np.arange(-max_distance, max_distance + 1)
    half = buckets // 2
    exact = half // 2
    n = np.abs(distance)
    with np.errstate(divide="ignore"):
        # In float32 and in this order, as upstream: a boundary distance falls on the same side.
        log = np.log(n.astype(np.float32) / np.float32(exact)) / np.float32(np.log(max_distance / exact))
        far = exact + np.where(n > 0, log * np.float32(half - exact), 0).astype(np.int64)
    return np.where(distance > 0, half, 0) + np.where(n < exact, n, np.minimum(far, half - 1))
