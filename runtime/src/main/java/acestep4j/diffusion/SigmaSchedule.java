package acestep4j.diffusion;

import java.util.List;

/**
 * The noise levels of one run: sigmas falling from at most 1, with 0 after the last step; after the constructors and
 * {@code set_timesteps} of {@code acestep/schedulers/} at d612523. A schedule's own sigmas fall evenly between two bounds,
 * each of them shifted once, and are then shifted once more.
 *
 * <p>Immutable and thread-safe.
 */
public final class SigmaSchedule {
    private static final int TRAINING_TIMESTEPS = 1000;

    private final float[] sigmas;
    private final float noiseSigma;

    private SigmaSchedule(float[] sigmas, float noiseSigma) {
        this.sigmas = sigmas;
        this.noiseSigma = noiseSigma;
    }

    /**
     * From pure noise down.
     *
     * @param steps at least 1
     * @param shift more than 0: above 1 spends more of the steps at high noise
     */
    public static SigmaSchedule of(int steps, double shift) {
        return from(1, steps, shift);
    }

    /**
     * From latents which keep a part of an existing piece (audio to audio). The latents to begin with have the noise level
     * {@link #noiseSigma()}, which is not the first sigma: that one is shifted twice.
     *
     * @param sigmaMax the unshifted noise level to begin with, from 0.001 to 1
     * @param steps at least 1: all of them lie below {@code sigmaMax}
     * @param shift as in {@link #of}
     */
    public static SigmaSchedule from(double sigmaMax, int steps, double shift) {
        if (!(sigmaMax >= 1.0 / TRAINING_TIMESTEPS && sigmaMax <= 1)) {
            throw new IllegalArgumentException("sigmaMax: expected a number from 0.001 to 1, found " + sigmaMax);
        }
        if (steps < 1) {
            throw new IllegalArgumentException("steps: expected at least 1, found " + steps);
        }
        if (!(shift > 0) || Double.isInfinite(shift)) {
            throw new IllegalArgumentException("shift: expected a number above 0, found " + shift);
        }
        // Single precision for the two bounds, double in between, single at the end: that decides the last bit.
        float noiseSigma = shiftedSingle((float) (sigmaMax * TRAINING_TIMESTEPS) / TRAINING_TIMESTEPS, shift);
        double first = (double) noiseSigma * TRAINING_TIMESTEPS;
        double last = (double) shiftedSingle(1f / TRAINING_TIMESTEPS, shift) * TRAINING_TIMESTEPS;
        double stride = steps == 1 ? 0 : (last - first) / (steps - 1);
        float[] sigmas = new float[steps + 1];
        for (int i = 0; i < steps; i++) {
            double timestep = i > 0 && i == steps - 1 ? last : i * stride + first;
            double sigma = timestep / TRAINING_TIMESTEPS;
            sigmas[i] = (float) (shift * sigma / (1 + (shift - 1) * sigma));
        }
        return new SigmaSchedule(sigmas, noiseSigma);
    }

    /**
     * Some steps of a longer schedule, the official {@code oss_steps}. As there, their sigmas are shifted a third time, so
     * they aren't quite those of the longer schedule.
     *
     * @param stepList numbers of the steps to take, from 1, rising; the last one is the longer schedule's number of steps
     * @param shift as in {@link #of}
     */
    public static SigmaSchedule ofSteps(List<Integer> stepList, double shift) {
        if (stepList.isEmpty()) {
            throw new IllegalArgumentException("steps: expected at least one step number, found none");
        }
        int before = 0;
        for (int step : stepList) {
            if (step <= before) {
                throw new IllegalArgumentException(
                        "steps: expected rising step numbers from 1, found " + step + " after " + before);
            }
            before = step;
        }
        SigmaSchedule longer = of(before, shift);
        float[] sigmas = new float[stepList.size() + 1];
        for (int i = 0; i < stepList.size(); i++) {
            sigmas[i] = shiftedSingle(longer.timestep(stepList.get(i) - 1) / TRAINING_TIMESTEPS, shift);
        }
        return new SigmaSchedule(sigmas, longer.noiseSigma);
    }

    private static float shiftedSingle(float sigma, double shift) {
        return (float) shift * sigma / (1 + (float) (shift - 1) * sigma);
    }

    public int steps() {
        return sigmas.length - 1;
    }

    /** Noise level before step i, in (0, 1]; {@code sigma(steps())} is 0. */
    public float sigma(int i) {
        return sigmas[i];
    }

    /** What the model gets as its timestep in step i, in (0, 1000]; {@code timestep(steps())} is 0. */
    public float timestep(int i) {
        return sigmas[i] * TRAINING_TIMESTEPS;
    }

    /** The timestep as a noise level again: within rounding {@code sigma(i)}, and what some official formulas take. */
    float timestepSigma(int i) {
        return timestep(i) / TRAINING_TIMESTEPS;
    }

    /** Share of noise in the latents a run begins with, in (0, 1]; the rest is the existing piece. */
    public float noiseSigma() {
        return noiseSigma;
    }
}
