package acestep4j.pipeline;

import acestep4j.diffusion.Latents;
import acestep4j.diffusion.SigmaSchedule;
import acestep4j.diffusion.TorchGenerator;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.Sampling;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The task "audio2audio" of {@code acestep/pipeline_ace_step.py} at d612523: from a reference with some noise. */
record AudioToAudio(AudioToAudioRequest request) implements Task {
    /** The noise of the last training timestep: with less there is nothing to sample. */
    private static final double LEAST_SIGMA = 0.001;

    @Override
    public int outline(Outline outline) {
        Tokens tokens = outline.read(request.prompt(), "lyrics", request.lyrics());
        int frames = outline.encode(request.reference());
        schedule(outline.sampling()).ifPresent(schedule -> outline.denoise(tokens, frames, schedule));
        return frames;
    }

    /** Empty when the reference stays as it is. */
    private Optional<SigmaSchedule> schedule(Sampling sampling) {
        double sigmaMax = 1 - request.strength();
        int steps = Math.max(1, (int) (sigmaMax * sampling.steps()));
        return sigmaMax < LEAST_SIGMA
                ? Optional.empty()
                : Optional.of(SigmaSchedule.from(sigmaMax, steps, sampling.shift()));
    }

    @Override
    public INDArray sample(Song song) {
        Words words = song.read();
        List<TorchGenerator> generators = song.generators();
        INDArray latents = song.zeros(song.frames(request.reference()));
        try (INDArray reference = song.encode(request.reference())) {
            Latents.copyFrames(reference, 0, (int) reference.size(3), latents, 0);
            Optional<SigmaSchedule> found = schedule(song.sampling());
            if (found.isEmpty()) {
                return latents;
            }
            SigmaSchedule schedule = found.get();
            try (INDArray noise = song.noise(generators, (int) latents.size(3))) {
                addNoise(latents, noise, schedule.noiseSigma());
            }
            return song.denoise(words, song.schedulerFromSource(schedule, generators), latents);
        } catch (RuntimeException | Error e) {
            latents.close();
            throw e;
        }
    }

    private static void addNoise(INDArray latents, INDArray noise, float sigma) {
        FloatBuffer values = Latents.values(latents);
        FloatBuffer added = Latents.values(noise);
        float kept = (float) (1 - (double) sigma);
        for (int i = 0; i < values.limit(); i++) {
            values.put(i, values.get(i) * kept + added.get(i) * sigma);
        }
        Reference.reachabilityFence(latents);
        Reference.reachabilityFence(noise);
    }
}
