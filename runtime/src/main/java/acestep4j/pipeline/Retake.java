package acestep4j.pipeline;

import acestep4j.diffusion.TorchGenerator;
import acestep4j.request.RetakeRequest;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The task "retake" of {@code acestep/pipeline_ace_step.py} at d612523: from noise that is turned towards another one. */
record Retake(RetakeRequest request) implements Task {
    @Override
    public int outline(Outline outline) {
        Tokens tokens = outline.read(request.prompt(), "lyrics", request.lyrics());
        outline.denoise(tokens, outline.askedFrames(), Song.schedule(outline.sampling()));
        return outline.askedFrames();
    }

    @Override
    public INDArray sample(Song song) {
        Words words = song.read();
        List<TorchGenerator> generators = song.generators();
        INDArray noise = song.noise(generators, song.frames());
        try (INDArray retakeNoise = song.noise(song.retakeGenerators(), song.frames())) {
            NoiseTurn.by(request.variance()).turn(noise, retakeNoise);
        } catch (RuntimeException | Error e) {
            noise.close();
            throw e;
        }
        return song.denoise(words, song.scheduler(song.schedule(), generators), noise);
    }
}
