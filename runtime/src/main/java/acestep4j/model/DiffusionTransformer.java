package acestep4j.model;

import acestep4j.Cancellation;
import acestep4j.diffusion.Denoiser;
import acestep4j.diffusion.Pass;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.Tensor;
import acestep4j.onnx.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The transformer that predicts the velocity of the latents, one step at a time. Immutable and thread-safe. */
public final class DiffusionTransformer {
    private static final float PLAIN = 1;

    private final OnnxGraph graph;

    public DiffusionTransformer(OnnxGraph graph) {
        this.graph = graph;
    }

    /**
     * The transformer under the conditions of one generation, which stay the caller's to close.
     *
     * @param unconditional what the unconditional pass attends to; empty when no step is guided
     * @param unconditionalTau factor on the attention's queries in that pass; 1 for the plain pass
     */
    public Denoiser under(
            Condition conditional,
            Optional<Condition> unconditional,
            float unconditionalTau,
            Cancellation cancellation) {
        return (latents, timestep, pass, velocity) -> {
            if (pass == Pass.CONDITIONAL) {
                denoise(latents, timestep, conditional, PLAIN, velocity, cancellation);
            } else {
                denoise(latents, timestep, unconditional.orElseThrow(), unconditionalTau, velocity, cancellation);
            }
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
            graph.run(inputs, outputs.byName(), cancellation);
        }
    }
}
