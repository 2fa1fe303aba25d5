package acestep4j.model;

import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.bundle.Manifest;
import acestep4j.bundle.TensorSpec;
import acestep4j.diffusion.Latents;
import acestep4j.onnx.Lease;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.Tensor;
import acestep4j.onnx.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The decoder of the deep compression autoencoder, from latents to log mel spectrograms; the scaling on both sides of
 * it and the overlapping windows after {@code acestep/music_dcae/music_dcae_pipeline.py} at d612523. Immutable and
 * thread-safe.
 *
 * <p>Two graphs: the stages with attention, which see the whole song or a whole overlapping window, make features of the
 * latents, slab by slab inside the graph; the stages after them are convolutions alone, and take the features piece by
 * piece with as many around as they reach. Neither changes anything but memory, of which the features are what grows with
 * the song.
 */
public final class DcaeDecoder {
    /** Latent frames of an overlapping window. */
    private static final int OVERLAPPED_WINDOW = 512;

    /** Most mel frames that the upsampler computes at a time; so many take 0.3 GB at the published widths. */
    private static final int LONGEST_PIECE = 1024;

    /** Mel frames that the first piece keeps while the sound is heard: enough for the vocoder's first window. */
    private static final int FIRST_STREAMED_FRAMES = 256;

    /**
     * How many latent frames the convolutions of the stages with attention reach: 10 at the published layout, one into the
     * stage and three for each of its blocks, and some to spare.
     */
    private static final int ATTENTION_STAGE_REACH = 16;

    private final OnnxGraph decoder;
    private final OnnxGraph upsampler;
    private final Manifest manifest;
    private final int featureFrames;
    private final int longestPiece;

    public DcaeDecoder(OnnxGraph decoder, OnnxGraph upsampler, Manifest manifest) {
        this(decoder, upsampler, manifest, LONGEST_PIECE);
    }

    DcaeDecoder(OnnxGraph decoder, OnnxGraph upsampler, Manifest manifest, int longestPiece) {
        this.decoder = decoder;
        this.upsampler = upsampler;
        this.manifest = manifest;
        featureFrames = manifest.dcaeUpsampler().featureFrames();
        int context = manifest.dcaeUpsampler().contextFrames();
        this.longestPiece = Math.max(longestPiece / melFramesPerFeature(), 2 * context + 1);
    }

    private int melFramesPerFeature() {
        return manifest.latents().melFrames() / featureFrames;
    }

    /** How many latent frames to each side of one its mel frames depend on, but for what attention sees of the whole song. */
    public int contextFrames() {
        int upsampler = manifest.dcaeUpsampler().contextFrames();
        return ATTENTION_STAGE_REACH + (upsampler + featureFrames - 1) / featureFrames;
    }

    /**
     * A run of a graph.
     *
     * @param melFrames how many it stands for, overlaps included
     * @param ready how many mel frames of the song are there after it, counted from its beginning
     */
    public record Run(int melFrames, int ready) {}

    /** The runs for that many latent frames, in their order. */
    public List<Run> runs(int frames, DecodingMode mode) {
        List<Run> runs = new ArrayList<>();
        for (Window window : windows(frames, mode)) {
            int before = window.keptStart() * manifest.latents().melFrames();
            runs.add(new Run(window.length() * manifest.latents().melFrames(), before));
            for (Window piece : pieces(window, mode)) {
                runs.add(new Run(piece.length() * melFramesPerFeature(), ready(window, piece)));
            }
        }
        return runs;
    }

    private int ready(Window window, Window piece) {
        return (window.start() * featureFrames + piece.keptEnd()) * melFramesPerFeature();
    }

    /** The latent frames of each run of the decoder's first graph. */
    public List<Integer> decoderRuns(int frames, DecodingMode mode) {
        return windows(frames, mode).stream().map(Window::length).toList();
    }

    /** The frames of features of each run of the upsampler. */
    public List<Integer> upsamplerRuns(int frames, DecodingMode mode) {
        return windows(frames, mode).stream()
                .flatMap(window -> pieces(window, mode).stream())
                .map(Window::length)
                .toList();
    }

    private static List<Window> windows(int frames, DecodingMode mode) {
        return switch (mode) {
            case WHOLE, STREAMED, CIRCULAR -> List.of(new Window(0, frames, 0, frames));
            case OVERLAPPED -> Window.halfOverlapping(frames, OVERLAPPED_WINDOW);
        };
    }

