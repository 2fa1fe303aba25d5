package acestep4j.model;

import acestep4j.Cancellation;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.Tensor;
import acestep4j.onnx.Tensors;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** The T5 encoder of the prompt (UMT5-base in the published model). Immutable and thread-safe. */
public final class TextEncoder {
    private final OnnxGraph graph;

    public TextEncoder(OnnxGraph graph) {
        this.graph = graph;
    }

    /**
     * Encodes one prompt.
     *
     * @param ids the prompt's token ids, all of which count
     * @param tau factor on the attention's queries in the upper layers; 1 for the plain states
     */
    public TextStates encode(long[] ids, float tau, Cancellation cancellation) {
        long[] mask = new long[ids.length];
        Arrays.fill(mask, 1);
        try (Tensors inputs = new Tensors()) {
            inputs.with("input_ids", Tensor.of(ids, 1, ids.length))
                    .with("attention_mask", Tensor.of(mask, 1, ids.length))
                    .with("tau", Tensor.of(new float[] {tau}));
            try (Tensors outputs = graph.run(inputs.byName(), cancellation)) {
                Tensor states = outputs.get("text_states");
                FloatBuffer values = states.copyOfFloats();
                float[] copy = new float[values.remaining()];
                values.get(copy);
                return new TextStates(copy, ids.length);
            }
        }
    }
}
