package acestep4j.model;

import acestep4j.Cancellation;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.Resampler;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.Latents;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.Tensor;
import acestep4j.onnx.Tensors;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * From sound to latents: log mel spectrogram and encoder of the deep compression autoencoder, after {@code encode} of
 * {@code acestep/music_dcae/music_dcae_pipeline.py} at d612523. Immutable and thread-safe.
 */
public final class LatentEncoder {
    private final OnnxGraph graph;
    private final Manifest manifest;

    public LatentEncoder(OnnxGraph graph, Manifest manifest) {
        this.graph = graph;
        this.manifest = manifest;
    }

    /**
     * Encodes one piece of sound. It is resampled to the decoder's sample rate (44100 Hz), and silence after it fills the
     * last frame.
     *
     * @param audio mono, which counts for both channels, or stereo; any sample rate; nominal range -1 to 1, values beyond
     *     it aren't clipped
     * @return float32 [1, channels, height, frames] as the transformer takes them, scaled and shifted; a frame for each
     *     4096 samples at 44100 Hz that have begun; the caller closes it
     * @throws IllegalArgumentException if there are no samples, more channels, or samples that aren't finite
     * @throws acestep4j.GenerationException when ONNX Runtime fails, memory running out included
     * @throws acestep4j.CancelledException when cancelled meanwhile
     */
    public INDArray encode(AudioBuffer audio, Cancellation cancellation) {
        check(audio);
        Manifest.Latents latentShape = manifest.latents();
        Resampler resampler = new Resampler(audio.sampleRate(), manifest.audio().decoderSampleRate());
        int frames = frames(audio, manifest);
        try (INDArray waveform = waveform(
                audio, resampler, (long) frames * manifest.latents().frameSamples(manifest.mel()), cancellation)) {
            INDArray latents = Latents.create(1, latentShape.channels(), latentShape.height(), frames);
            try (Tensors inputs = new Tensors().with("audio", Tensor.of(waveform));
                    Tensors outputs = new Tensors().with("latents", Tensor.of(latents))) {
                graph.run(inputs.byName(), outputs.byName(), cancellation);
                return latents;
            } catch (RuntimeException | Error e) {
                latents.close();
                throw e;
            }
        }
    }

    /** The number of latent frames that a piece becomes. */
    public static int frames(AudioBuffer audio, Manifest manifest) {
        Resampler resampler = new Resampler(audio.sampleRate(), manifest.audio().decoderSampleRate());
        long samples = resampler.outputLength(audio.length());
        int frameSamples = manifest.latents().frameSamples(manifest.mel());
        return (int) ((samples + frameSamples - 1) / frameSamples);
    }

    /** Float32 [1, audio channels, samples] at the decoder's sample rate. */
    private INDArray waveform(AudioBuffer audio, Resampler resampler, long samples, Cancellation cancellation) {
        int channels = manifest.audio().channels();
        INDArray waveform = Latents.create(1, channels, samples);
        try {
            FloatBuffer values = Latents.values(waveform);
            float[] resampled = null;
            for (int channel = 0; channel < channels; channel++) {
                cancellation.check();
                if (channel < audio.channels()) {
                    resampled = resampler.resample(audio.samples()[channel]);
                }
                values.position(Math.toIntExact(channel * samples)).put(resampled);
            }
            return waveform;
        } catch (RuntimeException | Error e) {
            waveform.close();
            throw e;
        }
    }

    private void check(AudioBuffer audio) {
        int channels = manifest.audio().channels();
        if (audio.channels() != 1 && audio.channels() != channels) {
            throw new IllegalArgumentException("audio: expected 1 or " + channels + " channels, found "
                    + audio.channels() + "; mix them down first");
        }
        if (audio.length() == 0) {
            throw new IllegalArgumentException("audio: expected at least one sample, found none");
        }
        for (int channel = 0; channel < audio.channels(); channel++) {
            float[] samples = audio.samples()[channel];
            for (int i = 0; i < samples.length; i++) {
                if (!Float.isFinite(samples[i])) {
                    throw new IllegalArgumentException("audio: expected finite samples, found " + samples[i]
                            + " in channel " + channel + " at sample " + i);
                }
            }
        }
    }
}
