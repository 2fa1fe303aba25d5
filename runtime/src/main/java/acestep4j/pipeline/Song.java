package acestep4j.pipeline;

import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.GenerationResult;
import acestep4j.InvalidRequestException;
import acestep4j.ProgressListener;
import acestep4j.Receipt;
import acestep4j.Stage;
import acestep4j.Version;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioSink;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.ApgGuidance;
import acestep4j.diffusion.CfgGuidance;
import acestep4j.diffusion.CfgZeroStarGuidance;
import acestep4j.diffusion.Denoiser;
import acestep4j.diffusion.DoubleConditionGuidance;
import acestep4j.diffusion.FlowEdit;
import acestep4j.diffusion.FlowEditSettings;
import acestep4j.diffusion.FlowMatchEulerScheduler;
import acestep4j.diffusion.FlowMatchHeunScheduler;
import acestep4j.diffusion.FlowMatchPingPongScheduler;
import acestep4j.diffusion.Guidance;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.Pass;
import acestep4j.diffusion.RepaintScheduler;
import acestep4j.diffusion.SamplingLoop;
import acestep4j.diffusion.SamplingSettings;
import acestep4j.diffusion.Scheduler;
import acestep4j.diffusion.SchedulerType;
import acestep4j.diffusion.SigmaSchedule;
import acestep4j.diffusion.TorchGenerator;
import acestep4j.model.AceStepModel;
import acestep4j.model.AdaptedModel;
import acestep4j.model.Condition;
import acestep4j.model.Lyrics;
import acestep4j.model.TextStates;
import acestep4j.onnx.Lease;
import acestep4j.request.GenerationSettings;
import acestep4j.request.Sampling;
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

/**
 * One generation: everything that changes on the way, and what the tasks share, after
 * {@code acestep/pipeline_ace_step.py} at d612523. Not thread-safe.
 */
final class Song {
    private static final float PLAIN = 1;

    private final AceStepModel model;
    private final AdaptedModel adapted;
    private final Manifest manifest;
    private final Decoding decoding;
    private final GenerationSettings settings;
    private final Sampling sampling;
    private final Cancellation cancellation;
    private final ProgressMeter meter;
    private final Optional<AudioSink> sink;
    private final List<Words> read = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    Song(
            AceStepModel model,
            AdaptedModel adapted,
            Decoding decoding,
            GenerationSettings settings,
            ProgressListener listener,
            Cancellation cancellation,
            Optional<AudioSink> sink) {
        this.model = model;
        this.adapted = adapted;
        this.manifest = model.manifest();
        this.decoding = decoding;
        this.settings = settings;
        this.sampling = settings.sampling();
        this.cancellation = cancellation;
        this.meter = new ProgressMeter(listener);
        this.sink = sink;
    }

    GenerationResult make(Task task) {
        cancellation.check();
        try (INDArray latents = task.sample(this)) {
            Decoding.requireFinite("latents", Latents.values(latents));
            List<AudioBuffer> audio = decoding.decode(
                    latents,
                    sink.isPresent() ? DecodingMode.STREAMED : DecodingMode.WHOLE,
                    sink.orElse(AudioSink.none()),
                    meter,
                    cancellation);
            meter.end();
            return new GenerationResult(
                    audio, values(latents), shape(latents), receipt(audio.get(0).seconds()));
        }
    }

    Sampling sampling() {
        return sampling;
    }

    /** Tokenizes prompt and lyrics, and encodes the prompt. */
    Words read(String prompt, String lyrics) {
        Words words = words(prompt, "lyrics", lyrics);
        remarks.addAll(words.remarks());
        return words;
    }

    /** The same for what the music is to become. */
    Words readTarget(String prompt, String lyrics) {
        Words words = words(prompt, "targetLyrics", lyrics);
        words.remarks().forEach(remark -> remarks.add("target " + remark));
        return words;
    }

    private Words words(String prompt, String lyricsField, String lyrics) {
        meter.begin(Stage.TEXT, 1);
        Prompt tokens = model.textTokenizer().encode(prompt);
        List<LyricLine> lines =
                lyrics.isEmpty() ? List.of() : model.lyricTokenizer().lines(lyrics);
        long[] lyricIds = lines.isEmpty() ? new long[0] : LyricTokenizer.ids(lines);
        int most = manifest.lyrics().maxTokens();
        if (lyricIds.length > most) {
            throw new InvalidRequestException(
                    lyricsField,
                    "expected at most " + most + " tokens, found " + lyricIds.length + "; shorten the lyrics");
        }
        TextStates text = model.textEncoder().encode(tokens.ids(), PLAIN, cancellation);
        Words words = new Words(tokens, text, lines, Lyrics.of(lyricIds), lyricIds.length);
        read.add(words);
        meter.stepDone();
        return words;
    }

    /** The latents of a piece, float32 [1, channels, height, frames]; the caller closes them. */
    INDArray encode(AudioBuffer audio) {
        meter.begin(Stage.SOURCE, 1);
        INDArray latents = model.latentEncoder().encode(audio, cancellation);
        try {
            meter.stepDone();
            return latents;
        } catch (RuntimeException | Error e) {
            latents.close();
            throw e;
        }
    }

