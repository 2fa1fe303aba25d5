package acestep4j.diffusion;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * From a source's latents to those of another prompt or other lyrics without inverting the source (FlowEdit: Kulikov et
 * al., 2024, arXiv 2412.08629): after {@code acestep/pipeline_ace_step.py} (flowedit_diffusion_process, calc_v) at d612523.
 * Guidance is APG over the whole schedule; it has momentum for the source while the source is followed, and for the target
 * after that.
 *
 * <p>One difference: of a ping-pong step that follows the source, the official code computes a sample and drops it, so that
 * nothing moves. Here such a step goes all the way to the edited piece and comes back to the next noise level. The noise
 * itself is the source's, drawn anew in every step, so that what it comes back to is the source.
 *
 * <p>Keeps nothing between two runs and is thread-safe.
 */
public final class FlowEdit {
    private FlowEdit() {}

    /**
     * @param source the model under the source's prompt and lyrics
     * @param target the model under the target's
     * @param generators one for each batch item, in their order; the first one gives the noise of ping-pong steps too
     * @param sourceLatents {@code [batch, channels, height, frames]}, float32 in C order, not changed
     * @return the edited latents, of the same shape; the caller closes them
     */
    public static INDArray run(
            Denoiser source,
            Denoiser target,
            SigmaSchedule schedule,
            FlowEditSettings settings,
            List<TorchGenerator> generators,
            INDArray sourceLatents,
            StepListener listener) {
        if (generators.size() != sourceLatents.size(0)) {
            throw new IllegalArgumentException("generators: expected one for each of " + sourceLatents.size(0)
                    + " batch items, found " + generators.size());
        }
        INDArray edited = Latents.create(sourceLatents.shape());
        try (Run run = new Run(schedule, settings, generators, sourceLatents, edited)) {
            int first = settings.firstStep(schedule.steps());
            int total = schedule.steps() - first;
            for (int done = 0; done < total; done++) {
                run.step(source, target, first + done);
                listener.stepDone(done + 1, total);
            }
            return edited;
        } catch (RuntimeException | Error e) {
            edited.close();
            throw e;
        }
    }

    /** One edit: all that changes on the way. */
    private static final class Run implements AutoCloseable {
        private final SigmaSchedule schedule;
        private final FlowEditSettings settings;
        private final List<TorchGenerator> generators;
        private final INDArray sourceLatents;
        private final INDArray edited;

        private final List<INDArray> open = new ArrayList<>();
        private final INDArray noisySource;
        private final INDArray noisyTarget;
        private final Map<Pass, INDArray> sourceVelocities;
        private final Map<Pass, INDArray> targetVelocities;
        private final FloatBuffer noise;
        private final FloatBuffer difference;
        private final ApgGuidance sourceGuidance = new ApgGuidance();
        private final ApgGuidance followingGuidance = ApgGuidance.withoutMomentum();
        private final ApgGuidance targetGuidance = new ApgGuidance();

        Run(
                SigmaSchedule schedule,
                FlowEditSettings settings,
                List<TorchGenerator> generators,
                INDArray sourceLatents,
                INDArray edited) {
            this.schedule = schedule;
            this.settings = settings;
            this.generators = generators;
            this.sourceLatents = sourceLatents;
            this.edited = edited;
            try {
                FloatBuffer values = Latents.values(sourceLatents);
                Latents.values(edited).put(0, values, 0, values.limit());
                noise = FloatBuffer.allocate(values.limit());
                difference = FloatBuffer.allocate(values.limit());
                noisySource = create();
                noisyTarget = create();
                sourceVelocities = velocities();
                targetVelocities = velocities();
            } catch (RuntimeException | Error e) {
                close();
                throw e;
            }
        }

        private INDArray create() {
            INDArray array = Latents.create(sourceLatents.shape());
            open.add(array);
            return array;
        }

