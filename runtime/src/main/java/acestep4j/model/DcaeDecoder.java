package acestep4j.model;

import acestep4j.Cancellation;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.Latents;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.Tensor;
import acestep4j.onnx.Tensors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The decoder of the deep compression autoencoder, from latents to log mel spectrograms; the scaling on both sides of
 * it after {@code acestep/music_dcae/music_dcae_pipeline.py} at d612523. Immutable and thread-safe.
 */
public final class DcaeDecoder {
    private final OnnxGraph graph;
    private final Manifest manifest;

    public DcaeDecoder(OnnxGraph graph, Manifest manifest) {
        this.graph = graph;
        this.manifest = manifest;
    }

    /**
     * Decodes the latents of one song.
     *
     * @param latents float32 [1, channels, height, frames]; left as they are
     * @return log mel float32 [1, audio channels, bins, mel frames]; the caller closes it
     */
    public INDArray decode(INDArray latents, Cancellation cancellation) {
        Manifest.Latents scaling = manifest.latents();
        Manifest.Mel range = manifest.mel();
        long melFrames = latents.size(3) * scaling.melFrames();
        INDArray mel = Latents.create(1, manifest.audio().channels(), range.bins(), melFrames);
        try (INDArray scaled = latents.dup('c')) {
            scaled.divi(scaling.scale()).addi(scaling.shift());
            try (Tensors inputs = new Tensors().with("latents", Tensor.of(scaled));
                    Tensors outputs = new Tensors().with("mel", Tensor.of(mel))) {
                graph.run(inputs.byName(), outputs.byName(), cancellation);
            }
            mel.muli(0.5f).addi(0.5f).muli(range.max() - range.min()).addi(range.min());
            return mel;
        } catch (RuntimeException | Error e) {
            mel.close();
            throw e;
        }
    }
}
