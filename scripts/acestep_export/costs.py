"""What a graph costs when it runs, as polynomials in its dynamic dimensions: bytes and multiplications of one item.

The graph is followed with numbers in the place of its dynamic dimensions, several times with others, and polynomials
are laid through what comes out. Bytes are those that lie between the nodes at once, as ONNX Runtime has them: a value
lives from its node to the last one that takes it, a reshaped one is the same memory, and an operation on elements
writes over an input that nobody needs any more where both shapes are known to be equal.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference
from onnx.reference import ReferenceEvaluator

Polynomial = dict[str, int]  # coefficient by the dimensions multiplied, such as "condition_tokens*frames"; "1" for none

_UNIT = 960  # sizes are followed in multiples of it, a multiple of most tiles
_SAMPLES_UNIT = 61440  # a multiple of the samples of a latent frame too
_LIKELY = (32, 256, 4096)  # sizes for which it is asked where most bytes lie at once
_SAME_MEMORY = {"Reshape", "Squeeze", "Unsqueeze", "Identity"}
_OVER_AN_INPUT = {
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Relu",
    "Sigmoid",
    "Tanh",
    "Cast",
    "Clip",
    "Neg",
    "Abs",
    "Sqrt",
    "Softmax",
}
_RANK = 128  # stands for each rank of a LoRA
_ITERATION = "@"  # between the name of a value in a loop and the iteration
_MOST_COMPUTED = 64  # elements that a node takes which has to do with sizes


def of(model: onnx.ModelProto) -> dict[str, Any]:
    """The manifest's figures of a graph; `activation_bytes` is the largest of its polynomials."""
    names = {d.dim_param for v in model.graph.input for d in _dims(v) if d.dim_param and not _is_rank(d.dim_param)}
    others = sorted(names - {"batch"})
    powers = [()] + [(d,) for d in others] + list(itertools.combinations_with_replacement(others, 2))
    units = [{d: 1 + power.count(d) for d in others} for power in powers]
    likely = [
        {d: size / _unit(d) for d, size in zip(others, chosen, strict=True)}
        for chosen in itertools.product(_LIKELY, repeat=len(others))
    ]
    equal = shape_inference.infer_shapes(model, data_prop=True).graph
    named = {v.name: _names(v) for v in (*equal.value_info, *equal.input, *equal.output)}
    followed = [_Run(model, named, {"batch": 1, **{d: n * _unit(d) for d, n in each.items()}}) for each in units]
    grid = _values(powers, units)
    alive = np.linalg.solve(grid, np.array([list(run.alive.values()) for run in followed], np.float64))
    most = sorted(set((_values(powers, likely) @ alive).argmax(axis=1).tolist()))
    products = np.linalg.solve(grid, np.array([run.products for run in followed], np.float64))
    return {
        "weight_bytes": _weight_bytes(model.graph),
        "activation_bytes": [_polynomial(powers, alive[:, node]) for node in most],
        "multiply_adds": _polynomial(powers, products),
    }


def _weight_bytes(graph: onnx.GraphProto) -> int:
    """All but the tables from which rows are picked: they are mapped, and only those rows come into memory."""
    elsewhere = {
        name for node in _all_nodes(graph) for i, name in enumerate(node.input) if (node.op_type, i) != ("Gather", 0)
    }
    return sum(_bytes(i.data_type) * prod(i.dims) for i in graph.initializer if i.name in elsewhere)


def _all_nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            yield from _all_nodes(attribute.g)


def _unit(dimension: str) -> int:
    return _SAMPLES_UNIT if dimension == "samples" else _UNIT


def _is_rank(name: str) -> bool:
    return name.startswith("rank_")


def _values(terms: Sequence[tuple[str, ...]], sizes: Sequence[Mapping[str, float]]) -> np.ndarray:
    return np.array([[prod(size[d] for d in term) for term in terms] for size in sizes], np.float64)


def _polynomial(terms: Sequence[tuple[str, ...]], coefficients: np.ndarray) -> Polynomial:
    """Of coefficients for sizes counted in units."""
    whole = {
        "*".join(term) or "1": round(c / prod(_unit(d) for d in term))
        for term, c in zip(terms, coefficients.tolist(), strict=True)
    }
    return {term: coefficient for term, coefficient in whole.items() if coefficient}


def _bytes(data_type: int) -> int:
    return helper.tensor_dtype_to_np_dtype(data_type).itemsize


def _dims(value: onnx.ValueInfoProto) -> Any:
    return value.type.tensor_type.shape.dim


