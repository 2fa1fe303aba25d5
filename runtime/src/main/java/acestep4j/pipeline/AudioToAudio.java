package acestep4j.pipeline;

import acestep4j.diffusion.Latents;
import acestep4j.diffusion.SigmaSchedule;
import acestep4j.diffusion.TorchGenerator;
import acestep4j.request.AudioToAudioRequest;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The task "audio2audio" of {@code acestep/pipeline_ace_step.py} at d612523: from a reference with some noise. */
record AudioToAudio(AudioToAudioRequest request) implements Task {
    /** The noise of the last training timestep: with less there is nothing to sample. */
    private static final double LEAST_SIGMA = 0.001;

    @Override
    public INDArray sample(Song song) {
        Words words = song.read(request.prompt(), request.lyrics());
        List<TorchGenerator> generators = song.generators();
        INDArray latents = song.zeros(song.frames(request.reference()));
        try (INDArray reference = song.encode(request.reference())) {
            Latents.copyFrames(reference, 0, (int) reference.size(3), latents, 0);
            double sigmaMax = 1 - request.strength();
            if (sigmaMax < LEAST_SIGMA) {
                return latents;
            }
            int steps = Math.max(1, (int) (sigmaMax * song.sampling().steps()));
            SigmaSchedule schedule =
                    SigmaSchedule.from(sigmaMax, steps, song.sampling().shift());
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
