"""The polynomials of what a graph costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from acestep_export import costs
from acestep_export.graph import Graph

Shape = list[int | str]


def graph_costs(folder: Path, build: Callable[[Graph], None]) -> dict[str, Any]:
    with Graph("graph", folder, lambda _: None) as g:
        build(g)
        return g.save()["costs"]


def test_a_linear_layer(tmp_path: Path) -> None:
    def build(g: Graph) -> None:
        x = g.input("x", "float32", ["batch", "frames", 8])
        y = g.linear(x, "layer", np.ones((16, 8), np.float32), np.ones(16, np.float32))
        g.output(g.op("Relu", y), "y", "float32", ["batch", "frames", 16])

    assert graph_costs(tmp_path, build) == {
        "weight_bytes": 4 * (8 * 16 + 16),
        # the bias and the activation are written over the product; the output is another block
        "activation_bytes": [{"frames": 2 * 4 * 16}],
        "multiply_adds": {"frames": 8 * 16},
    }


def test_reshaped_values_share_memory_and_attention_has_its_weights(tmp_path: Path) -> None:
    def build(g: Graph) -> None:
        q = g.input("q", "float32", ["batch", 2, "frames", 8])
        kv = g.input("kv", "float32", ["batch", 2, "tokens", 8])
        x = g.op("Attention", g.op("Mul", q, g.constant(2)), kv, kv)
        g.output(g.reshape(g.reshape(x, 0, 16, -1), 0, 2, -1, 8), "y", "float32", ["batch", 2, "frames", 8])

    found = graph_costs(tmp_path, build)
    assert {"frames": 2 * 4 * 16, "frames*tokens": 3 * 4} in found["activation_bytes"]
    assert found["multiply_adds"] == {"frames*tokens": 2 * 2 * 8}


def test_picked_rows_leave_their_table_on_disk(tmp_path: Path) -> None:
    def build(g: Graph) -> None:
        ids = g.input("ids", "int64", ["batch", "tokens"])
        x = g.op("Gather", g.weight("table", np.ones((1000, 8), np.float32)), ids)
        g.output(x, "y", "float32", ["batch", "tokens", 8])

    assert graph_costs(tmp_path, build)["weight_bytes"] == 0


def test_a_loop_holds_one_iteration_and_what_it_joins() -> None:
    """Slabs of 512 frames, doubled three times over."""
    frames: Shape = ["batch", "frames", 4]
    sequence = helper.make_sequence_type_proto(helper.make_tensor_type_proto(TensorProto.FLOAT, None))
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go_on"], ["goes_on"]),
            helper.make_node("Mul", ["i", "slab"], ["begin"]),
            helper.make_node("Add", ["begin", "slab"], ["end"]),
            helper.make_node("Slice", ["x", "begin", "end", "axis"], ["part"]),
            helper.make_node("Concat", ["part", "part", "part"], ["wide"], axis=2),
            helper.make_node("ReduceSum", ["wide", "channels"], ["sum"], keepdims=1),
            helper.make_node("SequenceInsert", ["state", "sum"], ["result"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_value_info("state", sequence),
        ],
        [helper.make_tensor_value_info("goes_on", TensorProto.BOOL, []), helper.make_value_info("result", sequence)],
    )
    nodes = [
        helper.make_node("Shape", ["x"], ["frames"], start=1, end=2),
        helper.make_node("Div", ["frames", "slab"], ["slabs"]),
        helper.make_node("Squeeze", ["slabs"], ["count"]),
        helper.make_node("SequenceEmpty", [], ["empty"]),
        helper.make_node("Loop", ["count", "", "empty"], ["sums"], body=body),
        helper.make_node("ConcatFromSequence", ["sums"], ["joined"], axis=1),
        helper.make_node("Identity", ["joined"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, frames)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", "frames", 1])],
        [
            helper.make_tensor(name, TensorProto.INT64, [1], [n])
            for name, n in (("slab", 512), ("axis", 1), ("channels", 2))
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 23)])
    onnx.checker.check_model(model)
    found = costs.of(model)
    loop = next(p for p in found["activation_bytes"] if p.get("1", 0) > 10_000)
    assert loop["frames"] == 4  # the sums so far, of the last iteration
    assert abs(loop["1"] - 512 * 4 * (4 + 12)) < 512 * 4 * 4


def test_every_graph_of_a_bundle_says_what_it_costs(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    for precisions in manifest["graphs"].values():
        for graph in precisions.values():
            found = graph["costs"]
            weights = (bundle / graph["file"].replace("_lora", "")).with_suffix(".onnx.data").stat().st_size
            assert 0 < found["weight_bytes"] < 1.5 * weights
            names = {d for value in graph["inputs"] for d in value["shape"] if isinstance(d, str)}
            for polynomial in (*found["activation_bytes"], found["multiply_adds"]):
                assert polynomial
                assert {d for term in polynomial if term != "1" for d in term.split("*")} <= names
