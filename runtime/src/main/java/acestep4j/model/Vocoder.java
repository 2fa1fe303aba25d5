package acestep4j.model;

import acestep4j.Cancellation;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.Latents;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.Tensor;
import acestep4j.onnx.Tensors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** From the log mel spectrogram of one channel to its waveform. Immutable and thread-safe. */
public final class Vocoder {
    private final OnnxGraph graph;
    private final int hopLength;

    public Vocoder(OnnxGraph graph, Manifest manifest) {
        this.graph = graph;
        this.hopLength = manifest.mel().hopLength();
    }

    /**
     * Makes one channel's waveform.
     *
     * @param mel log mel float32 [1, bins, mel frames]
     * @return float32 [1, samples] at the decoder's sample rate, nominally -1 to 1; the caller closes it
     */
    public INDArray synthesize(INDArray mel, Cancellation cancellation) {
        INDArray audio = Latents.create(1, mel.size(2) * hopLength);
        try (Tensors inputs = new Tensors().with("mel", Tensor.of(mel));
                Tensors outputs = new Tensors().with("audio", Tensor.of(audio))) {
            graph.run(inputs.byName(), outputs.byName(), cancellation);
            return audio;
        } catch (RuntimeException | Error e) {
            audio.close();
            throw e;
        }
    }
}
