package acestep4j.pipeline;

import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.NotFiniteException;
import acestep4j.Stage;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioSink;
import acestep4j.audio.Resampler;
import acestep4j.bundle.Manifest;
import acestep4j.model.AceStepModel;
import acestep4j.model.DcaeDecoder;
import acestep4j.model.Vocoder;
import acestep4j.onnx.Lease;
import acestep4j.onnx.OnnxRuntime;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** From latents to sound, item after item. Thread-safe. */
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

    /**
     * The sound of each item of the batch.
     *
     * @param sink takes the sound piece by piece when it is {@link DecodingMode#STREAMED}
     */
    List<AudioBuffer> decode(
            INDArray latents, DecodingMode mode, AudioSink sink, ProgressMeter meter, Cancellation cancellation) {
        int items = (int) latents.size(0);
        meter.begin(Stage.DECODING, costs(items, decodedFrames(model, (int) latents.size(3), mode), mode));
        List<AudioBuffer> audio = new ArrayList<>();
        for (int item = 0; item < items; item++) {
            INDArray one = latents.get(NDArrayIndex.interval(item, item + 1));
            audio.add(new Sound((int) latents.size(3), mode, sink, meter, cancellation).decode(one));
        }
        return audio;
    }

    /** How many latent frames are decoded for that many. */
    static int decodedFrames(AceStepModel model, int frames, DecodingMode mode) {
        return mode == DecodingMode.CIRCULAR ? Circle.of(model, frames).unrolledFrames() : frames;
    }

    /** What each run of the decoder and the vocoder costs, in their order: per mel frame about the same. */
    private double[] costs(int items, int frames, DecodingMode mode) {
        Deque<Vocoder.Run> vocoder = new ArrayDeque<>(
                model.vocoder().runs(frames * manifest.latents().melFrames(), mode));
        List<Integer> costs = new ArrayList<>();
        for (DcaeDecoder.Run run : model.dcaeDecoder().runs(frames, mode)) {
            costs.add(run.melFrames());
            while (mode == DecodingMode.STREAMED
                    && !vocoder.isEmpty()
                    && vocoder.peek().needed() <= run.ready()) {
                costs.add(costOf(vocoder.remove()));
            }
        }
        vocoder.forEach(run -> costs.add(costOf(run)));
        return Collections.nCopies(items, costs).stream()
                .flatMap(List::stream)
                .mapToDouble(Integer::doubleValue)
                .toArray();
    }

    private int costOf(Vocoder.Run run) {
        return run.melFrames() * manifest.audio().channels();
    }

    /** The sound of one item on its way. Not thread-safe. */
    private final class Sound {
        private final Optional<Circle> circle;
        private final int melFrames;
        private final DecodingMode mode;
        private final AudioSink sink;
        private final ProgressMeter meter;
        private final Cancellation cancellation;
        private final Deque<Vocoder.Run> runs;
        private final Vocoder.Voice voice;
        private final List<Resampler.Stream> channels = new ArrayList<>();
        private int given;

        Sound(int frames, DecodingMode mode, AudioSink sink, ProgressMeter meter, Cancellation cancellation) {
            this.circle = mode == DecodingMode.CIRCULAR ? Optional.of(Circle.of(model, frames)) : Optional.empty();
            this.melFrames =
                    decodedFrames(model, frames, mode) * manifest.latents().melFrames();
            this.mode = mode;
            this.sink = sink;
            this.meter = meter;
            this.cancellation = cancellation;
            runs = new ArrayDeque<>(model.vocoder().runs(melFrames, mode));
            voice = model.vocoder().voice(manifest.audio().channels(), melFrames, mode);
            for (int channel = 0; channel < manifest.audio().channels(); channel++) {
                int silence = circle.map(each -> each.silence(resampler)).orElse(0);
                Resampler.Stream stream =
                        resampler.stream(silence + model.vocoder().samples(melFrames, mode));
                stream.accept(FloatBuffer.allocate(silence));
                channels.add(stream);
            }
        }

        AudioBuffer decode(INDArray latents) {
            if (mode == DecodingMode.STREAMED) {
                Lease<?> loaded = model.vocoder().hold();
                try (loaded) {
                    mel(latents, this::synthesize).close();
                }
            } else {
                try (INDArray mel = mel(latents, (unfinished, ready) -> {})) {
                    OnnxRuntime.giveMemoryBack();
                    Lease<?> loaded = model.vocoder().hold();
                    try (loaded) {
                        synthesize(mel, melFrames);
                    }
                }
            }
            float[][] samples = new float[channels.size()][];
            for (int channel = 0; channel < samples.length; channel++) {
                samples[channel] = kept(channels.get(channel).finish());
            }
            return new AudioBuffer(samples, manifest.audio().sampleRate());
        }

        /** What of a channel's decoded sound is the item's. */
        private float[] kept(float[] sound) {
            return switch (mode) {
                case WHOLE, STREAMED -> sound;
                case OVERLAPPED -> Arrays.copyOf(sound, lengthOf(melFrames, sound.length));
                case CIRCULAR -> circle.orElseThrow().turn(sound, resampler);
            };
        }

        private INDArray mel(INDArray latents, DcaeDecoder.Listener listener) {
            if (circle.isEmpty()) {
                return decoded(latents, listener);
            }
            try (INDArray unrolled = circle.get().unrolled(latents)) {
                return decoded(unrolled, listener);
            }
        }

        private INDArray decoded(INDArray latents, DcaeDecoder.Listener listener) {
            return model.dcaeDecoder().decode(latents, mode, cancellation, (mel, ready) -> {
                meter.stepDone();
                listener.ran(mel, ready);
            });
        }

        /** Makes the sound of all channels as far as the mel frames reach that are there. */
        private void synthesize(INDArray mel, int ready) {
            while (!runs.isEmpty() && runs.peek().needed() <= ready) {
                runs.remove();
                voice.next(mel, cancellation, (channel, samples) -> {
                    requireFinite("audio", samples);
                    channels.get(channel).accept(samples);
                });
                meter.stepDone();
                if (mode == DecodingMode.STREAMED) {
                    give();
                }
            }
        }

        private void give() {
            int end = channels.get(0).ready();
            float[][] block = new float[channels.size()][];
            for (int channel = 0; channel < block.length; channel++) {
                block[channel] = channels.get(channel).copy(given, end);
            }
            given = end;
            sink.accept(new AudioBuffer(block, manifest.audio().sampleRate()));
        }
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
                throw new NotFiniteException("the " + what + " became " + values.get(i)
                        + ": the settings drive the model too far, or the bundle's weights are damaged; try a lower"
                        + " guidance scale, or open the bundle with its hashes verified");
            }
        }
    }
}
