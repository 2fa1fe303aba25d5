package acestep4j.pipeline;

import acestep4j.DecodingMode;
import acestep4j.Estimate;
import acestep4j.Estimate.Basis;
import acestep4j.Estimate.StageEstimate;
import acestep4j.InvalidRequestException;
import acestep4j.MemoryLimit;
import acestep4j.Plan;
import acestep4j.Stage;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.GraphSpec;
import acestep4j.bundle.Manifest;
import acestep4j.model.AceStepModel;
import acestep4j.model.Memory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** Time and memory of a generation before it runs, and the plan that keeps a limit. Thread-safe. */
final class Estimator {
    private static final double NANOSECONDS = 1e9;

    private final AceStepModel model;
    private final Speeds speeds;

    Estimator(AceStepModel model) {
        this.model = model;
        this.speeds = new Speeds(model.runtime());
    }

    /** The plan that the options ask for, or the first smaller one that keeps their limit. */
    Plan plan(Outline outline) {
        List<Plan> plans = plans(outline);
        if (model.runtime().options().memoryLimit().isEmpty()) {
            return plans.get(0);
        }
        MemoryLimit limit = model.runtime().options().memoryLimit().get();
        int allowed = limit.policy() == MemoryLimit.Policy.SMALLER_PLAN ? plans.size() : 1;
        for (Plan plan : plans.subList(0, allowed)) {
            if (memory(outline, plan) <= limit.bytes()) {
                return plan;
            }
        }
        throw overLimit(outline, limit, plans, allowed);
    }

    /** What is asked for first, and then what takes less memory. */
    private List<Plan> plans(Outline outline) {
        boolean offload = model.isOffloaded();
        DecodingMode asked = outline.decoding(model.runtime().options().overlappedDecode());
        DecodingMode smaller = outline.decoding(true);
        Set<Plan> plans = new LinkedHashSet<>();
        plans.add(new Plan(offload, asked));
        plans.add(new Plan(true, asked));
        plans.add(new Plan(offload, smaller));
        plans.add(new Plan(true, smaller));
        return List.copyOf(plans);
    }

    private InvalidRequestException overLimit(Outline outline, MemoryLimit limit, List<Plan> plans, int tried) {
        List<String> found = new ArrayList<>();
        List<String> fitting = new ArrayList<>();
        for (int i = 0; i < plans.size(); i++) {
            long memory = memory(outline, plans.get(i));
            String text = Memory.gigabytes(memory) + " with " + plans.get(i);
            if (i < tried) {
                found.add(text);
            } else if (memory <= limit.bytes()) {
                fitting.add(text);
            }
        }
        String smaller = fitting.isEmpty() ? "" : "; it fits with a smaller plan: " + String.join(" or ", fitting);
        return new InvalidRequestException(
                outline.items() > 1 ? "batchSize" : "duration",
                "expected a generation within the memory limit of " + Memory.gigabytes(limit.bytes())
                        + ", found one estimated to take " + String.join(", ", found) + smaller
                        + "; ask for a shorter piece, fewer lyrics or a smaller batch, or raise the limit");
    }

    Estimate estimate(Outline outline, Plan plan) {
        Map<Stage, StageEstimate> stages = new EnumMap<>(Stage.class);
        Map<Stage, Double> work = multiplyAdds(outline, plan);
        for (Stage stage : work.keySet()) {
            OptionalDouble speed = speeds.secondsPerMultiplyAdd(stage, plan.offload());
            double seconds = speed.isPresent() ? speed.getAsDouble() * work.get(stage) : probed(outline, plan, stage);
            stages.put(
                    stage,
                    new StageEstimate(
                            Duration.ofNanos((long) (seconds * NANOSECONDS)),
                            memory(outline, plan, stage),
                            speed.isPresent() ? Basis.MEASURED : Basis.PROBED));
        }
        return new Estimate(plan, stages);
    }

    /** Learns from a generation that has finished. */
    void learn(Outline outline, Plan plan, Map<Stage, Duration> timings) {
        multiplyAdds(outline, plan)
                .forEach((stage, work) -> speeds.add(stage, plan.offload(), work, timings.get(stage)));
    }

    private static List<Outline.Run> runs(Outline outline, Plan plan) {
        List<Outline.Run> runs = new ArrayList<>(outline.runs());
        runs.addAll(outline.decodingRuns(plan.decoding()));
        return runs;
    }

