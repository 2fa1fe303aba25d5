package acestep4j.model;

import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.Latents;
import acestep4j.onnx.Lease;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.Tensor;
import acestep4j.onnx.Tensors;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * From the log mel spectrogram of one channel to its waveform, piece by piece, so that memory doesn't grow with the
 * song's length. Immutable and thread-safe.
 *
 * <p>{@link DecodingMode#WHOLE}: the vocoder's layers are convolutions, so a window that reaches far enough to both
 * sides of what is kept of it gives what the whole song would give. {@link DecodingMode#OVERLAPPED}: shorter overlaps and
 * crossfades, after {@code decode_overlap} in {@code acestep/music_dcae/music_dcae_pipeline.py} at d612523.
 */
public final class Vocoder {
    /** Most mel frames of a window; so many take 0.4 GB at the published widths, and context a sixth of the time. */
    private static final int LONGEST_WINDOW = 1024;

    /** Mel frames that the first window keeps while the sound is heard: three quarters of a second. */
    private static final int FIRST_STREAMED_FRAMES = 64;

    /** Mel frames of an overlapping window, padded with zeros at the song's end. */
    private static final int OVERLAPPED_WINDOW = 512;

    /** How many mel frames at each end of an overlapping window are dropped. */
    private static final int OVERLAP = 2;

    /** Samples over which an overlapping window fades in over the end of the one before. */
    private static final int CROSSFADE = 128;

    private final OnnxGraph graph;
    private final int hopLength;
    private final int contextFrames;
    private final int longestWindow;

    public Vocoder(OnnxGraph graph, Manifest manifest) {
        this(graph, manifest, Math.max(LONGEST_WINDOW, 4 * manifest.vocoder().contextFrames()));
    }

    Vocoder(OnnxGraph graph, Manifest manifest, int longestWindow) {
        this.graph = graph;
        this.hopLength = manifest.mel().hopLength();
        this.contextFrames = manifest.vocoder().contextFrames();
        this.longestWindow = longestWindow;
    }

    /**
     * A run of the graph for one channel.
     *
     * @param melFrames how many it computes, overlaps included
     * @param needed how many mel frames of the song must be there, counted from its beginning
     */
    public record Run(int melFrames, int needed) {}

    /** The runs for that many mel frames of one channel, in their order. */
    public List<Run> runs(int melFrames, DecodingMode mode) {
        return windows(melFrames, mode).stream()
                .map(window -> new Run(window.length(), Math.min(window.end(), melFrames)))
                .toList();
    }

    private List<Window> windows(int melFrames, DecodingMode mode) {
        return switch (mode) {
            case WHOLE, CIRCULAR -> Window.withContext(melFrames, 0, melFrames, longestWindow, contextFrames);
            case STREAMED -> Window.growing(melFrames, FIRST_STREAMED_FRAMES, longestWindow, contextFrames);
            case OVERLAPPED -> overlapping(melFrames);
        };
    }

    private static List<Window> overlapping(int melFrames) {
        List<Window> windows = new ArrayList<>();
        int hop = OVERLAPPED_WINDOW - 2 * OVERLAP;
        int keptStart = 0;
        for (int start = 0; start == 0 || start < melFrames; start += hop) {
            int end = start + OVERLAPPED_WINDOW;
            boolean last = start > 0 && start + hop >= melFrames;
            int keptEnd = last ? end : end - OVERLAP;
            windows.add(new Window(start, end, keptStart, keptEnd));
            keptStart = keptEnd;
        }
        return windows;
    }

    /**
     * How many samples a {@link Voice} gives for that many mel frames: those of the frames themselves or, overlapped,
     * also those of the zeros after them.
     */
    public int samples(int melFrames, DecodingMode mode) {
        List<Window> windows = windows(melFrames, mode);
        return Math.multiplyExact(windows.get(windows.size() - 1).keptEnd(), hopLength);
    }

    /** Keeps its graph loaded from one run to the next, until the lease is closed. */
    public Lease<?> hold() {
        return graph.hold();
    }

    /** The waveform of one channel, from its beginning on. */
    public Voice voice(int melFrames, DecodingMode mode) {
        return new Voice(melFrames, mode);
    }

    /** One channel on its way from mel to waveform, a run of the graph at a time. Not thread-safe. */
    public final class Voice {
        private final int melFrames;
        private final DecodingMode mode;
        private final List<Window> windows;
        private int next;
        private float[] faded = new float[0];

        private Voice(int melFrames, DecodingMode mode) {
            this.melFrames = melFrames;
            this.mode = mode;
            this.windows = windows(melFrames, mode);
        }

        /**
         * Makes the next samples.
         *
         * @param mel log mel float32 [1, bins, mel frames] of the whole song, as far as the run needs it; left as it is
         * @param samples is given the samples, nominally -1 to 1, at the decoder's sample rate; the buffer holds them during
         *     the call only
         */
        public void next(INDArray mel, Cancellation cancellation, Consumer<FloatBuffer> samples) {
            Window window = windows.get(next);
            int length = window.length();
            try (INDArray part = Latents.create(1, mel.size(1), length);
                    INDArray audio = Latents.create(1, (long) length * hopLength)) {
                Latents.copyFrames(mel, window.start(), Math.min(length, melFrames - window.start()), part, 0);
                try (Tensors inputs = new Tensors().with("mel", Tensor.of(part));
                        Tensors outputs = new Tensors().with("audio", Tensor.of(audio))) {
                    graph.run(inputs.byName(), outputs.byName(), cancellation);
                }
                FloatBuffer made = Latents.values(audio);
                int begin = (window.keptStart() - window.start()) * hopLength;
                int end = (window.keptEnd() - window.start()) * hopLength;
                next++;
                if (mode == DecodingMode.OVERLAPPED) {
                    begin -= faded.length;
                    fadeIn(faded, made, begin);
                    faded = new float[next == windows.size() ? 0 : CROSSFADE];
                    end -= faded.length;
                    made.get(end, faded);
                }
                samples.accept(made.slice(begin, end - begin));
                Reference.reachabilityFence(audio);
            }
        }
    }

    /** Puts the crossfade from the end of the window before, which falls on the samples from {@code begin}. */
    private static void fadeIn(float[] before, FloatBuffer samples, int begin) {
        float step = 1f / (CROSSFADE - 1);
        for (int i = 0; i < before.length; i++) {
            float weight = i < CROSSFADE / 2 ? step * i : 1 - step * (CROSSFADE - 1 - i);
            float other = i < CROSSFADE / 2 ? 1 - step * i : step * (CROSSFADE - 1 - i);
            samples.put(begin + i, before[i] * other + samples.get(begin + i) * weight);
        }
    }
}
