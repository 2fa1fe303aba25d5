package acestep4j.diffusion;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adaptive projected guidance (Sadat et al., 2024, arXiv 2410.02416), after {@code acestep/apg_guidance.py} at d612523:
 * the difference of the two passes goes through a momentum buffer, its norm is limited, and only its part orthogonal to
 * the conditional velocity is added. Norm and projection are per batch item and channel, over height x frames.
 *
 * <p>Holds the momentum of one generation: one object per generation, not thread-safe.
 */
public final class ApgGuidance implements Guidance {
    private static final float MOMENTUM = -0.75f;
    private static final float NORM_THRESHOLD = 2.5f;
    private static final double SMALLEST_NORM = 1e-12;

    private final float momentum;
    private float[] average;

    public ApgGuidance() {
        this(MOMENTUM);
    }

    private ApgGuidance(float momentum) {
        this.momentum = momentum;
    }

    /** Guidance in which each step stands for itself. */
    static ApgGuidance withoutMomentum() {
        return new ApgGuidance(0);
    }

    @Override
    public List<Pass> passes() {
        return List.of(Pass.UNCONDITIONAL);
    }

    /** @throws IllegalArgumentException if the velocities aren't of one size, that of the first step */
    @Override
    public void guide(Map<Pass, INDArray> velocities, int evaluation, double guidanceScale) {
        guide(velocities.get(Pass.CONDITIONAL), velocities.get(Pass.UNCONDITIONAL), guidanceScale);
    }

    void guide(INDArray conditional, INDArray unconditional, double guidanceScale) {
        FloatBuffer guided = Latents.values(conditional);
        if (average == null) {
            average = new float[guided.limit()];
        }
        FloatBuffer reference = Latents.values(unconditional);
        if (guided.limit() != average.length || reference.limit() != average.length) {
            throw new IllegalArgumentException("velocities: expected " + average.length + " values, found "
                    + guided.limit() + " conditional and " + reference.limit() + " unconditional ones");
        }
        float strength = (float) (guidanceScale - 1);
        int plane = Math.toIntExact(conditional.size(2) * conditional.size(3));
        for (int start = 0; start < average.length; start += plane) {
            guidePlane(guided, reference, start, start + plane, strength);
        }
        Reference.reachabilityFence(conditional);
        Reference.reachabilityFence(unconditional);
    }

    private void guidePlane(FloatBuffer conditional, FloatBuffer unconditional, int start, int end, float strength) {
        double averageSquares = 0;
        double conditionalSquares = 0;
        for (int i = start; i < end; i++) {
            float value = conditional.get(i);
            float next = (value - unconditional.get(i)) + momentum * average[i];
            average[i] = next;
            averageSquares += (double) next * next;
            conditionalSquares += (double) value * value;
        }
        // A difference of 0 has no norm to limit: the quotient is infinite there.
        float limit = Math.min(1, NORM_THRESHOLD / (float) Math.sqrt(averageSquares));
        double norm = Math.max(Math.sqrt(conditionalSquares), SMALLEST_NORM);

        double dot = 0;
        for (int i = start; i < end; i++) {
            dot += (double) (average[i] * limit) * conditional.get(i);
        }
        double along = dot / (norm * norm);
        for (int i = start; i < end; i++) {
            float value = conditional.get(i);
            float orthogonal = (float) (average[i] * limit - along * value);
            conditional.put(i, value + strength * orthogonal);
        }
    }
}
