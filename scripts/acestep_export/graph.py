"""Builds an ONNX graph node by node; weights go straight to the external data file beside it, one at a time.

A graph can be saved a second time as its LoRA variant: the same nodes on the same external data, with two more inputs
for each linear layer.

The parts describe one computation; the graph's precision decides how it is written. In `int8` a linear layer takes
signed weights with a scale per output channel, and each token's activations are quantised by their own largest value:
no token's outlier coarsens the others, and no item of a batch touches another. In `bf16` linear layers and what a part
narrows are bfloat16, and all else stays float32. A layer marked wide is float32 in every precision.

In `compact` everything computes in float32, and weights of two or more dimensions lie on disk as signed 8-bit levels
with a scale per output channel, or by their non-zeros where these are few. Nodes on constants alone make float32 of
them, which ONNX Runtime computes once, when it loads the graph. Weights that are such levels already survive but for
float32's rounding, which is why parts hand them over one to one in this precision, not combined with others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from . import costs
from .precision import FP32, Precision

OPSET = 23
_CONTRIBUTED = "com.microsoft"  # ONNX Runtime's own operators
IR_VERSION = 11
_INLINE_BYTES = 1024
_ALIGNMENT = 4096  # ONNX Runtime maps external data; a page boundary lets it map without a copy

_COMPACT_VALUES = 1024  # smaller weights stay as they are in compact
_COMPACT_ALIGNMENT = 16  # they are expanded, not mapped

_INT8_MAX = 127
_UINT8_ZERO = 128  # ONNX Runtime's fast product takes unsigned activations
_TINY = 1e-30  # divides the activations of a token that are all 0

_TYPES = {
    "float32": TensorProto.FLOAT,
    "bfloat16": TensorProto.BFLOAT16,
    "int64": TensorProto.INT64,
    "bool": TensorProto.BOOL,
}
Shape = Sequence[int | str]


@dataclass(frozen=True)
class _Linear:
    """A linear layer by its module path in the checkpoint, or some of its outputs, between the values `x` and `y`."""

    module: str
    rows: slice | None
    x: str
    y: str
    inputs: int
    outputs: int
    float_type: str


class Graph:
    """A graph under construction. Values are named by strings, as in ONNX."""

    def __init__(self, name: str, folder: Path, wrote: Callable[[int], None], precision: Precision = FP32) -> None:
        """`wrote` is told the size of each weight written, in bytes."""
        self.name = name
        self.precision = precision
        self._wrote = wrote
        self.path = folder / f"{name}.onnx"
        self.data_path = folder / f"{name}.onnx.data"
        self._data = self.data_path.open("wb")
        self._nodes: list[onnx.NodeProto] = []
        self._expansions: list[onnx.NodeProto] = []  # of compact weights: first in the graph, also for those in a loop
        self._inputs: list[tuple[str, str, Shape]] = []
        self._outputs: list[tuple[str, str, Shape]] = []
        self._initializers: dict[str, TensorProto] = {}
        self._weights: dict[str, str] = {}
        self._linears: list[_Linear] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._casts: dict[tuple[str, str], str] = {}
        self._quantised: dict[str, tuple[str, str]] = {}
        self._domains: set[str] = set()
        self._counter = 0

    @property
    def float_type(self) -> str:
        """The type of what a part narrows."""
        return self.precision.float_type

    def input(self, name: str, dtype: str, shape: Shape) -> str:
        self._inputs.append((name, dtype, shape))
        return name

    def output(self, value: str, name: str, dtype: str, shape: Shape) -> None:
        self._nodes.append(helper.make_node("Identity", [value], [name], name=name))
        self._outputs.append((name, dtype, shape))

    def op(self, op_type: str, *inputs: str, **attributes: Any) -> str:
        return self.ops(op_type, 1, *inputs, **attributes)[0]

    def ops(self, op_type: str, outputs: int, *inputs: str, **attributes: Any) -> list[str]:
        self._counter += 1
        node = f"{op_type}_{self._counter}"
        names = [node] if outputs == 1 else [f"{node}_{i}" for i in range(outputs)]
        self._nodes.append(helper.make_node(op_type, list(inputs), names, name=node, **attributes))
        self._domains.add(attributes.get("domain", ""))
        return names

    def summed(self, count: str, body: Callable[[str], Sequence[str]]) -> list[str]:
        """Sums over a loop: of each of the float32 values that `body` makes of 0 .. count - 1."""
        tensor = helper.make_tensor_type_proto(TensorProto.FLOAT, None)
        return self._loop(count, self.constant(0), tensor, body, lambda total, value: self.op("Add", total, value))

    def joined(self, count: str, axis: int, body: Callable[[str], str]) -> str:
        """The float32 values that `body` makes of 0 .. count - 1, one after the other along an axis."""
        sequence = helper.make_sequence_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, None))
        empty = self.op("SequenceEmpty")
        pieces = self._loop(
            count, empty, sequence, lambda i: [body(i)], lambda before, piece: self.op("SequenceInsert", before, piece)
        )
        return self.op("ConcatFromSequence", *pieces, axis=axis)

    def _loop(
        self,
        count: str,
        start: str,
        state_type: onnx.TypeProto,
        body: Callable[[str], Sequence[str]],
        step: Callable[[str, str], str],
    ) -> list[str]:
        """Folds each of the values that `body` makes of the iteration, an int64 scalar, into a state of its own.

        Linear layers inside are not in the LoRA variant.
        """
        self._counter += 1
        name = f"Loop_{self._counter}"
        outside = self._nodes, self._casts, self._quantised
        self._nodes, self._casts, self._quantised = [], dict(self._casts), dict(self._quantised)
        iteration, condition = f"{name}_iteration", f"{name}_condition"
        values = body(iteration)
        states = [f"{name}_state_{i}" for i in range(len(values))]
        results = [step(state, value) for state, value in zip(states, values, strict=True)]
        go_on = self.op("Identity", condition)
        graph = helper.make_graph(
            self._nodes,
            name,
            [
                helper.make_tensor_value_info(iteration, TensorProto.INT64, []),
                helper.make_tensor_value_info(condition, TensorProto.BOOL, []),
                *(helper.make_value_info(state, state_type) for state in states),
            ],
            [
                helper.make_tensor_value_info(go_on, TensorProto.BOOL, []),
                *(helper.make_value_info(result, state_type) for result in results),
            ],
        )
        self._nodes, self._casts, self._quantised = outside
        outputs = [f"{name}_{i}" for i in range(len(states))]
        inputs = [count, "", *([start] * len(states))]
        self._nodes.append(helper.make_node("Loop", inputs, outputs, name=name, body=graph))
        return outputs

    def weight(self, name: str, value: np.ndarray, axis: int = 0) -> str:
        """A weight named after the checkpoint's tensor; a second request for the same name reuses the first.

        `axis` counts the channels that have a scale of their own where it is stored in 8 bits.
        """
        if name not in self._weights:
            shrinks = self.precision.compacts and value.dtype == np.float32 and value.size >= _COMPACT_VALUES
            store = self._compact if shrinks and value.size > value.shape[axis] else self._store
            nodes, self._nodes = self._nodes, self._expansions
            self._weights[name] = store(name, value, axis)
            self._nodes = nodes
        return self._weights[name]

    def _compact(self, name: str, value: np.ndarray, axis: int) -> str:
        levels, scale = _levels(value, axis)
        places = np.flatnonzero(value).astype(np.int32)
        if 2 * places.nbytes < levels.nbytes + scale.nbytes:
            flat = self.op("ConstantOfShape", self.ints(value.size))
            if places.size:
                values = self._store(f"{name}_values", value.ravel()[places])
                flat = self.op("ScatterElements", flat, self._store(f"{name}_places", places), values)
            return self.reshape(flat, *value.shape)
        wide = self.op("Cast", self._store(name, levels), to=TensorProto.FLOAT)
        return self.op("Mul", wide, self._store(f"{name}_scale", scale))

    def _store(self, name: str, value: np.ndarray, axis: int = 0) -> str:
        """An initializer."""
        value = np.ascontiguousarray(value)
        if value.nbytes <= _INLINE_BYTES:
            self._initializers[name] = numpy_helper.from_array(value, name)
            return name
        alignment = _COMPACT_ALIGNMENT if self.precision.compacts else _ALIGNMENT
        offset = -(-self._data.tell() // alignment) * alignment
        self._data.seek(offset)
        value.tofile(self._data)
        self._wrote(value.nbytes)
        tensor = TensorProto(name=name, dims=value.shape, data_location=TensorProto.EXTERNAL)
        tensor.data_type = helper.np_dtype_to_tensor_dtype(value.dtype)
        for key, entry in (("location", self.data_path.name), ("offset", offset), ("length", value.nbytes)):
            tensor.external_data.add(key=key, value=str(entry))
        self._initializers[name] = tensor
        return name

    def parameter(self, name: str, value: np.ndarray, axis: int = 0) -> str:
        """A weight in the graph's float type."""
        return self.weight(name, value.astype(ml_dtypes.bfloat16) if self.float_type == "bfloat16" else value, axis)

    def constant(self, value: Any, dtype: Any = np.float32) -> str:
        """A small constant; equal ones are shared."""
        array = np.asarray(value, dtype=dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            self._constants[key] = self._store(f"constant_{len(self._constants)}", array)
        return self._constants[key]

    def ints(self, *values: int) -> str:
        return self.constant(values, np.int64)

    # What the model parts have in common.

    def reshape(self, x: str, *shape: int) -> str:
        """Reshape; 0 keeps the dimension at its place, -1 is inferred."""
        return self.op("Reshape", x, self.ints(*shape))

    def transpose(self, x: str, *perm: int) -> str:
        return self.op("Transpose", x, perm=perm)

    def dim(self, x: str, axis: int) -> str:
        """The size of one axis, int64 [1]."""
        return self.op("Shape", x, start=axis, end=axis + 1)

    def slice(self, x: str, axis: int, start: int, end: int) -> str:
        return self.op("Slice", x, self.ints(start), self.ints(end), self.ints(axis))

    def narrow(self, x: str) -> str:
        """A float32 value in the graph's float type."""
        return self._cast(x, self.float_type)

    def widen(self, x: str) -> str:
        """A value in the graph's float type as float32."""
        return self._cast(x, "float32")

    def _cast(self, x: str, dtype: str) -> str:
        if self.float_type == "float32":
            return x
        if (x, dtype) not in self._casts:
            self._casts[x, dtype] = self.op("Cast", x, to=_TYPES[dtype])
        return self._casts[x, dtype]

    def linear(
        self,
        x: str,
        name: str,
        weight: np.ndarray,
        bias: np.ndarray | None = None,
        wide: bool = False,
        rows: slice | None = None,
    ) -> str:
        """torch.nn.Linear, or these `rows` of its outputs: `weight` is [out, in]; stored transposed for MatMul.

        `x` and the result are of the graph's float type, or float32 when the layer is `wide`.
        """
        outputs, inputs = weight.shape
        stored = name
        if rows is not None:
            stored, weight, bias = f"{name}.{rows.start}", weight[rows], None if bias is None else bias[rows]
        if self.precision.quantises and not wide:
            y = self._quantised_product(x, stored, weight)
        else:
            parameter = self.weight if wide else self.parameter
            y = self.op("MatMul", x, parameter(f"{stored}.weight", weight.T, axis=1))
        if bias is not None:
            y = self.op("Add", y, (self.weight if wide else self.parameter)(f"{stored}.bias", bias))
        self._linears.append(_Linear(name, rows, x, y, inputs, outputs, "float32" if wide else self.float_type))
        return y

    def _quantised_product(self, x: str, name: str, weight: np.ndarray) -> str:
        quantised, scale = _levels(weight, 0)
        step, zero = self.constant(1 / _INT8_MAX), self.constant(_UINT8_ZERO, np.uint8)
        if x not in self._quantised:  # layers that share their input share its quantisation
            largest = self.op("ReduceMax", self.op("Abs", x), self.ints(-1), keepdims=1)
            largest = self.op("Max", largest, self.constant(_TINY))
            self._quantised[x] = self.op("QuantizeLinear", self.op("Div", x, largest), step, zero), largest
        rows, largest = self._quantised[x]
        weight_name, scale_name = (
            self.weight(f"{name}.weight", quantised.T),
            self.weight(f"{name}.weight_scale", scale.ravel()),
        )
        y = self.op("MatMulIntegerToFloat", rows, weight_name, step, scale_name, zero, "", "", domain=_CONTRIBUTED)
        return self.op("Mul", y, largest)

    def silu(self, x: str) -> str:
        return self.op("Mul", x, self.op("Sigmoid", x))

    def layer_norm(self, x: str, name: str, weight: np.ndarray, bias: np.ndarray, epsilon: float) -> str:
        scale, shift = self.weight(f"{name}.weight", weight), self.weight(f"{name}.bias", bias)
        return self.op("LayerNormalization", x, scale, shift, axis=-1, epsilon=epsilon)

    def rms_norm(self, x: str, weight: str, epsilon: float) -> str:
        return self.op("RMSNormalization", x, weight, axis=-1, epsilon=epsilon)

    def rotary_tables(self, length: str, head_dim: int, theta: float) -> tuple[str, str]:
        """cos and sin of the rotary positions, [length, 1, head_dim] each.

        Upstream lays the frequencies out as two halves but applies them to interleaved pairs; kept as the model was
        trained (acestep/models/ace_step_transformer.py, Qwen2RotaryEmbedding, at d612523).
        """
        exponents = np.arange(0, head_dim, 2, dtype=np.float32) / np.float32(head_dim)
        inverse = (np.float32(1.0) / np.power(np.float32(theta), exponents)).astype(np.float32)
        count = self.op("Squeeze", length)
        positions = self.op("Range", self.constant(0, np.int64), count, self.constant(1, np.int64))
        positions = self.op("Unsqueeze", self.op("Cast", positions, to=TensorProto.FLOAT), self.ints(1, 2))
        angles = self.op("Mul", positions, self.constant(np.concatenate([inverse, inverse])))
        return self.op("Cos", angles), self.op("Sin", angles)

    def rotate(self, x: str, tables: tuple[str, str], heads: int, head_dim: int) -> str:
        """Rotary embedding of float32 [batch, length, heads, head_dim].

        ONNX's RotaryEmbedding has one angle for both elements of a pair, upstream has two. By a quarter turn it makes
        (-b, a) of each pair (a, b), and that a hundred times as fast as a Gather.
        """
        flat = self.reshape(x, 0, 0, heads * head_dim)
        size = self.op("Concat", self.op("Shape", flat, start=0, end=2), self.ints(head_dim // 2), axis=0)
        quarter = [self.op("Expand", self.constant(value), size) for value in (0, 1)]  # its cosine and sine
        turned = self.op("RotaryEmbedding", flat, *quarter, interleaved=1, num_heads=heads)
        cos, sin = tables
        turned = self.reshape(turned, 0, 0, heads, head_dim)
        return self.op("Add", self.op("Mul", x, cos), self.op("Mul", turned, sin))

    def save(self) -> dict[str, Any]:
        """Writes the graph and gives its entry for the manifest."""
        self._data.close()
        if self.data_path.stat().st_size == 0:
            self.data_path.unlink()
        return self._write(self.path, self.name, [*self._expansions, *self._nodes], self._inputs)

    def save_lora(self) -> dict[str, Any]:
        """Writes the LoRA variant beside the saved graph, whose external data it shares, and gives its entry.

        For each linear layer it takes `lora.MODULE.A` [in, rank] and `lora.MODULE.B` [rank, out] and adds (x A) B to
        the layer's output. Each rank is a dimension of its own name: ONNX Runtime plans memory by these names.
        """
        name = f"{self.name}_lora"
        nodes, inputs = [], list(self._inputs)
        adapted = {linear.y: linear for linear in self._linears}
        products = dict[str, tuple[str, str]]()  # of each module, x A and B

        def add(op_type: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
            nodes.append(helper.make_node(op_type, inputs, [output], name=output, **attributes))
            return output

        for node in [*self._expansions, *self._nodes]:
            linear = adapted.get(node.output[0])
            if linear is None:
                nodes.append(node)
                continue
            y = linear.y
            base = onnx.NodeProto()
            base.CopyFrom(node)
            base.output[0] = f"{y}_base"
            nodes.append(base)
            if linear.module not in products:
                rank = f"rank_{len(products)}"
                a, b = (f"lora.{linear.module}.{matrix}" for matrix in "AB")
                inputs += [(a, "float32", [linear.inputs, rank]), (b, "float32", [rank, linear.outputs])]
                if linear.float_type != "float32":
                    a, b = (add("Cast", [m], f"{y}_{m[-1]}", to=_TYPES[linear.float_type]) for m in (a, b))
                products[linear.module] = add("MatMul", [linear.x, a], f"{y}_lora_A"), b
            product, b = products[linear.module]
            if linear.rows is not None:
                bounds = {"from": linear.rows.start, "to": linear.rows.stop, "axis": 1}
                constants = [add("Constant", [], f"{y}_lora_{k}", value_ints=[v]) for k, v in bounds.items()]
                b = add("Slice", [b, *constants], f"{y}_lora_B")
            add("MatMul", [product, b], f"{y}_lora")
            nodes.append(helper.make_node("Add", [base.output[0], f"{y}_lora"], [y], name=f"{y}_sum"))
        return self._write(self.path.with_name(f"{name}.onnx"), name, nodes, inputs)

    def _write(
        self, path: Path, name: str, nodes: list[onnx.NodeProto], inputs: list[tuple[str, str, Shape]]
    ) -> dict[str, Any]:
        graph = helper.make_graph(
            nodes,
            name,
            [helper.make_tensor_value_info(n, _TYPES[t], s) for n, t, s in inputs],
            [helper.make_tensor_value_info(n, _TYPES[t], s) for n, t, s in self._outputs],
            list(self._initializers.values()),
        )
        opsets = [helper.make_opsetid("", OPSET)]
        if _CONTRIBUTED in self._domains:
            opsets.append(helper.make_opsetid(_CONTRIBUTED, 1))
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="acestep4j")
        path.write_bytes(model.SerializeToString(deterministic=True))

        def specs(values: list[tuple[str, str, Shape]]) -> list[dict[str, Any]]:
            return [{"name": n, "type": t, "shape": list(s)} for n, t, s in values]

        return {"file": path.name, "inputs": specs(inputs), "outputs": specs(self._outputs), "costs": costs.of(model)}

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self._data.close()


def _levels(value: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Signed 8-bit levels, and the scale of each channel of `axis` in an array of as many dimensions."""
    others = tuple(i for i in range(value.ndim) if i != axis)
    scale = np.abs(value).max(axis=others, keepdims=True) / np.float32(_INT8_MAX)
    scale[scale == 0] = 1
    return np.rint(value / scale).astype(np.int8), scale
