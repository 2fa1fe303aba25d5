package acestep4j.diffusion;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Repaints some frames of a source and keeps the others: plain Euler steps, after each of which the kept frames are the
 * source's, with as much noise as the painted ones still have; after {@code acestep/pipeline_ace_step.py}
 * (text2music_diffusion_process, the branch {@code is_repaint}) at d612523. As there, neither the chosen scheduler nor the
 * omega scale has a part in it. There, Heun's doubled timesteps still go in: every second step has no length and the model
 * runs for nothing. Here they don't.
 *
 * <p>Not changed by its steps; thread-safe as long as nobody changes its arrays, which stay the caller's to close.
 */
public final class RepaintScheduler implements Scheduler {
    private final SigmaSchedule schedule;
    private final INDArray source;
    private final INDArray noise;
    private final boolean[] paintedFrames;
    private final int firstStep;

    /**
     * @param source latents {@code [1 or batch, channels, height, frames]}; a single one serves the whole batch
     * @param noise {@code [batch, channels, height, frames]}: what source and latents are mixed with
     * @param paintedFrames for each frame whether it is made anew
     * @param firstStep the step to begin with, from 0 to the number of steps; with the latter the source stays as it is
     */
    public RepaintScheduler(
            SigmaSchedule schedule, INDArray source, INDArray noise, boolean[] paintedFrames, int firstStep) {
        requireSameItems(source, noise);
        if (paintedFrames.length != noise.size(3)) {
            throw new IllegalArgumentException("paintedFrames: expected " + noise.size(3)
                    + " values, one for each frame, found " + paintedFrames.length);
        }
        if (firstStep < 0 || firstStep > schedule.steps()) {
            throw new IllegalArgumentException("firstStep: expected 0 to " + schedule.steps() + ", found " + firstStep);
        }
        this.schedule = schedule;
        this.source = source;
        this.noise = noise;
        this.paintedFrames = paintedFrames.clone();
        this.firstStep = firstStep;
    }

    private static void requireSameItems(INDArray source, INDArray noise) {
        long items = source.size(0);
        boolean same = items == 1 || items == noise.size(0);
        for (int i = 1; i < 4; i++) {
            same &= source.size(i) == noise.size(i);
        }
        if (!same) {
            throw new IllegalArgumentException("source: expected one item of, or the whole shape of, the noise "
                    + noise.shapeInfoToString() + ", found " + source.shapeInfoToString());
        }
    }

    @Override
    public int steps() {
        return schedule.steps();
    }

    @Override
    public int firstEvaluation() {
        return firstStep;
    }

    @Override
    public int evaluations() {
        return schedule.steps();
    }

    @Override
    public float timestep(int evaluation) {
        return schedule.timestep(evaluation);
    }

    /** The source with the noise of the first step; the source itself when there is no step to take. */
    @Override
    public void begin(INDArray latents) {
        FloatBuffer sample = Latents.values(latents, noise.length());
        FloatBuffer kept = Latents.values(source);
        FloatBuffer mixed = Latents.values(noise);
        float sigma = schedule.timestepSigma(firstStep);
        for (int i = 0; i < sample.limit(); i++) {
            float value = kept.get(i % kept.limit());
            // The source goes in and out again as in the official code; that decides the last bits.
            sample.put(i, value + ((1 - sigma) * value + sigma * mixed.get(i)) - value);
        }
        keepAlive(latents);
    }

    @Override
    public void step(INDArray latents, INDArray velocity, int evaluation) {
        FloatBuffer sample = Latents.values(latents, noise.length());
        FloatBuffer direction = Latents.values(velocity, noise.length());
        FloatBuffer kept = Latents.values(source);
        FloatBuffer mixed = Latents.values(noise);
        float sigma = schedule.timestepSigma(evaluation);
        float nextSigma = schedule.timestepSigma(evaluation + 1);
        for (int i = 0; i < sample.limit(); i++) {
            float value = paintedFrames[i % paintedFrames.length]
                    ? sample.get(i) + (nextSigma - sigma) * direction.get(i)
                    : (1 - nextSigma) * kept.get(i % kept.limit()) + nextSigma * mixed.get(i);
            sample.put(i, value);
        }
        keepAlive(latents);
        Reference.reachabilityFence(velocity);
    }

    private void keepAlive(INDArray latents) {
        Reference.reachabilityFence(latents);
        Reference.reachabilityFence(source);
        Reference.reachabilityFence(noise);
    }
}