    /** The number of latent frames of the piece to be made. */
    int frames() {
        return frames(settings.duration().orElseThrow());
    }

    /** The number of whole latent frames in that many seconds. */
    int frames(double seconds) {
        return (int) (seconds
                * manifest.audio().decoderSampleRate()
                / manifest.mel().hopLength()
                / manifest.latents().melFrames());
    }

    /** The number of latent frames that {@link #encode} makes of a piece. */
    int frames(AudioBuffer audio) {
        return model.latentEncoder().frames(audio);
    }

    /** A generator for each item of the batch, as in the official pipeline. */
    List<TorchGenerator> generators() {
        return settings.seeds().stream().map(TorchGenerator::new).toList();
    }

    /** A generator of the second noise for each item of the batch. */
    List<TorchGenerator> retakeGenerators() {
        return settings.retakeSeeds().stream().map(TorchGenerator::new).toList();
    }

    /** Noise from each item's own generator, float32 [batch, channels, height, frames]; the caller closes it. */
    INDArray noise(List<TorchGenerator> generators, int frames) {
        INDArray noise = zeros(frames);
        FloatBuffer values = Latents.values(noise);
        int itemLength = values.capacity() / generators.size();
        for (int item = 0; item < generators.size(); item++) {
            generators.get(item).fillNormal(values.slice(item * itemLength, itemLength));
        }
        return noise;
    }

    /** Latents of 0, float32 [batch, channels, height, frames]; the caller closes them. */
    INDArray zeros(int frames) {
        return Latents.create(
                settings.seeds().size(),
                manifest.latents().channels(),
                manifest.latents().height(),
                frames);
    }

    SigmaSchedule schedule() {
        return sampling.stepList().isEmpty()
                ? SigmaSchedule.of(sampling.steps(), sampling.shift())
                : SigmaSchedule.ofSteps(sampling.stepList(), sampling.shift());
    }

    /** @param generators those of the noise, the first of which draws further noise where the scheduler needs it */
    Scheduler scheduler(SigmaSchedule schedule, List<TorchGenerator> generators) {
        return switch (sampling.scheduler()) {
            case EULER -> new FlowMatchEulerScheduler(schedule, sampling.omegaScale());
            case HEUN -> new FlowMatchHeunScheduler(schedule, sampling.omegaScale());
            case PINGPONG -> FlowMatchPingPongScheduler.fromNoise(schedule, generators.get(0));
        };
    }

    /** The same for latents that start from an encoded piece. */
    Scheduler schedulerFromSource(SigmaSchedule schedule, List<TorchGenerator> generators) {
        return sampling.scheduler() == SchedulerType.PINGPONG
                ? FlowMatchPingPongScheduler.fromSource(schedule, generators.get(0))
                : scheduler(schedule, generators);
    }

    private Guidance guidance() {
        return switch (sampling.guidance()) {
            case APG -> new ApgGuidance();
            case CFG -> new CfgGuidance();
            case CFG_ZERO_STAR -> new CfgZeroStarGuidance();
            case DOUBLE_CONDITION ->
                new DoubleConditionGuidance(sampling.guidanceScaleText(), sampling.guidanceScaleLyric());
        };
    }

    /**
     * Samples new frames beside kept ones.
     *
     * @param source latents [1 or batch, channels, height, frames], with anything where they are painted
     * @param noise [batch, channels, height, frames]
     * @param painted for each frame whether it is made anew
     * @param variance how much of the schedule is run
     * @return float32 [batch, channels, height, frames]; the caller closes them
     */
    INDArray repaint(Words words, INDArray source, INDArray noise, boolean[] painted, double variance) {
        SigmaSchedule schedule = schedule();
        int firstStep = (int) (schedule.steps() * (1 - variance));
        return denoise(words, new RepaintScheduler(schedule, source, noise, painted, firstStep), zeros(painted.length));
    }

    /** Samples in place, and gives the latents back; when that fails they are closed. */
    INDArray denoise(Words words, Scheduler scheduler, INDArray latents) {
        Guidance guidance = guidance();
        SamplingSettings steering = new SamplingSettings(
                sampling.guidanceScale(),
                sampling.guidanceInterval(),
                sampling.guidanceIntervalDecay(),
                sampling.minGuidanceScale());
        double[] costs = costs(scheduler, guidance, steering);
        boolean isGuided = false;
        for (double cost : costs) {
            isGuided |= cost > 1;
        }
        try (Conditions conditions = conditions(words, isGuided ? guidance.passes() : List.of())) {
            if (costs.length > 0) {
                meter.begin(Stage.DIFFUSION, costs);
            }
            Denoiser denoiser = adapted.transformer()
                    .under(conditions.byPass(), sampling.ergDiffusion() ? ergTau() : PLAIN, cancellation);
            Lease<?> loaded = adapted.transformer().hold();
            try (loaded) {
                SamplingLoop.run(denoiser, scheduler, guidance, steering, latents, (done, total) -> meter.stepDone());
            }
            return latents;
        } catch (RuntimeException | Error e) {
            latents.close();
            throw e;
        }
    }

