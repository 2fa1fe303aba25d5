package acestep4j.pipeline;

import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.GenerationException;
import acestep4j.Stage;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.Resampler;
import acestep4j.bundle.Manifest;
import acestep4j.model.AceStepModel;
import acestep4j.onnx.Lease;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    List<AudioBuffer> decode(INDArray latents, DecodingMode mode, ProgressMeter meter, Cancellation cancellation) {
        int items = (int) latents.size(0);
        int channels = manifest.audio().channels();
        meter.begin(Stage.DECODING, costs(items, channels, (int) latents.size(3), mode));
        List<AudioBuffer> audio = new ArrayList<>();
        for (int item = 0; item < items; item++) {
            float[][] samples = new float[channels][];
            INDArray one = latents.get(NDArrayIndex.interval(item, item + 1));
            try (INDArray mel = model.dcaeDecoder().decode(one, mode, cancellation, meter::stepDone)) {
                Lease<?> loaded = model.vocoder().hold();
                try (loaded) {
                    for (int channel = 0; channel < channels; channel++) {
                        INDArray channelMel = mel.get(NDArrayIndex.all(), NDArrayIndex.point(channel));
                        samples[channel] = synthesize(channelMel, mode, meter, cancellation);
                    }
                }
            }
            audio.add(new AudioBuffer(samples, manifest.audio().sampleRate()));
        }
        return audio;
    }

    /** What each run of the decoder and the vocoder costs: per mel frame about the same. */
    private double[] costs(int items, int channels, int frames, DecodingMode mode) {
        int melFrames = frames * manifest.latents().melFrames();
        List<Integer> decoder = model.dcaeDecoder().runs(frames, mode);
        List<Integer> vocoder = model.vocoder().runs(melFrames, mode);
        return IntStream.range(0, items)
                .boxed()
                .flatMap(item -> Stream.concat(
                        decoder.stream(), IntStream.range(0, channels).boxed().flatMap(channel -> vocoder.stream())))
                .mapToDouble(Integer::doubleValue)
                .toArray();
    }

    private float[] synthesize(INDArray mel, DecodingMode mode, ProgressMeter meter, Cancellation cancellation) {
        int melFrames = (int) mel.size(2);
        Resampler.Stream resampled = resampler.stream(model.vocoder().samples(melFrames, mode));
        model.vocoder().synthesize(mel, mode, cancellation, samples -> {
            requireFinite("audio", samples);
            resampled.accept(samples);
            meter.stepDone();
        });
        float[] sound = resampled.finish();
        return mode == DecodingMode.OVERLAPPED ? Arrays.copyOf(sound, lengthOf(melFrames, sound.length)) : sound;
    }

    /** Of an overlapped sound, which goes on after the song's end, what the official code keeps. */
    private int lengthOf(int melFrames, int available) {
        double samples = (double) melFrames * manifest.mel().hopLength();
        Manifest.Audio audio = manifest.audio();
        return Math.min(available, (int) (samples * audio.sampleRate() / audio.decoderSampleRate()));
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
