package acestep4j;

import acestep4j.bundle.Manifest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A request with nothing left open: what was asked for, the bundle's defaults for the rest, and what was drawn. Immutable.
 *
 * @param duration seconds, 1 to 240
 * @param seeds one for each item of the batch
 * @param shift the shift of the scheduler's sigmas, above 0
 */
public record GenerationSettings(
        String prompt,
        String lyrics,
        double duration,
        int steps,
        List<Long> seeds,
        double guidanceScale,
        double guidanceInterval,
        double guidanceIntervalDecay,
        double minGuidanceScale,
        double omegaScale,
        boolean ergTag,
        boolean ergLyric,
        boolean ergDiffusion,
        double shift) {
    private static final double SHORTEST_RANDOM_SECONDS = 30;
    private static final double LONGEST_RANDOM_SECONDS = 240;
    private static final long DRAWN_SEEDS = 1L << 32;

    /** @throws InvalidRequestException naming the first field that is out of its range */
    public GenerationSettings {
        RequestRules.text("prompt", prompt);
        RequestRules.text("lyrics", lyrics);
        RequestRules.duration(duration);
        RequestRules.steps(steps);
        RequestRules.batchSize(seeds.size());
        RequestRules.seeds(seeds, seeds.size());
        seeds = List.copyOf(seeds);
        RequestRules.from0("guidanceScale", guidanceScale);
        RequestRules.from0To1("guidanceInterval", guidanceInterval);
        RequestRules.from0To1("guidanceIntervalDecay", guidanceIntervalDecay);
        RequestRules.from0("minGuidanceScale", minGuidanceScale);
        RequestRules.finite("omegaScale", omegaScale);
    }

    /** Takes what a request leaves open from the bundle's defaults, and draws what is to be random. */
    static GenerationSettings of(GenerationRequest request, Manifest.Defaults defaults) {
        SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
        double duration = request.randomDuration()
                ? random.nextDouble(SHORTEST_RANDOM_SECONDS, LONGEST_RANDOM_SECONDS)
                : request.duration().orElse(defaults.duration());
        return new GenerationSettings(
                request.prompt(),
                request.lyrics(),
                duration,
                request.steps().orElse(defaults.steps()),
                seeds(request, random),
                request.guidanceScale().orElse(defaults.guidanceScale()),
                request.guidanceInterval().orElse(defaults.guidanceInterval()),
                request.guidanceIntervalDecay().orElse(defaults.guidanceIntervalDecay()),
                request.minGuidanceScale().orElse(defaults.minGuidanceScale()),
                request.omegaScale().orElse(defaults.omegaScale()),
                request.ergTag().orElse(defaults.ergTag()),
                request.ergLyric().orElse(defaults.ergLyric()),
                request.ergDiffusion().orElse(defaults.ergDiffusion()),
                defaults.shift());
    }

    private static List<Long> seeds(GenerationRequest request, SplittableRandom random) {
        List<Long> given = request.seeds();
        List<Long> seeds = new ArrayList<>();
        for (int item = 0; item < request.batchSize(); item++) {
            seeds.add(given.isEmpty() ? random.nextLong(DRAWN_SEEDS) : given.get(Math.min(item, given.size() - 1)));
        }
        return seeds;
    }

    /** Number of items of the batch. */
    public int batchSize() {
        return seeds.size();
    }
}
