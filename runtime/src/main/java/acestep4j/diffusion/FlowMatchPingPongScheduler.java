package acestep4j.diffusion;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Ping-pong steps: along the velocity all the way to noise level 0, then back to the next noise level with new noise; after
 * {@code acestep/schedulers/scheduling_flow_match_pingpong.py} at d612523.
 *
 * <p>Draws from a generator: one object per generation, not thread-safe.
 */
public final class FlowMatchPingPongScheduler implements Scheduler {
    private final SigmaSchedule schedule;
    private final TorchGenerator generator;
    private final boolean channelsLast;
    private FloatBuffer noise;

    private FlowMatchPingPongScheduler(SigmaSchedule schedule, TorchGenerator generator, boolean channelsLast) {
        this.schedule = schedule;
        this.generator = generator;
        this.channelsLast = channelsLast;
    }

    /**
     * For latents that start from noise.
     *
     * @param generator gives each step's noise, for the whole batch; the first item's, after that item's own noise
     */
    public static FlowMatchPingPongScheduler fromNoise(SigmaSchedule schedule, TorchGenerator generator) {
        return new FlowMatchPingPongScheduler(schedule, generator, false);
    }

    /**
     * For latents that start from an encoded piece. The official pipeline draws their noise in another order: see
     * {@link TorchGenerator#fillNormalChannelsLast}.
     *
     * @param generator as in {@link #fromNoise}
     */
    public static FlowMatchPingPongScheduler fromSource(SigmaSchedule schedule, TorchGenerator generator) {
        return new FlowMatchPingPongScheduler(schedule, generator, true);
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
        if (noise == null) {
            noise = FloatBuffer.allocate(sample.limit());
        }
        if (channelsLast) {
            generator.fillNormalChannelsLast(noise, latents.shape());
        } else {
            generator.fillNormal(noise);
        }
        renoise(sample, direction, schedule.sigma(evaluation), schedule.sigma(evaluation + 1), noise);
        Reference.reachabilityFence(latents);
        Reference.reachabilityFence(velocity);
    }

    static void renoise(FloatBuffer sample, FloatBuffer velocity, float sigma, float nextSigma, FloatBuffer noise) {
        for (int i = 0; i < sample.limit(); i++) {
            float denoised = sample.get(i) - sigma * velocity.get(i);
            sample.put(i, (1 - nextSigma) * denoised + nextSigma * noise.get(i));
        }
    }
}
