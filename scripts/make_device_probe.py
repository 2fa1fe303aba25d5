#!/usr/bin/env python3
"""Writes small graphs that tell what a device can do, before any weights are loaded.

probe_*: whether it computes in a precision, by a convolution in float32 (cuDNN) and a matrix product in the precision
(cuBLAS, the card's own code). speed_*: how fast, by products as the bundles' linear layers have them, whose weights are
made when the graph is loaded.

python scripts/make_device_probe.py --out runtime/src/main/resources/acestep4j/onnx
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TYPES = {"fp32": TensorProto.FLOAT, "bf16": TensorProto.BFLOAT16}
SPEED_ROWS, SPEED_WIDTH, SPEED_PRODUCTS = 256, 1024, 4


def probe(name: str) -> onnx.ModelProto:
    kernel = numpy_helper.from_array(np.full((8, 8, 3), 0.5, np.float32), "kernel")
    weights = numpy_helper.from_array(np.full((16, 16), 0.25, np.float32), "weights")
    nodes = [
        helper.make_node("Conv", ["x", "kernel"], ["convolved"], pads=[1, 1]),
        helper.make_node("Cast", ["convolved"], ["a"], to=TYPES[name]),
        helper.make_node("Transpose", ["weights"], ["turned"], perm=[1, 0]),
        helper.make_node("Cast", ["turned"], ["b"], to=TYPES[name]),
        helper.make_node("MatMul", ["a", "b"], ["product"]),
        helper.make_node("Cast", ["product"], ["y"], to=TensorProto.FLOAT),
    ]
    return model(f"probe_{name}", nodes, [1, 8, 16], [kernel, weights])


def speed(name: str) -> onnx.ModelProto:
    """Products one after the other, each of the one before."""
    numbers = [numpy_helper.from_array(np.array([SPEED_WIDTH, SPEED_WIDTH], np.int64), "shape")]
    if name == "int8":
        one = helper.make_tensor("value", TensorProto.INT8, [1], [1])
        for key, value in (
            ("step", np.float32(1)),
            ("zero", np.uint8(128)),
            ("scale", np.ones(SPEED_WIDTH, np.float32)),
        ):
            numbers.append(numpy_helper.from_array(np.asarray(value), key))
    else:
        one = helper.make_tensor("value", TYPES[name], [1], [1])
    nodes = [helper.make_node("ConstantOfShape", ["shape"], ["weights"], value=one)]
    value = "x"
    for i in range(SPEED_PRODUCTS):
        if name == "int8":
            nodes.append(helper.make_node("QuantizeLinear", [value, "step", "zero"], [f"rows_{i}"]))
            inputs = [f"rows_{i}", "weights", "step", "scale", "zero", "", ""]
            nodes.append(helper.make_node("MatMulIntegerToFloat", inputs, [f"y_{i}"], domain="com.microsoft"))
        else:
            nodes.append(helper.make_node("Cast", [value], [f"rows_{i}"], to=TYPES[name]))
            nodes.append(helper.make_node("MatMul", [f"rows_{i}", "weights"], [f"y_{i}"]))
        value = f"y_{i}"
    nodes.append(helper.make_node("Cast", [value], ["y"], to=TensorProto.FLOAT))
    return model(f"speed_{name}", nodes, [SPEED_ROWS, SPEED_WIDTH], numbers)


def model(
    name: str, nodes: list[onnx.NodeProto], shape: list[int], initializers: list[onnx.TensorProto]
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
        initializers,
    )
    opsets = [helper.make_opsetid("", 22)]
    contributed = any(node.domain for node in nodes)
    if contributed:
        opsets.append(helper.make_opsetid("com.microsoft", 1))
    made = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    onnx.checker.check_model(made, full_check=not contributed)
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name in TYPES:
        onnx.save(probe(name), args.out / f"probe_{name}.onnx")
    for name in (*TYPES, "int8"):
        onnx.save(speed(name), args.out / f"speed_{name}.onnx")


if __name__ == "__main__":
    main()
