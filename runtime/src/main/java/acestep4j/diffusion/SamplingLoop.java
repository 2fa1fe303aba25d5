package acestep4j.diffusion;

import java.util.EnumMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * From noise to latents: in each evaluation the model's velocity, guidance, one step of the scheduler; after
 * {@code acestep/pipeline_ace_step.py} (text2music_diffusion_process) at d612523. The guidance interval is a share of the
 * scheduler's steps but is compared with the number of the evaluation, as there: a scheduler with two evaluations in a step
 * is guided in the earlier part of its schedule only.
 *
 * <p>Keeps nothing between two runs and is thread-safe.
 */
public final class SamplingLoop {
    private SamplingLoop() {}

    /**
     * @param latents noise {@code [batch, channels, height, frames]}, float32 in C order; the finished latents afterwards.
     *     If the denoiser or the listener throws, they are somewhere in between.
     * @param listener hears of each evaluation that is done
     */
    public static void run(
            Denoiser denoiser,
            Scheduler scheduler,
            Guidance guidance,
            SamplingSettings settings,
            INDArray latents,
            StepListener listener) {
        Map<Pass, INDArray> velocities = new EnumMap<>(Pass.class);
        try {
            velocities.put(Pass.CONDITIONAL, Latents.create(latents.shape()));
            for (Pass pass : guidance.passes()) {
                velocities.put(pass, Latents.create(latents.shape()));
            }
            scheduler.begin(latents);
            int first = scheduler.firstEvaluation();
            int total = scheduler.evaluations() - first;
            for (int done = 0; done < total; done++) {
                int evaluation = first + done;
                float timestep = scheduler.timestep(evaluation);
                denoiser.denoise(latents, timestep, Pass.CONDITIONAL, velocities.get(Pass.CONDITIONAL));
                if (settings.guides(evaluation, scheduler.steps())) {
                    for (Pass pass : guidance.passes()) {
                        denoiser.denoise(latents, timestep, pass, velocities.get(pass));
                    }
                    double scale = settings.guidanceScale(evaluation, scheduler.steps());
                    guidance.guide(velocities, evaluation, scale);
                }
                scheduler.step(latents, velocities.get(Pass.CONDITIONAL), evaluation);
                listener.stepDone(done + 1, total);
            }
        } finally {
            velocities.values().forEach(INDArray::close);
        }
    }
}
