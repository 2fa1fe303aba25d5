package acestep4j.diffusion;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Heun steps: to the next noise level, and once more from the same place with the mean of the velocities at both ends. Two
 * evaluations of the model in each step but the last, which has one; after
 * {@code acestep/schedulers/scheduling_flow_match_heun_discrete.py} at d612523. Any schedule will do; the official class
 * can't take one of explicit steps.
 *
 * <p>Holds the first half of a step: one object per generation, not thread-safe.
 */
public final class FlowMatchHeunScheduler implements Scheduler {
    private final SigmaSchedule schedule;
    private final MeanShiftedStep meanShifted;
    private float[] firstSample;
    private float[] derivatives;

    /** @param omegaScale as in {@link FlowMatchEulerScheduler} */
    public FlowMatchHeunScheduler(SigmaSchedule schedule, double omegaScale) {
        this.schedule = schedule;
        this.meanShifted = new MeanShiftedStep(omegaScale);
    }

    @Override
    public int steps() {
        return schedule.steps();
    }

    @Override
    public int evaluations() {
        return 2 * schedule.steps() - 1;
    }

    @Override
    public float timestep(int evaluation) {
        return schedule.timestep((evaluation + 1) / 2);
    }

    @Override
    public void step(INDArray latents, INDArray velocity, int evaluation) {
        FloatBuffer sample = Latents.values(latents);
        FloatBuffer direction = Latents.values(velocity, sample.limit());
        if (derivatives == null) {
            firstSample = new float[sample.limit()];
            derivatives = new float[sample.limit()];
        }
        int step = evaluation / 2;
        float dt = schedule.sigma(step + 1) - schedule.sigma(step);
        if (evaluation % 2 == 0) {
            sample.get(0, firstSample);
            differentiate(sample, direction, schedule.sigma(step));
        } else {
            average(sample, direction, schedule.sigma(step + 1));
            sample.put(0, firstSample);
        }
        meanShifted.add(sample, FloatBuffer.wrap(derivatives), dt);
        Reference.reachabilityFence(latents);
        Reference.reachabilityFence(velocity);
    }

    private void differentiate(FloatBuffer sample, FloatBuffer velocity, float sigma) {
        for (int i = 0; i < derivatives.length; i++) {
            derivatives[i] = derivative(sample.get(i), velocity.get(i), sigma);
        }
    }

    private void average(FloatBuffer sample, FloatBuffer velocity, float sigma) {
        for (int i = 0; i < derivatives.length; i++) {
            derivatives[i] = 0.5f * (derivatives[i] + derivative(sample.get(i), velocity.get(i), sigma));
        }
    }

    /** The velocity but for rounding, on the official way over the denoised sample. */
    private static float derivative(float sample, float velocity, float sigma) {
        float denoised = sample - velocity * sigma;
        return (sample - denoised) / sigma;
    }
}
