package acestep4j.diffusion;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * From noise to latents: in each step the model's velocity, guidance, one step of the scheduler; after
 * {@code acestep/pipeline_ace_step.py} (text2music_diffusion_process) at d612523.
 *
 * <p>Keeps nothing between two runs and is thread-safe.
 */
public final class SamplingLoop {
    private SamplingLoop() {}

    /**
     * @param latents noise {@code [batch, channels, height, frames]}, float32 in C order; the finished latents afterwards.
     *     If the denoiser or the listener throws, they are somewhere in between.
     */
    public static void run(
            Denoiser denoiser,
            FlowMatchEulerScheduler scheduler,
            SamplingSettings settings,
            INDArray latents,
            StepListener listener) {
        ApgGuidance guidance = new ApgGuidance(latents.length());
        try (INDArray velocity = Latents.create(latents.shape());
                INDArray unconditional = Latents.create(latents.shape())) {
            int steps = scheduler.steps();
            for (int i = 0; i < steps; i++) {
                denoiser.denoise(latents, scheduler.timestep(i), Pass.CONDITIONAL, velocity);
                if (settings.guides(i, steps)) {
                    denoiser.denoise(latents, scheduler.timestep(i), Pass.UNCONDITIONAL, unconditional);
                    guidance.guide(velocity, unconditional, settings.guidanceScale(i, steps));
                }
                scheduler.step(latents, velocity, i, settings.omegaScale());
                listener.stepDone(i + 1, steps);
            }
        }
    }
}