        private Map<Pass, INDArray> velocities() {
            Map<Pass, INDArray> velocities = new EnumMap<>(Pass.class);
            velocities.put(Pass.CONDITIONAL, create());
            if (settings.isGuided()) {
                velocities.put(Pass.UNCONDITIONAL, create());
            }
            return velocities;
        }

        void step(Denoiser source, Denoiser target, int i) {
            int firstTargetStep = settings.firstTargetStep(schedule.steps());
            if (i < firstTargetStep) {
                averageDifference(source, target, i);
                move(difference, i, Latents.values(sourceLatents));
                return;
            }
            if (i == firstTargetStep) {
                drawNoise();
                mix(schedule.sigma(i), edited, edited);
            }
            denoise(target, edited, i, targetVelocities, targetGuidance);
            if (settings.pingPong()) {
                generators.get(0).fillNormalChannelsLast(noise, sourceLatents.shape());
            }
            move(Latents.values(targetVelocities.get(Pass.CONDITIONAL)), i, noise);
        }

        private void averageDifference(Denoiser source, Denoiser target, int i) {
            for (int j = 0; j < difference.limit(); j++) {
                difference.put(j, 0);
            }
            float share = (float) (1.0 / settings.nAvg());
            for (int k = 0; k < settings.nAvg(); k++) {
                drawNoise();
                mix(schedule.timestepSigma(i), noisySource, noisyTarget);
                denoise(source, noisySource, i, sourceVelocities, sourceGuidance);
                denoise(target, noisyTarget, i, targetVelocities, followingGuidance);
                FloatBuffer sourceVelocity = Latents.values(sourceVelocities.get(Pass.CONDITIONAL));
                FloatBuffer targetVelocity = Latents.values(targetVelocities.get(Pass.CONDITIONAL));
                for (int j = 0; j < difference.limit(); j++) {
                    difference.put(j, difference.get(j) + share * (targetVelocity.get(j) - sourceVelocity.get(j)));
                }
            }
            Reference.reachabilityFence(this);
        }

        private void drawNoise() {
            int item = noise.limit() / generators.size();
            for (int k = 0; k < generators.size(); k++) {
                generators.get(k).fillNormal(noise.slice(k * item, item));
            }
        }

        /** The source with noise, and with it, the edited latents with what that changed; the two may be one array. */
        private void mix(float sigma, INDArray noisySource, INDArray noisyTarget) {
            FloatBuffer clean = Latents.values(sourceLatents);
            FloatBuffer current = Latents.values(edited);
            FloatBuffer toSource = Latents.values(noisySource);
            FloatBuffer toTarget = Latents.values(noisyTarget);
            for (int j = 0; j < clean.limit(); j++) {
                float value = current.get(j);
                float noisy = (1 - sigma) * clean.get(j) + sigma * noise.get(j);
                toSource.put(j, noisy);
                toTarget.put(j, value + noisy - clean.get(j));
            }
            Reference.reachabilityFence(this);
        }

        private void denoise(
                Denoiser model, INDArray latents, int i, Map<Pass, INDArray> velocities, ApgGuidance guidance) {
            for (Map.Entry<Pass, INDArray> velocity : velocities.entrySet()) {
                model.denoise(latents, schedule.timestep(i), velocity.getKey(), velocity.getValue());
            }
            if (settings.isGuided()) {
                guidance.guide(velocities, i, settings.guidanceScale());
            }
        }

        /** @param back what a ping-pong step comes back to */
        private void move(FloatBuffer velocity, int i, FloatBuffer back) {
            FloatBuffer sample = Latents.values(edited);
            float sigma = schedule.timestepSigma(i);
            float nextSigma = schedule.timestepSigma(i + 1);
            if (settings.pingPong()) {
                FlowMatchPingPongScheduler.renoise(sample, velocity, sigma, nextSigma, back);
            } else {
                for (int j = 0; j < sample.limit(); j++) {
                    sample.put(j, sample.get(j) + (nextSigma - sigma) * velocity.get(j));
                }
            }
            Reference.reachabilityFence(this);
        }

        @Override
        public void close() {
            open.forEach(INDArray::close);
        }
    }
}
