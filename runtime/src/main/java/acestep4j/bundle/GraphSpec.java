package acestep4j.bundle;

import java.util.List;
import java.util.Optional;

/**
 * One ONNX graph of a bundle in one precision.
 *
 * @param file its path inside the bundle, with forward slashes
 * @param inputs every input, in the graph's order
 * @param outputs every output, in the graph's order
 * @param costs what it takes when it runs
 */
public record GraphSpec(String file, List<TensorSpec> inputs, List<TensorSpec> outputs, GraphCosts costs) {
    private static final String LORA_PREFIX = "lora.";

    public GraphSpec {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** The precision of its weights: float32 where the bundle's precision has no graph of its own. */
    public String precision() {
        return file.substring(0, Math.max(0, file.indexOf('/')));
    }

    public Optional<TensorSpec> input(String name) {
        return find(inputs, name);
    }

    /** The inputs for a LoRA's matrices: {@code lora.MODULE.A} [inputs, rank] and {@code lora.MODULE.B} [rank, outputs]. */
    public List<TensorSpec> loraInputs() {
        return inputs.stream()
                .filter(tensor -> tensor.name().startsWith(LORA_PREFIX))
                .toList();
    }

    public Optional<TensorSpec> output(String name) {
        return find(outputs, name);
    }

    private static Optional<TensorSpec> find(List<TensorSpec> tensors, String name) {
        return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
    }
}
