#!/usr/bin/env python3
"""Writes the graphs that tell whether a CUDA device can compute in a precision, before any weights are loaded.

A convolution in float32 (cuDNN) and a matrix product in the precision (cuBLAS, the card's own code):
python scripts/make_device_probe.py --out runtime/src/main/resources/acestep4j/onnx
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TYPES = {"fp32": TensorProto.FLOAT, "bf16": TensorProto.BFLOAT16}


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
    shape = [1, 8, 16]
    graph = helper.make_graph(
        nodes,
        f"probe_{name}",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
        [kernel, weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name in TYPES:
        onnx.save(probe(name), args.out / f"probe_{name}.onnx")


if __name__ == "__main__":
    main()