    /** How often the transformer runs in each evaluation that is to be done. */
    private static double[] costs(Scheduler scheduler, Guidance guidance, SamplingSettings steering) {
        double[] costs = new double[scheduler.evaluations() - scheduler.firstEvaluation()];
        for (int i = 0; i < costs.length; i++) {
            boolean guides = steering.guides(scheduler.firstEvaluation() + i, scheduler.steps());
            costs[i] = guides ? 1 + guidance.passes().size() : 1;
        }
        return costs;
    }

    /** What the conditional pass attends to, and each of those passes. */
    private Conditions conditions(Words words, List<Pass> passes) {
        meter.begin(Stage.CONDITION, 1 + passes.size());
        Optional<TextStates> weakText =
                passes.contains(Pass.UNCONDITIONAL) ? Optional.of(weakText(words)) : Optional.empty();
        Conditions conditions = new Conditions();
        Lease<?> loaded = adapted.conditionEncoder().hold();
        try (loaded) {
            encode(words.text(), words.lyrics(), PLAIN, Pass.CONDITIONAL, conditions);
            for (Pass pass : passes) {
                TextStates text = pass == Pass.UNCONDITIONAL ? weakText.orElseThrow() : words.text();
                if (sampling.ergLyric()) {
                    encode(text, words.lyrics(), ergTau(), pass, conditions);
                } else {
                    encode(text, words.lyrics().blank(), PLAIN, pass, conditions);
                }
            }
            return conditions;
        } catch (RuntimeException | Error e) {
            conditions.close();
            throw e;
        }
    }

    private TextStates weakText(Words words) {
        boolean isWeak = sampling.ergTag() && sampling.ergLyric();
        return isWeak
                ? model.textEncoder().encode(words.prompt().ids(), ergTau(), cancellation)
                : words.text().zeros();
    }

    private void encode(TextStates text, Lyrics lyrics, float tau, Pass pass, Conditions conditions) {
        int batch = settings.seeds().size();
        Condition condition = adapted.conditionEncoder().encode(text, lyrics, batch, tau, cancellation);
        conditions.put(pass, condition);
        meter.stepDone();
    }

    /**
     * Moves latents from one prompt and its lyrics to others.
     *
     * @param source latents [batch, channels, height, frames], left as they are
     * @return float32 [batch, channels, height, frames]; the caller closes them
     */
    INDArray edit(Words from, Words to, FlowEditSettings flow, INDArray source) {
        SigmaSchedule schedule = schedule();
        int first = flow.firstStep(schedule.steps());
        double[] costs = new double[schedule.steps() - first];
        for (int i = 0; i < costs.length; i++) {
            costs[i] = flow.evaluations(first + i, schedule.steps());
        }
        try (Conditions fromConditions = editConditions(from, flow.isGuided());
                Conditions toConditions = editConditions(to, flow.isGuided())) {
            if (costs.length > 0) {
                meter.begin(Stage.DIFFUSION, costs);
            }
            Lease<?> loaded = adapted.transformer().hold();
            try (loaded) {
                return FlowEdit.run(
                        adapted.transformer().under(fromConditions.byPass(), PLAIN, cancellation),
                        adapted.transformer().under(toConditions.byPass(), PLAIN, cancellation),
                        schedule,
                        flow,
                        generators(),
                        source,
                        (done, total) -> meter.stepDone());
            }
        }
    }

    /** An edit is guided away from nothing at all: neither prompt nor lyrics, nor the places of the lyrics. */
    private Conditions editConditions(Words words, boolean isGuided) {
        meter.begin(Stage.CONDITION, isGuided ? 2 : 1);
        Conditions conditions = new Conditions();
        Lease<?> loaded = adapted.conditionEncoder().hold();
        try (loaded) {
            encode(words.text(), words.lyrics(), PLAIN, Pass.CONDITIONAL, conditions);
            if (isGuided) {
                encode(words.text().zeros(), words.lyrics().masked(), PLAIN, Pass.UNCONDITIONAL, conditions);
            }
            return conditions;
        } catch (RuntimeException | Error e) {
            conditions.close();
            throw e;
        }
    }

    private float ergTau() {
        return manifest.erg().tau();
    }

    private Receipt receipt(double seconds) {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("acestep4j", Version.current());
        versions.put("onnxruntime", model.runtime().version());
        versions.put("java", System.getProperty("java.version"));
        Words words = read.get(0);
        return new Receipt(
                settings,
                settings.duration().orElse(seconds),
                manifest.name(),
                manifest.id(),
                versions,
                model.runtime().options(),
                model.runtime().choice(),
                adapted.lora(),
                words.prompt().ids().length,
                read.stream().anyMatch(each -> each.prompt().truncated()),
                words.lyricTokens(),
                remarks,
                meter.timings());
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
}