class _Run:
    """A graph with numbers for its dynamic dimensions: bytes `alive` at each node, in a loop the most of all
    iterations, and the `products` of all nodes."""

    def __init__(
        self, model: onnx.ModelProto, named: Mapping[str, tuple[int | str, ...] | None], sizes: Mapping[str, int]
    ) -> None:
        """`named` are the shapes as far as they are known without sizes."""
        self._outputs = {v.name for v in model.graph.output}
        self._named = named
        self._nodes: list[onnx.NodeProto] = []
        self._shapes = _Shapes(model, sizes, self._nodes).shapes()
        self.alive = self._follow()
        self.products = sum(self._multiply_adds(node) for node in self._nodes)

    def _size(self, value: str) -> int:
        shape, data_type = self._shapes[value]
        return prod(shape) * _bytes(data_type)

    def _follow(self) -> dict[str, int]:
        last = {}
        for i, node in enumerate(self._nodes):
            last |= {value: i for value in node.input}
        block: dict[str, str] = {}  # the value whose memory a value lies in
        users: dict[str, set[str]] = {}
        now, alive = 0, dict[str, int]()
        for i, node in enumerate(self._nodes):
            dying = {v for v in node.input if v in block and last[v] == i and v not in self._outputs}
            for output in node.output:
                home = self._home(node, output, block, users, dying)
                if home is None:
                    block[output] = output
                    users[output] = {output}
                    now += self._size(output)
                else:
                    block[output] = block[home]
                    users[block[home]].add(output)
            name = node.output[0].split(_ITERATION)[0]
            alive[name] = max(alive.get(name, 0), now + self._workspace(node))
            for value in dying | {o for o in node.output if o not in last and o not in self._outputs}:
                users[block[value]].discard(value)
                if not users[block[value]]:
                    now -= self._size(block[value])
        return alive

    def _home(
        self, node: onnx.NodeProto, output: str, block: dict[str, str], users: dict[str, set[str]], dying: set[str]
    ) -> str | None:
        """The input in whose memory an output lies, if it does."""
        if output in self._outputs:
            return None
        if node.op_type in _SAME_MEMORY:
            return node.input[0] if node.input[0] in block else None
        if node.op_type in _OVER_AN_INPUT:
            for value in node.input[:2]:
                known = self._named.get(value) is not None and self._named.get(value) == self._named.get(output)
                if (
                    value in dying
                    and users[block[value]] == {value}
                    and known
                    and self._size(value) == self._size(output)
                ):
                    return value
        return None

    def _workspace(self, node: onnx.NodeProto) -> int:
        """Bytes that a node takes for itself: the attention's weights and its mask in float32."""
        if node.op_type != "Attention":
            return 0
        (batch, heads, queries, _), _ = self._shapes[node.input[0]]
        keys = self._shapes[node.input[1]][0][2]
        return 4 * batch * (heads + 1) * queries * keys

    def _multiply_adds(self, node: onnx.NodeProto) -> int:
        if node.op_type in ("MatMul", "MatMulIntegerToFloat"):
            return prod(self._shapes[node.output[0]][0]) * self._shapes[node.input[0]][0][-1]
        if node.op_type == "Conv":
            return prod(self._shapes[node.output[0]][0]) * prod(self._shapes[node.input[1]][0][1:])
        if node.op_type == "ConvTranspose":
            return prod(self._shapes[node.input[0]][0]) * prod(self._shapes[node.input[1]][0][1:])
        if node.op_type == "Attention":
            batch, heads, queries, width = self._shapes[node.input[0]][0]
            return 2 * batch * heads * queries * self._shapes[node.input[1]][0][2] * width
        return 0


def _names(value: onnx.ValueInfoProto) -> tuple[int | str, ...] | None:
    """The shape with names; None where a dimension has neither a name nor a number."""
    shape = tuple(d.dim_value if d.HasField("dim_value") else d.dim_param for d in _dims(value))
    return None if "" in shape else shape


