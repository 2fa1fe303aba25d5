package acestep4j.pipeline;

import acestep4j.Cancellation;
import acestep4j.GenerationException;
import acestep4j.Stage;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.Resampler;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.Latents;
import acestep4j.model.AceStepModel;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** From latents to sound, item after item and channel after channel. Thread-safe. */
final class Decoding {
    private final AceStepModel model;
    private final Manifest manifest;
    private final Resampler resampler;

    Decoding(AceStepModel model) {
        this.model = model;
        this.manifest = model.manifest();
        this.resampler = new Resampler(
                manifest.audio().decoderSampleRate(), manifest.audio().sampleRate());
    }

    /** The sound of each item of the batch. */
    List<AudioBuffer> decode(INDArray latents, ProgressMeter meter, Cancellation cancellation) {
        int items = (int) latents.size(0);
        int channels = manifest.audio().channels();
        meter.begin(Stage.DECODING, items * (1 + channels));
        List<AudioBuffer> audio = new ArrayList<>();
        for (int item = 0; item < items; item++) {
            float[][] samples = new float[channels][];
            INDArray one = latents.get(NDArrayIndex.interval(item, item + 1));
            try (INDArray mel = model.dcaeDecoder().decode(one, cancellation)) {
                meter.stepDone();
                for (int channel = 0; channel < channels; channel++) {
                    INDArray channelMel = mel.get(NDArrayIndex.all(), NDArrayIndex.point(channel));
                    samples[channel] = synthesize(channelMel, cancellation);
                    meter.stepDone();
                }
            }
            audio.add(new AudioBuffer(samples, manifest.audio().sampleRate()));
        }
        return audio;
    }

    private float[] synthesize(INDArray mel, Cancellation cancellation) {
        try (INDArray waveform = model.vocoder().synthesize(mel, cancellation)) {
            FloatBuffer samples = Latents.values(waveform);
            requireFinite("audio", samples);
            return resampler.resample(samples);
        }
    }

    static void requireFinite(String what, FloatBuffer values) {
        for (int i = 0; i < values.limit(); i++) {
            if (!Float.isFinite(values.get(i))) {
                throw new GenerationException("the " + what + " became " + values.get(i)
                        + ": the settings drive the model too far, or the bundle's weights are damaged; try a lower"
                        + " guidance scale, or open the bundle with its hashes verified");
            }
        }
    }
}
