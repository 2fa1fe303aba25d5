package acestep4j.pipeline;

import acestep4j.Cancellation;
import acestep4j.GenerationException;
import acestep4j.GenerationResult;
import acestep4j.GenerationSettings;
import acestep4j.InvalidRequestException;
import acestep4j.ProgressListener;
import acestep4j.Receipt;
import acestep4j.Stage;
import acestep4j.Version;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.Resampler;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.FlowMatchEulerScheduler;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.SamplingLoop;
import acestep4j.diffusion.SamplingSettings;
import acestep4j.diffusion.TorchGenerator;
import acestep4j.model.AceStepModel;
import acestep4j.model.Condition;
import acestep4j.model.Lyrics;
import acestep4j.model.TextStates;
import acestep4j.text.LyricLine;
import acestep4j.text.LyricTokenizer;
import acestep4j.text.Prompt;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * From a prompt and lyrics to sound: the task "text2music" of {@code acestep/pipeline_ace_step.py} at d612523. Holds
 * nothing but the model and is thread-safe; everything that changes belongs to one call.
 */
public final class TextToMusic {
    private static final float PLAIN = 1;

    private final AceStepModel model;
    private final Manifest manifest;
    private final Resampler resampler;

    public TextToMusic(AceStepModel model) {
        this.model = model;
        this.manifest = model.manifest();
        this.resampler = new Resampler(
                manifest.audio().decoderSampleRate(), manifest.audio().sampleRate());
    }

    /**
     * Makes the music.
     *
     * @throws InvalidRequestException when the lyrics have more tokens than the model takes, or can't be read
     * @throws GenerationException when ONNX Runtime fails, memory running out included
     * @throws acestep4j.CancelledException when cancelled meanwhile
     */
    public GenerationResult generate(
            GenerationSettings settings, ProgressListener listener, Cancellation cancellation) {
        try {
            return new Generation(settings, listener, cancellation).run();
        } catch (OutOfMemoryError e) {
            throw new GenerationException(
                    "out of memory (" + e.getMessage()
                            + "); ask for a shorter piece or a smaller batch, or give the process more memory",
                    e);
        }
    }

    /** One generation: all that changes on the way. */
    private final class Generation {
        private final GenerationSettings settings;
        private final SamplingSettings sampling;
        private final FlowMatchEulerScheduler scheduler;
        private final Cancellation cancellation;
        private final ProgressMeter meter;

        Generation(GenerationSettings settings, ProgressListener listener, Cancellation cancellation) {
            this.settings = settings;
            this.sampling = new SamplingSettings(
                    settings.guidanceScale(),
                    settings.guidanceInterval(),
                    settings.guidanceIntervalDecay(),
                    settings.minGuidanceScale(),
                    settings.omegaScale());
            this.scheduler = new FlowMatchEulerScheduler(settings.steps(), settings.shift());
            this.cancellation = cancellation;
            this.meter = new ProgressMeter(listener);
        }

        GenerationResult run() {
            cancellation.check();
            meter.begin(Stage.TEXT, 1);
            Prompt prompt = model.textTokenizer().encode(settings.prompt());
            List<LyricLine> lyricLines = lyricLines();
            long[] lyricIds = lyricIds(lyricLines);
            TextStates text = model.textEncoder().encode(prompt.ids(), PLAIN, cancellation);
            Optional<TextStates> weakText = encodeWeakText(prompt, text);
            meter.stepDone();

            try (INDArray latents = noise()) {
                denoise(text, weakText, Lyrics.of(lyricIds), latents);
                List<AudioBuffer> audio = decode(latents);
                meter.end();
                return new GenerationResult(
                        audio, values(latents), shape(latents), receipt(prompt, lyricLines, lyricIds.length));
            }
        }

        private List<LyricLine> lyricLines() {
            String lyrics = settings.lyrics();
            return lyrics.isEmpty() ? List.of() : model.lyricTokenizer().lines(lyrics);
        }

        private long[] lyricIds(List<LyricLine> lines) {
            long[] ids = lines.isEmpty() ? new long[0] : LyricTokenizer.ids(lines);
            int most = manifest.lyrics().maxTokens();
            if (ids.length > most) {
                throw new InvalidRequestException(
                        "lyrics", "expected at most " + most + " tokens, found " + ids.length + "; shorten the lyrics");
            }
            return ids;
        }

        /** The text of the unguided side; empty when no step is guided. */
        private Optional<TextStates> encodeWeakText(Prompt prompt, TextStates text) {
            if (!isGuided()) {
                return Optional.empty();
            }
            if (settings.ergTag() && settings.ergLyric()) {
                return Optional.of(model.textEncoder().encode(prompt.ids(), ergTau(), cancellation));
            }
            return Optional.of(text.zeros());
        }

