package acestep4j.pipeline;

import acestep4j.InvalidRequestException;
import acestep4j.diffusion.TorchGenerator;
import acestep4j.request.RepaintRequest;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The task "repaint" of {@code acestep/pipeline_ace_step.py} at d612523: a range of a source made anew. */
record Repaint(RepaintRequest request) implements Task {
    @Override
    public int outline(Outline outline) {
        int painted = outline.frames(request.end()) - outline.frames(request.start());
        if (painted < 1) {
            throw new InvalidRequestException(
                    "end",
                    "expected a range with at least one latent frame in it, found " + request.start() + " to "
                            + request.end() + " seconds, between two of them; widen it by 0.1 seconds");
        }
        Tokens tokens = outline.read(request.prompt(), "lyrics", request.lyrics());
        int frames = outline.encode(request.source());
        if (painted == frames) {
            outline.denoise(tokens, frames, Song.schedule(outline.sampling()));
        } else {
            outline.repaint(tokens, frames, request.variance());
        }
        return frames;
    }

    @Override
    public INDArray sample(Song song) {
        int frames = song.frames(request.source());
        int start = song.frames(request.start());
        int end = song.frames(request.end());
        Words words = song.read();
        List<TorchGenerator> generators = song.generators();
        try (INDArray source = song.encode(request.source());
                INDArray noise = song.noise(generators, frames);
                INDArray retakeNoise = song.noise(song.retakeGenerators(), frames)) {
            NoiseTurn.by(request.variance()).turn(noise, retakeNoise, start, end);
            if (end - start == frames) {
                return song.denoise(words, song.scheduler(song.schedule(), generators), noise.dup('c'));
            }
            boolean[] painted = new boolean[frames];
            Arrays.fill(painted, start, end, true);
            return song.repaint(words, source, noise, painted, request.variance());
        }
    }
}