    private Map<Stage, Double> multiplyAdds(Outline outline, Plan plan) {
        Map<Stage, Double> work = new EnumMap<>(Stage.class);
        for (Outline.Run run : runs(outline, plan)) {
            double one = model.spec(run.graph()).costs().multiplyAdds().of(run.sizes());
            work.merge(run.stage(), one * run.items() * run.times(), Double::sum);
        }
        return work;
    }

    private double probed(Outline outline, Plan plan, Stage stage) {
        double seconds = 0;
        for (Outline.Run run : runs(outline, plan)) {
            if (run.stage() == stage) {
                GraphSpec spec = model.spec(run.graph());
                seconds += spec.costs().multiplyAdds().of(run.sizes())
                        * run.items()
                        * run.times()
                        * speeds.probed(spec.precision());
            }
        }
        return seconds;
    }

    private long memory(Outline outline, Plan plan) {
        return multiplyAdds(outline, plan).keySet().stream()
                .mapToLong(stage -> memory(outline, plan, stage))
                .max()
                .orElse(0);
    }

    /** The most bytes at once in a stage: the process, the graphs that are loaded, what runs, and the arrays around it. */
    private long memory(Outline outline, Plan plan, Stage stage) {
        long most = 0;
        for (Outline.Run run : runs(outline, plan)) {
            if (run.stage() == stage) {
                long own = plan.offload() ? loadedFor(run, plan) : 0;
                most = Math.max(most, own + activations(run));
            }
        }
        long loaded = plan.offload() ? 0 : loaded(outline);
        return Memory.PROCESS + model.loraBytes() + loaded + most + held(outline, plan, stage);
    }

    /** The weights that offload loads for a run: of a stream the vocoder stays beside the decoder. */
    private long loadedFor(Outline.Run run, Plan plan) {
        long own = model.spec(run.graph()).costs().weightBytes();
        boolean isBesideVocoder = plan.decoding() == DecodingMode.STREAMED
                && run.stage() == Stage.DECODING
                && !run.graph().equals(Bundle.VOCODER);
        return isBesideVocoder ? own + model.spec(Bundle.VOCODER).costs().weightBytes() : own;
    }

    private long activations(Outline.Run run) {
        return Memory.activations(run.graph(), model.spec(run.graph()), run.sizes(), run.items());
    }

    /** The weights of all graphs that stay loaded. */
    private long loaded(Outline outline) {
        boolean encodes = outline.runs().stream().anyMatch(run -> run.graph().equals(Bundle.LATENT_ENCODER));
        return Bundle.graphNames().stream()
                .filter(name -> !name.equals(Bundle.LATENT_ENCODER) || encodes || model.keepsLatentEncoder())
                .mapToLong(name -> model.spec(name).costs().weightBytes())
                .sum();
    }

    /** What lies in memory beside a stage's graph: what came before and isn't given back, and what comes out of it. */
    private long held(Outline outline, Plan plan, Stage stage) {
        return switch (stage) {
            case TEXT -> 0;
            case SOURCE ->
                outline.runs().stream()
                        .filter(run -> run.stage() == stage)
                        .mapToLong(this::waveformBytes)
                        .max()
                        .orElse(0);
            case CONDITION, DIFFUSION -> outline.conditionBytes();
            case DECODING -> soundBytes(outline, plan);
        };
    }

    /** Both channels, and one of them while it is resampled. */
    private long waveformBytes(Outline.Run run) {
        return (long) Float.BYTES
                * run.sizes().get("samples")
                * (model.manifest().audio().channels() + 1);
    }

    /** The sound of all items, the mel spectrogram of one, and the features of one window of it. */
    private long soundBytes(Outline outline, Plan plan) {
        Manifest manifest = model.manifest();
        int channels = manifest.audio().channels();
        int frames = outline.decodedFrames(plan.decoding());
        double samples = (double) frames
                * manifest.latents().frameSamples(manifest.mel())
                * manifest.audio().sampleRate()
                / manifest.audio().decoderSampleRate();
        long mel =
                (long) frames * manifest.latents().melFrames() * manifest.mel().bins() * channels;
        int window = model.dcaeDecoder().decoderRuns(frames, plan.decoding()).stream()
                .max(Integer::compare)
                .orElse(0);
        long features = (long) window * manifest.dcaeUpsampler().featureFrames();
        for (int dimension : new int[] {1, 3}) {
            features *= model.spec(Bundle.DCAE_DECODER)
                    .outputs()
                    .get(0)
                    .size(dimension)
                    .orElse(1);
        }
        return Float.BYTES * ((long) samples * channels * outline.items() + mel + features);
    }
}
