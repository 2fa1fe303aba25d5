package acestep4j.diffusion;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Euler steps from noise (sigma 1) to latents (sigma 0) along the velocity of a flow-matching model, after
 * {@code acestep/schedulers/scheduling_flow_match_euler_discrete.py} at d612523. Sigmas fall evenly from 1 to the shifted
 * sigma of the last training timestep and are then shifted once more; the last step always goes to 0.
 *
 * <p>Immutable and thread-safe.
 */
public final class FlowMatchEulerScheduler {
    private static final int TRAINING_TIMESTEPS = 1000;

    private final float[] sigmas;

    /**
     * @param steps at least 1
     * @param shift more than 0: above 1 spends more of the steps at high noise
     */
    public FlowMatchEulerScheduler(int steps, double shift) {
        if (steps < 1) {
            throw new IllegalArgumentException("steps: expected at least 1, found " + steps);
        }
        if (!(shift > 0) || Double.isInfinite(shift)) {
            throw new IllegalArgumentException("shift: expected a number above 0, found " + shift);
        }
        // Single precision up to here, double below, single at the end: that decides the last bit of the timesteps.
        double first = shiftedSingle(1f, (float) shift) * TRAINING_TIMESTEPS;
        double last = shiftedSingle(1f / TRAINING_TIMESTEPS, (float) shift) * (double) TRAINING_TIMESTEPS;
        double stride = steps == 1 ? 0 : (last - first) / (steps - 1);
        sigmas = new float[steps + 1];
        for (int i = 0; i < steps; i++) {
            double timestep = i > 0 && i == steps - 1 ? last : i * stride + first;
            double sigma = timestep / TRAINING_TIMESTEPS;
            sigmas[i] = (float) (shift * sigma / (1 + (shift - 1) * sigma));
        }
    }

    private static float shiftedSingle(float sigma, float shift) {
        return shift * sigma / (1 + (shift - 1) * sigma);
    }

    public int steps() {
        return sigmas.length - 1;
    }

    /** Noise level before step i, in (0, 1]; {@code sigma(steps())} is 0. */
    public float sigma(int i) {
        return sigmas[i];
    }

    /** What the model gets as its timestep in step i, in (0, 1000]. */
    public float timestep(int i) {
        return sigmas[i] * TRAINING_TIMESTEPS;
    }

    /**
     * Step i, in place: adds to the latents their change along the velocity, with the change's deviation from its mean
     * (over the whole batch) scaled by a factor between 0.9 and 1.1.
     *
     * @param latents {@code [batch, channels, height, frames]}
     * @param velocity of the same shape, not changed
     * @param omegaScale 0 leaves the change as it is (factor 1), above 0 enlarges its deviations, below 0 reduces them
     */
    public void step(INDArray latents, INDArray velocity, int i, double omegaScale) {
        FloatBuffer sample = Latents.values(latents);
        FloatBuffer direction = Latents.values(velocity);
        int length = sample.limit();
        if (direction.limit() != length) {
            throw new IllegalArgumentException(
                    "velocity: expected " + length + " values like the latents, found " + direction.limit());
        }
        float dt = sigmas[i + 1] - sigmas[i];
        float factor = (float) (0.9 + (1.1 - 0.9) / (1 + StrictMath.exp(-0.1 * omegaScale)));

        double sum = 0;
        for (int j = 0; j < length; j++) {
            sum += dt * direction.get(j);
        }
        float mean = (float) (sum / length);
        for (int j = 0; j < length; j++) {
            float change = dt * direction.get(j);
            sample.put(j, sample.get(j) + ((change - mean) * factor + mean));
        }
        Reference.reachabilityFence(latents);
        Reference.reachabilityFence(velocity);
    }
}
