package acestep4j.pipeline;

import acestep4j.diffusion.TorchGenerator;
import acestep4j.request.TextToMusicRequest;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The task "text2music" of {@code acestep/pipeline_ace_step.py} at d612523: from noise alone. */
record TextToMusic(TextToMusicRequest request) implements Task {
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
        return song.denoise(words, song.scheduler(song.schedule(), generators), song.noise(generators, song.frames()));
    }
}
