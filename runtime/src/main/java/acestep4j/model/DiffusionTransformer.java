package acestep4j.model;

import acestep4j.Cancellation;
import acestep4j.diffusion.Denoiser;
import acestep4j.diffusion.Pass;
import acestep4j.onnx.Lease;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.Tensor;
import acestep4j.onnx.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The transformer that predicts the velocity of the latents, one step at a time. Immutable and thread-safe. */
public final class DiffusionTransformer {
    private static final float PLAIN = 1;

    private final OnnxGraph graph;
    private final Map<String, Tensor> lora;

    /**
     * @param lora a tensor for each of the graph's LoRA inputs, which stay the caller's to close; empty for a graph
     *     without them
     */
    public DiffusionTransformer(OnnxGraph graph, Map<String, Tensor> lora) {
        this.graph = graph;
        this.lora = lora;
    }

    /** Keeps its graph loaded from one run to the next, until the lease is closed. */
    public Lease<?> hold() {
        return graph.hold();
    }

    /**
     * The transformer under the conditions of one generation, which stay the caller's to close.
     *
     * @param conditions what each pass attends to; only these passes can be asked for
     * @param unconditionalTau factor on the attention's queries in the unconditional pass; 1 for the plain pass
     */
    public Denoiser under(Map<Pass, Condition> conditions, float unconditionalTau, Cancellation cancellation) {
        return (latents, timestep, pass, velocity) -> {
            float tau = pass == Pass.UNCONDITIONAL ? unconditionalTau : PLAIN;
            denoise(latents, timestep, conditions.get(pass), tau, velocity, cancellation);
        };
    }

    private void denoise(
            INDArray latents,
            float timestep,
            Condition condition,
            float tau,
            INDArray velocity,
            Cancellation cancellation) {
        float[] timesteps = new float[(int) latents.size(0)];
        Arrays.fill(timesteps, timestep);
        try (Tensors own = new Tensors();
                Tensors outputs = new Tensors()) {
            own.with("latents", Tensor.of(latents))
                    .with("timestep", Tensor.of(timesteps, timesteps.length))
                    .with("tau", Tensor.of(new float[] {tau}));
            outputs.with("velocity", Tensor.of(velocity));
            Map<String, Tensor> inputs = new LinkedHashMap<>(own.byName());
            inputs.putAll(condition.tensors().byName());
            inputs.putAll(lora);
            graph.run(inputs, outputs.byName(), cancellation);
        }
    }
}
