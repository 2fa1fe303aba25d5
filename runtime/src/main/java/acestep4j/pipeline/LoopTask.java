package acestep4j.pipeline;

import acestep4j.Loop;
import acestep4j.audio.AudioBuffer;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.TorchGenerator;
import acestep4j.quality.SeamMeasures;
import acestep4j.request.LoopRequest;
import acestep4j.request.LoopSeam;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The task "loop", which the official pipeline doesn't have: text to music, and then either the frames around the seam made
 * anew as its "repaint" does, with the latents turned by half so that the seam is in the middle, or the sound crossfaded.
 */
record LoopTask(LoopRequest request) implements Task {
    private static final int SECONDS_PER_MINUTE = 60;

    @Override
    public int outline(Outline outline) {
        Tokens tokens = outline.read(request.prompt(), "lyrics", request.lyrics());
        int frames = frames(outline.framesPerSecond());
        outline.denoise(tokens, frames, Song.schedule(outline.sampling()));
        if (request.seam() == LoopSeam.REPAINT) {
            outline.repaint(tokens, frames, 1);
            outline.decodeAsCircle();
        } else {
            outline.decodeAtOnce();
        }
        return frames;
    }

    /** The nearest number of them for a loop, enough of them for a loop and a fade. */
    private int frames(double perSecond) {
        return request.seam() == LoopSeam.REPAINT
                ? (int) Math.round(request.seconds() * perSecond)
                : (int) Math.ceil((request.seconds() + request.seamSeconds()) * perSecond);
    }

    @Override
    public INDArray sample(Song song) {
        Words words = song.read();
        List<TorchGenerator> generators = song.generators();
        int frames = frames(song.framesPerSecond());
        try (INDArray noise = song.noise(generators, frames)) {
            INDArray made = song.denoise(words, song.scheduler(song.schedule(), generators), noise.dup('c'));
            if (request.seam() == LoopSeam.CROSSFADE) {
                return made;
            }
            try (made) {
                return repaintSeam(song, words, made, noise, generators);
            }
        }
    }

    private INDArray repaintSeam(
            Song song, Words words, INDArray made, INDArray noise, List<TorchGenerator> generators) {
        int frames = (int) made.size(3);
        int half = frames / 2;
        int seam = frames - half;
        int reach = Math.max(1, (int) Math.round(request.seamSeconds() * song.framesPerSecond() / 2));
        boolean[] painted = new boolean[frames];
        Arrays.fill(painted, seam - reach, seam + reach, true);
        List<TorchGenerator> retakeGenerators = request.retakeSeeds().isEmpty() ? generators : song.retakeGenerators();
        try (INDArray source = turned(song, made, half);
                INDArray mixed = turned(song, noise, half);
                INDArray retakeNoise = song.noise(retakeGenerators, frames)) {
            Latents.copyFrames(retakeNoise, seam - reach, 2 * reach, mixed, seam - reach);
            try (INDArray repainted = song.repaint(words, source, mixed, painted, 1)) {
                return turned(song, repainted, seam);
            }
        }
    }

    /** Latents that begin with that frame, and come to those before it at their end. */
    private static INDArray turned(Song song, INDArray latents, int first) {
        int frames = (int) latents.size(3);
        INDArray turned = song.zeros(frames);
        Latents.copyFrames(latents, first, frames - first, turned, 0);
        Latents.copyFrames(latents, 0, first, turned, frames - first);
        return turned;
    }

    @Override
    public AudioBuffer finish(AudioBuffer decoded) {
        return request.loopOf(decoded);
    }

    @Override
    public Optional<Loop> loop(List<AudioBuffer> audio) {
        double beats = (double) request.bars() * request.beatsPerBar();
        double bpm = beats * SECONDS_PER_MINUTE / audio.get(0).seconds();
        List<SeamMeasures> seams = audio.stream().map(SeamMeasures::of).toList();
        return Optional.of(new Loop(0, audio.get(0).length(), request.bars(), request.beatsPerBar(), bpm, seams));
    }
}
