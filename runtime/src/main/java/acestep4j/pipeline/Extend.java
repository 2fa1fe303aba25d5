package acestep4j.pipeline;

import acestep4j.InvalidRequestException;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.TorchGenerator;
import acestep4j.request.ExtendRequest;
import acestep4j.request.RequestRules;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The task "extend" of {@code acestep/pipeline_ace_step.py} at d612523: more music before a source, after it or both. Where
 * the official code is broken (both sides at once, wholes beyond 240 seconds, new parts longer than the source, batches) this
 * does what it means; docs/differences.md lists how.
 */
record Extend(ExtendRequest request) implements Task {
    @Override
    public int outline(Outline outline) {
        int left = leftFrames(outline.frames(request.left()));
        int right = rightFrames(outline.frames(endSeconds()), outline.frames(request.source()));
        Tokens tokens = outline.read(request.prompt(), "lyrics", request.lyrics());
        int length = outline.encode(request.source());
        int longest = outline.frames(RequestRules.LONGEST_SECONDS);
        if (isOneCanvas(left, length, right, longest)) {
            outline.repaint(tokens, Math.min(left + length + right, longest), request.variance());
        } else {
            outline.repaint(tokens, Math.min(left + length, longest), request.variance());
            outline.repaint(tokens, Math.min(left + length + right, longest), request.variance());
        }
        return left + length + right;
    }

    @Override
    public INDArray sample(Song song) {
        int left = leftFrames(song.frames(request.left()));
        int right = rightFrames(song.frames(endSeconds()), song.frames(request.source()));
        Words words = song.read();
        Canvas canvas = new Canvas(song, words, song.generators(), song.retakeGenerators());
        try (INDArray source = song.encode(request.source())) {
            if (isOneCanvas(left, (int) source.size(3), right, canvas.longest)) {
                return canvas.extend(source, left, right);
            }
            try (INDArray extended = canvas.extend(source, left, 0)) {
                return canvas.extend(extended, 0, right);
            }
        }
    }

    private static boolean isOneCanvas(int left, int length, int right, int longest) {
        return left + length + right <= longest || left == 0 || right == 0;
    }

    private int leftFrames(int left) {
        requireFrames("left", request.left(), left);
        return left;
    }

    private double endSeconds() {
        return request.source().seconds() + request.right();
    }

    /** The last frame of the source may end after its sound does: the new music counts from the end of the sound. */
    private int rightFrames(int endFrames, int sourceFrames) {
        if (request.right() == 0) {
            return 0;
        }
        int right = endFrames - sourceFrames;
        requireFrames("right", request.right(), right);
        return right;
    }

    private static void requireFrames(String field, double seconds, int frames) {
        if (seconds > 0 && frames < 1) {
            throw new InvalidRequestException(
                    field,
                    "expected enough seconds for another latent frame, found " + seconds
                            + "; take 0.2 seconds or more, or 0 for none");
        }
    }

    /** Source and new parts side by side, the part of them that the model sees at once. */
    private final class Canvas {
        private final Song song;
        private final Words words;
        private final List<TorchGenerator> generators;
        private final List<TorchGenerator> retakeGenerators;
        private final int longest;

        Canvas(Song song, Words words, List<TorchGenerator> generators, List<TorchGenerator> retakeGenerators) {
            this.song = song;
            this.words = words;
            this.generators = generators;
            this.retakeGenerators = retakeGenerators;
            this.longest = song.frames(RequestRules.LONGEST_SECONDS);
        }

        /** At most one side may be extended when the whole is longer than the model sees. */
        INDArray extend(INDArray source, int left, int right) {
            int length = (int) source.size(3);
            int beyond = Math.max(0, left + length + right - longest);
            int unseenLeft = right > 0 ? beyond : 0;
            int unseenRight = beyond - unseenLeft;
            int seen = length - beyond;
            int window = left + seen + right;
            boolean[] painted = new boolean[window];
            Arrays.fill(painted, 0, left, true);
            Arrays.fill(painted, left + seen, window, true);

            int retakeLength = Math.max(length, Math.max(left, right));
            try (INDArray kept = song.zeros(window);
                    INDArray noise = song.noise(generators, length);
                    INDArray retakeNoise = song.noise(retakeGenerators, retakeLength);
                    INDArray mixed = song.zeros(window)) {
                Latents.copyFrames(source, unseenLeft, seen, kept, left);
                Latents.copyFrames(noise, unseenLeft, seen, mixed, left);
                Latents.copyFrames(retakeNoise, 0, left, mixed, 0);
                Latents.copyFrames(retakeNoise, retakeLength - right, right, mixed, left + seen);
                INDArray made = song.repaint(words, kept, mixed, painted, request.variance());
                if (beyond == 0) {
                    return made;
                }
                try (made) {
                    INDArray whole = song.zeros(window + beyond);
                    Latents.copyFrames(source, 0, unseenLeft, whole, 0);
                    Latents.copyFrames(made, 0, window, whole, unseenLeft);
                    Latents.copyFrames(source, length - unseenRight, unseenRight, whole, window);
                    return whole;
                }
            }
        }
    }
}
