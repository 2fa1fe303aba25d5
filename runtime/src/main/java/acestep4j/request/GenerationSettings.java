package acestep4j.request;

import acestep4j.bundle.Manifest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * A request with nothing left open: what was asked for, the bundle's defaults for the rest, and what was drawn. Immutable.
 *
 * @param request what was asked for
 * @param duration seconds, 1 to 240; empty for a task whose source or bars decide
 * @param seeds one for each item of the batch
 * @param retakeSeeds one for each item of the batch; empty for a task without a second noise, or
 *     a loop whose seam goes on with the noise of its seeds
 * @param sampling how the latents are sampled
 */
public record GenerationSettings(
        GenerationRequest request,
        OptionalDouble duration,
        List<Long> seeds,
        List<Long> retakeSeeds,
        Sampling sampling) {
    private static final double SHORTEST_RANDOM_SECONDS = 30;
    private static final double LONGEST_RANDOM_SECONDS = 240;
    private static final long DRAWN_SEEDS = 1L << 32;

    public GenerationSettings {
        seeds = List.copyOf(seeds);
        retakeSeeds = List.copyOf(retakeSeeds);
    }

    /**
     * Takes what a request leaves open from the bundle's defaults, and draws what is to be random.
     *
     * @throws acestep4j.InvalidRequestException naming the first default that is out of its range
     */
    public static GenerationSettings of(GenerationRequest request, Manifest.Defaults defaults) {
        SplittableRandom random = new SplittableRandom(new SecureRandom().nextLong());
        return new GenerationSettings(
                request,
                duration(request, defaults, random),
                seeds(request.seeds(), request.batchSize(), random),
                retakeSeeds(request, random),
                Sampling.of(request, defaults));
    }

    /** The same with the longest duration that could be drawn in the place of a random one. */
    public static GenerationSettings longest(GenerationRequest request, Manifest.Defaults defaults) {
        GenerationSettings settings = of(request, defaults);
        boolean isRandom = request instanceof TimedRequest timed && timed.randomDuration();
        return isRandom
                ? new GenerationSettings(
                        request,
                        OptionalDouble.of(LONGEST_RANDOM_SECONDS),
                        settings.seeds,
                        settings.retakeSeeds,
                        settings.sampling)
                : settings;
    }

    private static OptionalDouble duration(
            GenerationRequest request, Manifest.Defaults defaults, SplittableRandom random) {
        if (!(request instanceof TimedRequest timed)) {
            return OptionalDouble.empty();
        }
        double seconds = timed.randomDuration()
                ? random.nextDouble(SHORTEST_RANDOM_SECONDS, LONGEST_RANDOM_SECONDS)
                : timed.duration().orElse(defaults.duration());
        RequestRules.duration(seconds);
        return OptionalDouble.of(seconds);
    }

    private static List<Long> retakeSeeds(GenerationRequest request, SplittableRandom random) {
        if (request instanceof VariedRequest varied) {
            return seeds(varied.retakeSeeds(), request.batchSize(), random);
        }
        boolean isGiven =
                request instanceof LoopRequest loop && !loop.retakeSeeds().isEmpty();
        return isGiven ? seeds(((LoopRequest) request).retakeSeeds(), request.batchSize(), random) : List.of();
    }

    private static List<Long> seeds(List<Long> given, int batchSize, SplittableRandom random) {
        List<Long> seeds = new ArrayList<>();
        for (int item = 0; item < batchSize; item++) {
            seeds.add(given.isEmpty() ? random.nextLong(DRAWN_SEEDS) : given.get(Math.min(item, given.size() - 1)));
        }
        return seeds;
    }
}
