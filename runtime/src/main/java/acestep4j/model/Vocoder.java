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
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * From the log mel spectrogram to the waveform of each channel, piece by piece, so that memory doesn't grow with the
 * song's length. The channels go through the graph together: its narrow layers keep one thread busy each. Immutable and
 * thread-safe.
 *
 * <p>{@link DecodingMode#WHOLE}: the vocoder's layers are convolutions, so a window that reaches far enough to both
 * sides of what is kept of it gives what the whole song would give. {@link DecodingMode#OVERLAPPED}: shorter overlaps and
 * crossfades, after {@code decode_overlap} in {@code acestep/music_dcae/music_dcae_pipeline.py} at d612523.
 */
public final class Vocoder {
    /** Most mel frames of a window; so many of two channels take 0.2 GB at the published widths. */
    private static final int LONGEST_WINDOW = 512;

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
     * A run of the graph for all channels.
     *
     * @param melFrames how many it computes, overlaps included
     * @param needed how many mel frames of the song must be there, counted from its beginning
     */
    public record Run(int melFrames, int needed) {}

    /** The runs for that many mel frames, in their order. */
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
     * How many samples of each channel a {@link Voice} gives for that many mel frames: those of the frames themselves
     * or, overlapped, also those of the zeros after them.
     */
    public int samples(int melFrames, DecodingMode mode) {
        List<Window> windows = windows(melFrames, mode);
        return Math.multiplyExact(windows.get(windows.size() - 1).keptEnd(), hopLength);
    }

    /** Keeps its graph loaded from one run to the next, until the lease is closed. */
    public Lease<?> hold() {
        return graph.hold();
    }

    /** The waveform of so many channels, from its beginning on. */
    public Voice voice(int channels, int melFrames, DecodingMode mode) {
        return new Voice(channels, melFrames, mode);
    }

    /** Takes what a run makes. */
    @FunctionalInterface
    public interface Listener {
        /** @param samples of a channel, nominally -1 to 1, at the decoder's sample rate; theirs during the call only */
        void made(int channel, FloatBuffer samples);
    }

    /** A song on its way from mel to waveform, a run of the graph at a time. Not thread-safe. */
    public final class Voice {
        private final int channels;
        private final int melFrames;
        private final DecodingMode mode;
        private final List<Window> windows;
        private final float[][] faded;
        private int next;

        private Voice(int channels, int melFrames, DecodingMode mode) {
            this.channels = channels;
            this.melFrames = melFrames;
            this.mode = mode;
            this.windows = windows(melFrames, mode);
            this.faded = new float[channels][0];
        }

        /**
         * Makes the next samples.
         *
         * @param mel log mel float32 [1, channels, bins, mel frames] of the whole song, as far as the run needs it; left as
         *     it is
         */
        public void next(INDArray mel, Cancellation cancellation, Listener listener) {
            Window window = windows.get(next++);
            int length = window.length();
            boolean fades = mode == DecodingMode.OVERLAPPED;
            int before = fades ? 0 : window.keptStart() - window.start();
            int after = fades ? 0 : window.end() - window.keptEnd();
            int samples = (length - before - after) * hopLength;
            try (INDArray part = Latents.create(channels, mel.size(2), length);
                    INDArray audio = Latents.create(channels, samples)) {
                Latents.copyFrames(mel, window.start(), Math.min(length, melFrames - window.start()), part, 0);
                try (Tensors inputs = new Tensors()
                                .with("mel", Tensor.of(part))
                                .with("context", Tensor.of(new long[] {before, after}, 2));
                        Tensors outputs = new Tensors().with("audio", Tensor.of(audio))) {
                    graph.run(inputs.byName(), outputs.byName(), cancellation);
                }
                FloatBuffer made = Latents.values(audio);
                for (int channel = 0; channel < channels; channel++) {
                    FloatBuffer own = made.slice(channel * samples, samples);
                    listener.made(channel, fades ? joined(channel, own, window) : own);
                }
                Reference.reachabilityFence(audio);
            }
        }

        /** Of an overlapping window what follows on the one before, its end kept for the one after. */
        private FloatBuffer joined(int channel, FloatBuffer made, Window window) {
            int begin = (window.keptStart() - window.start()) * hopLength - faded[channel].length;
            int end = (window.keptEnd() - window.start()) * hopLength;
            fadeIn(faded[channel], made, begin);
            faded[channel] = new float[next == windows.size() ? 0 : CROSSFADE];
            end -= faded[channel].length;
            made.get(end, faded[channel]);
            return made.slice(begin, end - begin);
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