        private void denoise(TextStates text, Optional<TextStates> weakText, Lyrics lyrics, INDArray latents) {
            meter.begin(Stage.CONDITION, weakText.isPresent() ? 2 : 1);
            try (Condition condition = encode(text, lyrics, PLAIN);
                    Closing<Condition> weakCondition = new Closing<>(weakText.map(weak -> encodeWeak(weak, lyrics)))) {
                meter.begin(Stage.DIFFUSION, stepCosts());
                SamplingLoop.run(
                        model.transformer()
                                .under(
                                        condition,
                                        weakCondition.resource(),
                                        settings.ergDiffusion() ? ergTau() : PLAIN,
                                        cancellation),
                        scheduler,
                        sampling,
                        latents,
                        (done, total) -> meter.stepDone());
            }
        }

        private Condition encodeWeak(TextStates weakText, Lyrics lyrics) {
            return settings.ergLyric() ? encode(weakText, lyrics, ergTau()) : encode(weakText, lyrics.blank(), PLAIN);
        }

        private Condition encode(TextStates text, Lyrics lyrics, float tau) {
            Condition condition =
                    model.conditionEncoder().encode(text, lyrics, settings.batchSize(), tau, cancellation);
            try {
                meter.stepDone();
                return condition;
            } catch (RuntimeException | Error e) {
                condition.close();
                throw e;
            }
        }

        /** Each item's noise comes from a generator of its own, as in the official pipeline. */
        private INDArray noise() {
            INDArray latents = Latents.create(
                    settings.batchSize(),
                    manifest.latents().channels(),
                    manifest.latents().height(),
                    frames());
            FloatBuffer values = Latents.values(latents);
            int itemLength = values.capacity() / settings.batchSize();
            for (int item = 0; item < settings.batchSize(); item++) {
                new TorchGenerator(settings.seeds().get(item)).fillNormal(values.slice(item * itemLength, itemLength));
            }
            return latents;
        }

        private int frames() {
            return (int) (settings.duration()
                    * manifest.audio().decoderSampleRate()
                    / manifest.mel().hopLength()
                    / manifest.latents().melFrames());
        }

        private List<AudioBuffer> decode(INDArray latents) {
            int channels = manifest.audio().channels();
            meter.begin(Stage.DECODING, settings.batchSize() * (1 + channels));
            List<AudioBuffer> audio = new ArrayList<>();
            for (int item = 0; item < settings.batchSize(); item++) {
                float[][] samples = new float[channels][];
                INDArray one = latents.get(NDArrayIndex.interval(item, item + 1));
                try (INDArray mel = model.dcaeDecoder().decode(one, cancellation)) {
                    meter.stepDone();
                    for (int channel = 0; channel < channels; channel++) {
                        samples[channel] = synthesize(mel.get(NDArrayIndex.all(), NDArrayIndex.point(channel)));
                        meter.stepDone();
                    }
                }
                audio.add(new AudioBuffer(samples, manifest.audio().sampleRate()));
            }
            return audio;
        }

        private float[] synthesize(INDArray mel) {
            try (INDArray waveform = model.vocoder().synthesize(mel, cancellation)) {
                return resampler.resample(Latents.values(waveform));
            }
        }

        private boolean isGuided() {
            for (int i = 0; i < settings.steps(); i++) {
                if (sampling.guides(i, settings.steps())) {
                    return true;
                }
            }
            return false;
        }

        /** A guided step runs the transformer twice. */
        private double[] stepCosts() {
            double[] costs = new double[settings.steps()];
            for (int i = 0; i < costs.length; i++) {
                costs[i] = sampling.guides(i, costs.length) ? 2 : 1;
            }
            return costs;
        }

        private float ergTau() {
            return manifest.erg().tau();
        }

        private Receipt receipt(Prompt prompt, List<LyricLine> lyricLines, int lyricTokens) {
            Map<String, String> versions = new LinkedHashMap<>();
            versions.put("acestep4j", Version.current());
            versions.put("onnxruntime", model.runtime().version());
            versions.put("java", System.getProperty("java.version"));
            return new Receipt(
                    settings,
                    manifest.name(),
                    manifest.id(),
                    versions,
                    model.runtime().provider(),
                    model.precision(),
                    prompt.ids().length,
                    prompt.truncated(),
                    lyricTokens,
                    remarks(lyricLines),
                    meter.timings());
        }
    }

    private static List<String> remarks(List<LyricLine> lines) {
        return lines.stream()
                .flatMap(line -> line.remarks().stream().map(remark -> "line " + line.number() + ": " + remark))
                .toList();
    }

    private static float[] values(INDArray latents) {
        FloatBuffer buffer = Latents.values(latents);
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static List<Integer> shape(INDArray latents) {
        List<Integer> shape = new ArrayList<>();
        for (long size : latents.shape()) {
            shape.add((int) size);
        }
        return shape;
    }

    /** Closes what is there. */
    private record Closing<T extends AutoCloseable>(Optional<T> resource) implements AutoCloseable {
        @Override
        public void close() {
            resource.ifPresent(open -> {
                try {
                    open.close();
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }
}
