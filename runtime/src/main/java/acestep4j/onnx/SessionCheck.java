package acestep4j.onnx;

import acestep4j.BundleException;
import acestep4j.bundle.ElementType;
import acestep4j.bundle.GraphSpec;
import acestep4j.bundle.TensorSpec;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares the inputs and outputs of a loaded graph with what the manifest states. */
final class SessionCheck {
    private static final String REMEDY = "; export the bundle again with scripts/export_onnx.py";

    private SessionCheck() {}

    static void check(GraphSpec spec, OrtSession session) throws OrtException {
        check(spec.file(), "input", spec.inputs(), session.getInputInfo());
        check(spec.file(), "output", spec.outputs(), session.getOutputInfo());
    }

    private static void check(String file, String kind, List<TensorSpec> expected, Map<String, NodeInfo> found) {
        for (TensorSpec tensor : expected) {
            NodeInfo node = found.get(tensor.name());
            if (node == null) {
                throw mismatch(file, kind, tensor.name(), tensor.describe(), names(found.keySet()));
            }
            if (!(node.getInfo() instanceof TensorInfo info) || !agrees(tensor, info)) {
                throw mismatch(file, kind, tensor.name(), tensor.describe(), describe(node));
            }
        }
        for (Map.Entry<String, NodeInfo> entry : found.entrySet()) {
            if (expected.stream().noneMatch(tensor -> tensor.name().equals(entry.getKey()))) {
                throw mismatch(file, kind, entry.getKey(), "no such " + kind, describe(entry.getValue()));
            }
        }
    }

    private static boolean agrees(TensorSpec expected, TensorInfo found) {
        return typeName(found).equals(expected.type().label())
                && expected.agreesWith(new TensorSpec(expected.name(), expected.type(), shape(found)));
    }

    private static String describe(NodeInfo node) {
        return node.getInfo() instanceof TensorInfo info
                ? typeName(info) + " " + shape(info)
                : "something that isn't a tensor";
    }

    private static List<String> shape(TensorInfo info) {
        List<String> shape = new ArrayList<>();
        for (int i = 0; i < info.getShape().length; i++) {
            long size = info.getShape()[i];
            String name = info.getDimensionNames()[i];
            shape.add(size >= 0 ? Long.toString(size) : name.isEmpty() ? "?" : name);
        }
        return shape;
    }

    private static String typeName(TensorInfo info) {
        return switch (info.onnxType) {
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> ElementType.FLOAT32.label();
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> ElementType.FLOAT16.label();
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> ElementType.BFLOAT16.label();
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> ElementType.INT64.label();
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> ElementType.BOOL.label();
            default -> info.type.toString().toLowerCase(java.util.Locale.ROOT);
        };
    }

    private static String names(Set<String> names) {
        List<String> sorted = names.stream().sorted().toList();
        return sorted.size() <= 8 ? sorted.toString() : sorted.subList(0, 8) + " and " + (sorted.size() - 8) + " more";
    }

    private static BundleException mismatch(String file, String kind, String name, String expected, String found) {
        return new BundleException(
                file + ": " + kind + " '" + name + "' expected " + expected + ", found " + found + REMEDY);
    }
}
