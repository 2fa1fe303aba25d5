package acestep4j.diffusion;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How latents move along the model's velocity from one noise level to the next. One object per generation, not
 * thread-safe: its evaluations are taken one after the other.
 */
public interface Scheduler {
    /** Number of steps as a user counts them; the guidance interval is a share of it. */
    int steps();

    /** The evaluation to begin with, from 0; equal to {@link #evaluations()} when there is nothing to do. */
    default int firstEvaluation() {
        return 0;
    }

    /** Number of the model's evaluations in the whole schedule, those before the first one included. */
    int evaluations();

    /** What the model gets as its timestep in this evaluation, in (0, 1000]. */
    float timestep(int evaluation);

    /**
     * Makes the latents of the first evaluation from what the sampling loop was given; by default they are that.
     *
     * @param latents {@code [batch, channels, height, frames]}, changed in place
     */
    default void begin(INDArray latents) {}

    /**
     * One step, in place.
     *
     * @param latents {@code [batch, channels, height, frames]}
     * @param velocity of the same shape, not changed
     */
    void step(INDArray latents, INDArray velocity, int evaluation);
}
