"""Builds an ONNX graph node by node; weights go straight to the external data file beside it, one at a time.

A graph can be saved a second time as its LoRA variant: the same nodes on the same external data, with two more inputs
for each linear layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 23
IR_VERSION = 11
_INLINE_BYTES = 1024
_ALIGNMENT = 4096  # ONNX Runtime maps external data; a page boundary lets it map without a copy

_TYPES = {"float32": TensorProto.FLOAT, "int64": TensorProto.INT64, "bool": TensorProto.BOOL}
Shape = Sequence[int | str]


@dataclass(frozen=True)
class _Linear:
    """A linear layer by its module path in the checkpoint, between the values `x` and `y`."""

    module: str
    x: str
    y: str
    inputs: int
    outputs: int


class Graph:
    """A graph under construction. Values are named by strings, as in ONNX."""

    def __init__(self, name: str, folder: Path, wrote: Callable[[int], None]) -> None:
        """`wrote` is told the size of each weight written, in bytes."""
        self.name = name
        self._wrote = wrote
        self.path = folder / f"{name}.onnx"
        self.data_path = folder / f"{name}.onnx.data"
        self._data = self.data_path.open("wb")
        self._nodes: list[onnx.NodeProto] = []
        self._inputs: list[tuple[str, str, Shape]] = []
        self._outputs: list[tuple[str, str, Shape]] = []
        self._initializers: dict[str, TensorProto] = {}
        self._linears: list[_Linear] = []
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._counter = 0

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
        return names

    def weight(self, name: str, value: np.ndarray) -> str:
        """An initializer named after the checkpoint's tensor; a second request for the same name reuses the first."""
        if name in self._initializers:
            return name
        value = np.ascontiguousarray(value)
        if value.nbytes <= _INLINE_BYTES:
            self._initializers[name] = numpy_helper.from_array(value, name)
            return name
        offset = -(-self._data.tell() // _ALIGNMENT) * _ALIGNMENT
        self._data.seek(offset)
        value.tofile(self._data)
        self._wrote(value.nbytes)
        tensor = TensorProto(name=name, dims=value.shape, data_location=TensorProto.EXTERNAL)
        tensor.data_type = helper.np_dtype_to_tensor_dtype(value.dtype)
        for key, entry in (("location", self.data_path.name), ("offset", offset), ("length", value.nbytes)):
            tensor.external_data.add(key=key, value=str(entry))
        self._initializers[name] = tensor
        return name

    def constant(self, value: Any, dtype: Any = np.float32) -> str:
        """A small constant; equal ones are shared."""
        array = np.asarray(value, dtype=dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            self._constants[key] = self.weight(f"constant_{len(self._constants)}", array)
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

    def linear(self, x: str, name: str, weight: np.ndarray, bias: np.ndarray | None = None) -> str:
        """torch.nn.Linear: `weight` is [out, in]; stored transposed for MatMul."""
        y = self.op("MatMul", x, self.weight(f"{name}.weight", weight.T))
        if bias is not None:
            y = self.op("Add", y, self.weight(f"{name}.bias", bias))
        outputs, inputs = weight.shape
        self._linears.append(_Linear(name, x, y, inputs, outputs))
        return y

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
        # rotate() swaps each pair; the sign of its first element goes into the sine.
        signs = self.constant(np.tile([-1.0, 1.0], head_dim // 2))
        return self.op("Cos", angles), self.op("Mul", self.op("Sin", angles), signs)

    def rotate(self, x: str, tables: tuple[str, str], head_dim: int) -> str:
        """Rotary embedding of [batch, length, heads, head_dim]."""
        swapped = self.op("Gather", x, self.constant(np.arange(head_dim) ^ 1, np.int64), axis=-1)
        cos, sin = tables
        return self.op("Add", self.op("Mul", x, cos), self.op("Mul", swapped, sin))

    def save(self) -> dict[str, Any]:
        """Writes the graph and gives its entry for the manifest."""
        self._data.close()
        if self.data_path.stat().st_size == 0:
            self.data_path.unlink()
        return self._write(self.path, self.name, self._nodes, self._inputs)

    def save_lora(self) -> dict[str, Any]:
        """Writes the LoRA variant beside the saved graph, whose external data it shares, and gives its entry.

        For each linear layer it takes `lora.MODULE.A` [in, rank] and `lora.MODULE.B` [rank, out] and adds (x A) B to
        the layer's output. Each rank is a dimension of its own name: ONNX Runtime plans memory by these names.
        """
        name = f"{self.name}_lora"
        nodes, inputs = [], list(self._inputs)
        adapted = {linear.y: linear for linear in self._linears}
        for node in self._nodes:
            linear = adapted.get(node.output[0])
            if linear is None:
                nodes.append(node)
                continue
            rank = f"rank_{(len(inputs) - len(self._inputs)) // 2}"
            a, b = (f"lora.{linear.module}.{matrix}" for matrix in "AB")
            inputs += [(a, "float32", [linear.inputs, rank]), (b, "float32", [rank, linear.outputs])]
            base = onnx.NodeProto()
            base.CopyFrom(node)
            base.output[0] = f"{linear.y}_base"
            nodes += [
                base,
                helper.make_node("MatMul", [linear.x, a], [f"{linear.y}_lora_A"], name=f"{linear.y}_lora_A"),
                helper.make_node("MatMul", [f"{linear.y}_lora_A", b], [f"{linear.y}_lora"], name=f"{linear.y}_lora"),
                helper.make_node("Add", [base.output[0], f"{linear.y}_lora"], [linear.y], name=f"{linear.y}_sum"),
            ]
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
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="acestep4j")
        path.write_bytes(model.SerializeToString(deterministic=True))

        def specs(values: list[tuple[str, str, Shape]]) -> list[dict[str, Any]]:
            return [{"name": n, "type": t, "shape": list(s)} for n, t, s in values]

        return {"file": path.name, "inputs": specs(inputs), "outputs": specs(self._outputs)}

    def __enter__(self) -> Graph:
        return self

    def __exit__(self, *_: object) -> None:
        self._data.close()
