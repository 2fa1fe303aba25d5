package acestep4j.diffusion;

import java.nio.FloatBuffer;

/**
 * A straight step whose deviation from its mean is scaled by a factor between 0.9 and 1.1: what the official schedulers do
 * with {@code omega}. The mean is that of the whole batch. Immutable and thread-safe.
 */
final class MeanShiftedStep {
    private final float factor;

    /** @param omegaScale 0 leaves the step as it is (factor 1), above 0 enlarges its deviations, below 0 reduces them */
    MeanShiftedStep(double omegaScale) {
        if (!Double.isFinite(omegaScale)) {
            throw new IllegalArgumentException("omegaScale: expected a finite number, found " + omegaScale);
        }
        factor = (float) (0.9 + (1.1 - 0.9) / (1 + StrictMath.exp(-0.1 * omegaScale)));
    }

    void add(FloatBuffer sample, FloatBuffer derivative, float dt) {
        int length = sample.limit();
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += dt * derivative.get(i);
        }
        float mean = (float) (sum / length);
        for (int i = 0; i < length; i++) {
            float change = dt * derivative.get(i);
            sample.put(i, sample.get(i) + ((change - mean) * factor + mean));
        }
    }
}