class _Shapes:
    """Shape and type of each value; what is made of sizes alone is computed, and loops are unrolled by it."""

    def __init__(self, model: onnx.ModelProto, sizes: Mapping[str, int], followed: list[onnx.NodeProto]) -> None:
        """`followed` is given the nodes one after the other, those of a loop's body once for each iteration."""
        self._opset = next(o.version for o in model.opset_import if not o.domain)
        self._followed = followed
        self._sequences: dict[str, list[str]] = {}
        self._numbers = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer if not i.external_data}
        self._types = {i.name: helper.make_tensor_type_proto(i.data_type, i.dims) for i in model.graph.initializer}
        for value in model.graph.input:
            # Numbers that say how much of the others is left out: with none, the costs are the highest.
            if value.type.tensor_type.elem_type == TensorProto.INT64 and all(d.dim_value for d in _dims(value)):
                self._numbers[value.name] = np.zeros([d.dim_value for d in _dims(value)], np.int64)
            self._types[value.name] = helper.make_tensor_type_proto(
                value.type.tensor_type.elem_type,
                [_RANK if _is_rank(d.dim_param) else sizes.get(d.dim_param, d.dim_value) for d in _dims(value)],
            )
        for node in model.graph.node:
            self._follow(node)

    def shapes(self) -> dict[str, tuple[tuple[int, ...], int]]:
        return {
            name: (tuple(d.dim_value for d in value.tensor_type.shape.dim), value.tensor_type.elem_type)
            for name, value in self._types.items()
        }

    def _follow(self, node: onnx.NodeProto) -> None:
        if node.op_type == "Loop":
            self._unroll(node)
        elif node.op_type == "SequenceEmpty":
            self._sequences[node.output[0]] = []
        elif node.op_type == "SequenceInsert":  # it copies
            copy = f"{node.output[0]}_inserted"
            self._types[copy] = self._types[node.input[1]]
            self._followed.append(helper.make_node("Copy", [node.input[1]], [copy]))
            self._sequences[node.output[0]] = [*self._sequences[node.input[0]], copy]
        elif node.op_type == "ConcatFromSequence":
            axis = next(a.i for a in node.attribute if a.name == "axis")
            self._follow(helper.make_node("Concat", self._sequences[node.input[0]], list(node.output), axis=axis))
        elif node.op_type == "Identity" and node.input[0] in self._sequences:
            self._sequences[node.output[0]] = self._sequences[node.input[0]]
        else:
            self._followed.append(node)
            computed = _computed(node, self._types, self._numbers)
            if computed is None:
                self._types |= self._inferred(node)
            else:
                self._numbers[node.output[0]] = computed
                self._types[node.output[0]] = helper.make_tensor_type_proto(TensorProto.INT64, computed.shape)

    def _unroll(self, loop: onnx.NodeProto) -> None:
        body = next(a.g for a in loop.attribute if a.name == "body")
        iteration, _, *states = (value.name for value in body.input)
        current = dict(zip(states, loop.input[2:], strict=True))
        count = int(self._numbers[loop.input[0]])
        for i in range(count):
            names = current | {iteration: f"{iteration}{_ITERATION}{i}"}
            self._numbers[names[iteration]] = np.array(i, np.int64)
            self._types[names[iteration]] = helper.make_tensor_type_proto(TensorProto.INT64, [])
            for original in body.node:
                if original.output[0] == body.output[0].name:
                    continue  # whether to go on
                node = onnx.NodeProto()
                node.CopyFrom(original)
                names |= {name: f"{name}{_ITERATION}{i}" for name in original.output}
                node.input[:] = [names.get(name, name) for name in original.input]
                node.output[:] = [names[name] for name in original.output]
                self._follow(node)
            current = {state: names[v.name] for state, v in zip(states, body.output[1:], strict=True)}
        for state, name in zip(states, loop.output, strict=True):
            self._follow(helper.make_node("Identity", [current[state]], [name]))

    def _inferred(self, node: onnx.NodeProto) -> dict[str, onnx.TypeProto]:
        if node.op_type == "MatMulIntegerToFloat":  # ONNX Runtime's own
            shape = [d.dim_value for d in self._types[node.input[0]].tensor_type.shape.dim]
            shape[-1] = self._types[node.input[1]].tensor_type.shape.dim[-1].dim_value
            return {node.output[0]: helper.make_tensor_type_proto(TensorProto.FLOAT, shape)}
        outputs = shape_inference.infer_node_outputs(
            onnx.defs.get_schema(node.op_type, self._opset),
            node,
            {name: self._types[name] for name in node.input if name},
            {n: numpy_helper.from_array(self._numbers[n], n) for n in node.input if n in self._numbers},
            opset_imports=[helper.make_opsetid("", self._opset)],
        )
        for name in node.output:
            if not all(d.HasField("dim_value") for d in outputs[name].tensor_type.shape.dim):
                raise ValueError(f"no shape is known of {name}")
        return outputs


def _computed(
    node: onnx.NodeProto, types: Mapping[str, onnx.TypeProto], numbers: Mapping[str, np.ndarray]
) -> np.ndarray | None:
    """The output of a node that has to do with sizes and not with data; None for another."""
    if node.op_type == "Shape":
        window = {a.name: a.i for a in node.attribute}
        shape = [d.dim_value for d in types[node.input[0]].tensor_type.shape.dim]
        return np.array(shape[window.get("start", 0) : window.get("end", len(shape))], np.int64)
    inputs = [numbers[name] for name in node.input if name in numbers and numbers[name].dtype == np.int64]
    if len(inputs) < len(node.input) or sum(v.size for v in inputs) > _MOST_COMPUTED:
        return None
    if not inputs and node.op_type != "Constant":
        return None
    value = ReferenceEvaluator(node).run(None, dict(zip(node.input, inputs, strict=True)))[0]
    return value if value.dtype == np.int64 else None