    /** The pieces of a window's features, counted from its start. */
    private List<Window> pieces(Window window, DecodingMode mode) {
        if (mode == DecodingMode.STREAMED) {
            return Window.growing(
                    window.length() * featureFrames,
                    Math.max(1, FIRST_STREAMED_FRAMES / melFramesPerFeature()),
                    longestPiece,
                    manifest.dcaeUpsampler().contextFrames());
        }
        return Window.withContext(
                window.length() * featureFrames,
                (window.keptStart() - window.start()) * featureFrames,
                (window.keptEnd() - window.start()) * featureFrames,
                longestPiece,
                manifest.dcaeUpsampler().contextFrames());
    }

    /** Hears how the decoding of one song gets on. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called when each of the {@link #runs} has ended.
         *
         * @param mel log mel float32 [1, audio channels, bins, mel frames] of the whole song
         * @param ready how many mel frames are there, counted from the beginning
         */
        void ran(INDArray mel, int ready);
    }

    /**
     * Decodes the latents of one song.
     *
     * @param latents float32 [1, channels, height, frames]; left as they are
     * @return log mel float32 [1, audio channels, bins, mel frames]; the caller closes it
     */
    public INDArray decode(INDArray latents, DecodingMode mode, Cancellation cancellation, Listener listener) {
        Manifest.Latents scaling = manifest.latents();
        int frames = (int) latents.size(3);
        INDArray mel = createMel(frames * scaling.melFrames());
        try (INDArray scaled = latents.dup('c')) {
            scaled.divi(scaling.scale()).addi(scaling.shift());
            for (Window window : windows(frames, mode)) {
                try (INDArray features = features(scaled, window, cancellation)) {
                    listener.ran(mel, window.keptStart() * scaling.melFrames());
                    Lease<?> loaded = upsampler.hold();
                    try (loaded) {
                        for (Window piece : pieces(window, mode)) {
                            upsample(features, piece, mel, window.start() * featureFrames, cancellation);
                            listener.ran(mel, ready(window, piece));
                        }
                    }
                }
            }
            return mel;
        } catch (RuntimeException | Error e) {
            mel.close();
            throw e;
        }
    }

    private INDArray createMel(int melFrames) {
        return Latents.create(1, manifest.audio().channels(), manifest.mel().bins(), melFrames);
    }

    /** The features of a window, [1, height, frames, width]. */
    private INDArray features(INDArray scaled, Window window, Cancellation cancellation) {
        TensorSpec spec = decoder.spec().outputs().get(0);
        long height = spec.size(1).orElseThrow();
        long width = spec.size(3).orElseThrow();
        INDArray features = Latents.create(1, height, (long) window.length() * featureFrames, width);
        try (INDArray part = Latents.create(1, scaled.size(1), scaled.size(2), window.length())) {
            Latents.copyFrames(scaled, window.start(), window.length(), part, 0);
            run(decoder, "latents", part, "features", features, cancellation);
            return features;
        } catch (RuntimeException | Error e) {
            features.close();
            throw e;
        }
    }

    /** Puts the mel of a piece of the features, which begin at the frame {@code begin}, into the song's. */
    private void upsample(INDArray features, Window piece, INDArray mel, int begin, Cancellation cancellation) {
        int width = (int) features.size(3);
        int scale = melFramesPerFeature();
        try (INDArray part = Latents.create(1, features.size(1), piece.length(), width);
                INDArray partMel = createMel(piece.length() * scale)) {
            INDArray rows = features.reshape('c', features.size(1), features.size(2) * width);
            INDArray partRows = part.reshape('c', part.size(1), part.size(2) * width);
            Latents.copyFrames(rows, piece.start() * width, piece.length() * width, partRows, 0);
            run(upsampler, "features", part, "mel", partMel, cancellation);
            Manifest.Mel range = manifest.mel();
            partMel.muli(0.5f).addi(0.5f).muli(range.max() - range.min()).addi(range.min());
            int skipped = (piece.keptStart() - piece.start()) * scale;
            int at = (begin + piece.keptStart()) * scale;
            Latents.copyFrames(partMel, skipped, piece.keptLength() * scale, mel, at);
        }
    }

    private static void run(
            OnnxGraph graph, String input, INDArray in, String output, INDArray out, Cancellation cancellation) {
        try (Tensors inputs = new Tensors().with(input, Tensor.of(in));
                Tensors outputs = new Tensors().with(output, Tensor.of(out))) {
            graph.run(inputs.byName(), outputs.byName(), cancellation);
        }
    }
}
