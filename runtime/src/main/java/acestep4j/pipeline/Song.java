package acestep4j.pipeline;

import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.GenerationResult;
import acestep4j.Loop;
import acestep4j.Plan;
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
import acestep4j.model.LatentEncoder;
import acestep4j.model.Lyrics;
import acestep4j.model.TextStates;
import acestep4j.onnx.Lease;
import acestep4j.request.GenerationSettings;
import acestep4j.request.Sampling;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private final Plan plan;
    private final Iterator<Tokens> tokens;
    private final List<Words> read = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final Set<String> ignoredInputs = new LinkedHashSet<>();

    Song(
            AceStepModel model,
            AdaptedModel adapted,
            Decoding decoding,
            GenerationSettings settings,
            Outline outline,
            Plan plan,
            ProgressMeter meter,
            Cancellation cancellation,
            Optional<AudioSink> sink) {
        this.model = model;
        this.adapted = adapted;
        this.manifest = model.manifest();
        this.decoding = decoding;
        this.settings = settings;
        this.sampling = settings.sampling();
        this.cancellation = cancellation;
        this.meter = meter;
        this.plan = plan;
        this.tokens = outline.read().iterator();
        this.sink = sink;
    }

    GenerationResult make(Task task) {
        try (INDArray latents = task.sample(this)) {
            Decoding.requireFinite("latents", Latents.values(latents));
            AudioSink pieces = sink.orElse(AudioSink.none());
            List<AudioBuffer> audio = decoding.decode(latents, plan.decoding(), pieces, meter, cancellation).stream()
                    .map(task::finish)
                    .toList();
            if (plan.decoding() != DecodingMode.STREAMED) {
                pieces.accept(audio.get(0));
            }
            meter.end();
            return new GenerationResult(audio, values(latents), shape(latents), receipt(audio, task.loop(audio)));
        }
    }

    Sampling sampling() {
        return sampling;
    }

    /** Encodes the next prompt of the outline, the request's own. */
    Words read() {
        Words words = words();
        remarks.addAll(words.remarks());
        return words;
    }

    /** The same for what the music is to become. */
    Words readTarget() {
        Words words = words();
        words.remarks().forEach(remark -> remarks.add("target " + remark));
        return words;
    }

    private Words words() {
        meter.begin(Stage.TEXT, 1);
        Tokens next = tokens.next();
        if (next.lyricsIgnored()) {
            ignoredInputs.add(Manifest.LYRICS);
        }
        TextStates text = model.textEncoder().encode(next.prompt().ids(), PLAIN, cancellation);
        Words words = new Words(next.prompt(), text, next.lines(), Lyrics.of(next.lyricIds()), next.lyricIds().length);
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
        return frames(seconds, manifest);
    }

    static int frames(double seconds, Manifest manifest) {
        return (int) (seconds
                * manifest.audio().decoderSampleRate()
                / manifest.mel().hopLength()
                / manifest.latents().melFrames());
    }

    /** Not rounded. */
    double framesPerSecond() {
        return framesPerSecond(manifest);
    }

    static double framesPerSecond(Manifest manifest) {
        return (double) manifest.audio().decoderSampleRate()
                / manifest.latents().frameSamples(manifest.mel());
    }

    /** The number of latent frames that {@link #encode} makes of a piece. */
    int frames(AudioBuffer audio) {
        return LatentEncoder.frames(audio, manifest);
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
        return schedule(sampling);
    }

    static SigmaSchedule schedule(Sampling sampling) {
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

    static Guidance guidance(Sampling sampling) {
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
        int firstStep = firstStep(schedule.steps(), variance);
        return denoise(words, new RepaintScheduler(schedule, source, noise, painted, firstStep), zeros(painted.length));
    }

    /** The step of that many to begin a repainting with. */
    static int firstStep(int steps, double variance) {
        return (int) (steps * (1 - variance));
    }

    /** Samples in place, and gives the latents back; when that fails they are closed. */
    INDArray denoise(Words words, Scheduler scheduler, INDArray latents) {
        Guidance guidance = guidance(sampling);
        SamplingSettings steering = steering(sampling);
        double[] costs =
                costs(scheduler.firstEvaluation(), scheduler.evaluations(), scheduler.steps(), guidance, steering);
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

    static SamplingSettings steering(Sampling sampling) {
        return new SamplingSettings(
                sampling.guidanceScale(),
                sampling.guidanceInterval(),
                sampling.guidanceIntervalDecay(),
                sampling.minGuidanceScale());
    }

    /** How often the transformer runs in each evaluation that is to be done. */
    static double[] costs(int first, int evaluations, int steps, Guidance guidance, SamplingSettings steering) {
        double[] costs = new double[evaluations - first];
        for (int i = 0; i < costs.length; i++) {
            boolean guides = steering.guides(first + i, steps);
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
        return hasWeakText(sampling)
                ? model.textEncoder().encode(words.prompt().ids(), ergTau(), cancellation)
                : words.text().zeros();
    }

    static boolean hasWeakText(Sampling sampling) {
        return sampling.ergTag() && sampling.ergLyric();
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
        double[] costs = costs(flow, schedule.steps());
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

    /** How often the transformer runs in each step of an edit that is to be done. */
    static double[] costs(FlowEditSettings flow, int steps) {
        int first = flow.firstStep(steps);
        double[] costs = new double[steps - first];
        for (int i = 0; i < costs.length; i++) {
            costs[i] = flow.evaluations(first + i, steps);
        }
        return costs;
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

    private Receipt receipt(List<AudioBuffer> audio, Optional<Loop> loop) {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("acestep4j", Version.current());
        versions.put("onnxruntime", model.runtime().version());
        versions.put("java", System.getProperty("java.version"));
        Words words = read.get(0);
        return new Receipt(
                settings,
                settings.duration().orElse(audio.get(0).seconds()),
                manifest.name(),
                manifest.id(),
                versions,
                model.runtime().options(),
                plan,
                model.runtime().choice(),
                adapted.lora(),
                words.prompt().ids().length,
                read.stream().anyMatch(each -> each.prompt().truncated()),
                words.lyricTokens(),
                remarks,
                List.copyOf(ignoredInputs),
                loop,
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
