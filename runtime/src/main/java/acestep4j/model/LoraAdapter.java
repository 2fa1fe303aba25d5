package acestep4j.model;

import acestep4j.LoraException;
import acestep4j.LoraReference;
import acestep4j.bundle.GraphSpec;
import acestep4j.bundle.TensorSpec;
import acestep4j.diffusion.Latents;
import acestep4j.lora.LoraFile;
import acestep4j.lora.LoraLayer;
import acestep4j.lora.LoraMatrix;
import acestep4j.onnx.Tensor;
import acestep4j.onnx.Tensors;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A LoRA at one weight as the two graphs take it, off the Java heap: per linear layer {@code A} [inputs, rank] and
 * {@code B} [rank, outputs], the latter with scaling and weight. What the LoRA leaves alone gets zeros of rank 1.
 * Immutable; whoever made it closes it.
 */
final class LoraAdapter implements AutoCloseable {
    /** Layers that PEFT can adapt and that the official code computes in training only, or not at all. */
    private static final Pattern UNUSED = Pattern.compile(
            "projectors\\.\\d+\\.\\d+" + "|transformer_blocks\\.\\d+\\.cross_attn\\.(add_[qkv]_proj|to_add_out)");

    private final LoraReference reference;
    private final Map<String, INDArray> zeros = new HashMap<>();
    private final List<INDArray> arrays = new ArrayList<>();
    private final Tensors conditionEncoder = new Tensors();
    private final Tensors transformer = new Tensors();

    private LoraAdapter(LoraReference reference) {
        this.reference = reference;
    }

    /**
     * @param weight factor on what the LoRA adds, finite
     * @throws LoraException naming the first key that doesn't fit these graphs
     */
    static LoraAdapter load(LoraFile file, double weight, GraphSpec conditionEncoder, GraphSpec transformer) {
        check(file, weight, conditionEncoder, transformer);
        LoraAdapter adapter = new LoraAdapter(new LoraReference(file.name(), file.sha256(), weight));
        try {
            Map<String, LoraLayer> layers = new HashMap<>();
            file.layers().forEach(layer -> layers.put(layer.module(), layer));
            adapter.fill(adapter.conditionEncoder, conditionEncoder, layers);
            adapter.fill(adapter.transformer, transformer, layers);
            return adapter;
        } catch (RuntimeException | Error e) {
            adapter.close();
            throw e;
        }
    }

    LoraReference reference() {
        return reference;
    }

    /** Bytes of its matrices. */
    long bytes() {
        return Stream.of(conditionEncoder, transformer)
                .flatMap(tensors -> tensors.byName().values().stream())
                .mapToLong(tensor -> Float.BYTES * Arrays.stream(tensor.shape()).reduce(1, Math::multiplyExact))
                .sum();
    }

    Map<String, Tensor> conditionEncoder() {
        return conditionEncoder.byName();
    }

    Map<String, Tensor> transformer() {
        return transformer.byName();
    }

    @Override
    public void close() {
        conditionEncoder.close();
        transformer.close();
        arrays.forEach(INDArray::close);
        arrays.clear();
    }

    private static void check(LoraFile file, double weight, GraphSpec... graphs) {
        for (LoraLayer layer : file.layers()) {
            if (UNUSED.matcher(layer.module()).matches()) {
                continue;
            }
            GraphSpec graph = null;
            for (GraphSpec candidate : graphs) {
                graph = candidate.input(nameOf(layer, "A")).isPresent() ? candidate : graph;
            }
            if (graph == null) {
                throw refused(file, layer.a(), "a linear layer of this bundle's model", "layer " + layer.module());
            }
            long inputs = fixed(graph, nameOf(layer, "A"), 0);
            if (layer.a().columns() != inputs) {
                throw refused(file, layer.a(), "shape [" + layer.rank() + ", " + inputs + "]", describe(layer.a()));
            }
            long outputs = fixed(graph, nameOf(layer, "B"), 1);
            if (layer.b().rows() != outputs) {
                throw refused(file, layer.b(), "shape [" + outputs + ", " + layer.rank() + "]", describe(layer.b()));
            }
            if (!Float.isFinite((float) (layer.scaling() * weight))) {
                throw refused(
                        file, layer.b(), "a finite factor", "scaling " + layer.scaling() + " by weight " + weight);
            }
        }
    }

    private void fill(Tensors target, GraphSpec graph, Map<String, LoraLayer> layers) {
        for (TensorSpec input : graph.loraInputs()) {
            boolean isA = input.name().endsWith(".A");
            LoraLayer layer = layers.get(moduleOf(input.name()));
            INDArray array;
            if (layer == null) {
                array = isA
                        ? zeros(input.size(0).orElseThrow(), 1)
                        : zeros(1, input.size(1).orElseThrow());
            } else if (isA) {
                array = transposed(layer.a(), 1);
            } else {
                array = transposed(layer.b(), (float) (layer.scaling() * reference.weight()));
            }
            target.with(input.name(), Tensor.of(array));
        }
    }

    private INDArray zeros(long rows, long columns) {
        return zeros.computeIfAbsent(rows + "x" + columns, size -> create(rows, columns));
    }

    private INDArray transposed(LoraMatrix matrix, float factor) {
        float[] values = matrix.values().get();
        INDArray array = create(matrix.columns(), matrix.rows());
        FloatBuffer target = Latents.values(array);
        for (int column = 0; column < matrix.columns(); column++) {
            for (int row = 0; row < matrix.rows(); row++) {
                target.put(values[row * matrix.columns() + column] * factor);
            }
        }
        return array;
    }

    private INDArray create(long rows, long columns) {
        INDArray array = Latents.create(rows, columns);
        arrays.add(array);
        return array;
    }

    private static String nameOf(LoraLayer layer, String matrix) {
        return "lora." + layer.module() + "." + matrix;
    }

    private static String moduleOf(String input) {
        return input.substring("lora.".length(), input.length() - ".A".length());
    }

    private static long fixed(GraphSpec graph, String input, int dimension) {
        return graph.input(input).orElseThrow().size(dimension).orElseThrow();
    }

    private static String describe(LoraMatrix matrix) {
        return "[" + matrix.rows() + ", " + matrix.columns() + "]";
    }

    private static LoraException refused(LoraFile file, LoraMatrix matrix, String expected, String found) {
        return new LoraException(file.path() + ": '" + matrix.key() + "': expected " + expected + ", found " + found
                + "; use a LoRA that was trained for this model");
    }
}
