package acestep4j.diffusion;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Euler steps: along the velocity, straight to the next noise level; after
 * {@code acestep/schedulers/scheduling_flow_match_euler_discrete.py} at d612523.
 *
 * <p>Immutable and thread-safe.
 */
public final class FlowMatchEulerScheduler implements Scheduler {
    private final SigmaSchedule schedule;
    private final MeanShiftedStep meanShifted;

    /**
     * @param omegaScale 0 leaves a step as it is, above 0 enlarges its deviations from its mean (over the whole batch), by
     *     at most a tenth, below 0 reduces them
     */
    public FlowMatchEulerScheduler(SigmaSchedule schedule, double omegaScale) {
        this.schedule = schedule;
        this.meanShifted = new MeanShiftedStep(omegaScale);
    }

    @Override
    public int steps() {
        return schedule.steps();
    }

    @Override
    public int evaluations() {
        return schedule.steps();
    }

    @Override
    public float timestep(int evaluation) {
        return schedule.timestep(evaluation);
    }

    @Override
    public void step(INDArray latents, INDArray velocity, int evaluation) {
        FloatBuffer sample = Latents.values(latents);
        FloatBuffer direction = Latents.values(velocity, sample.limit());
        meanShifted.add(sample, direction, schedule.sigma(evaluation + 1) - schedule.sigma(evaluation));
        Reference.reachabilityFence(latents);
        Reference.reachabilityFence(velocity);
    }
}
