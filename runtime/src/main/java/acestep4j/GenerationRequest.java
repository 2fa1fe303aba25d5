package acestep4j;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A piece of music to be made. Immutable and checked when it is built; whatever is left open takes the bundle's default.
 *
 * @param prompt tags and words that describe the music; what is beyond the model's limit of tokens is cut off
 * @param lyrics the words, one line per line, with structure tags such as {@code [verse]}; empty for none
 * @param duration seconds, 1 to 240
 * @param randomDuration whether to draw a duration from 30 to 240 seconds
 * @param steps number of sampling steps, 1 to 1000
 * @param seeds seeds of the items' noise, 0 to 2^63-1; the last one counts for all items that have none of their own;
 *     without any, each item's seed is drawn and recorded in the receipt
 * @param batchSize number of items made at once, 1 to 16
 * @param guidanceScale strength of the guidance, from 0; 0 and 1 turn it off
 * @param guidanceInterval share of the steps that are guided, 0 to 1, in the middle of the schedule
 * @param guidanceIntervalDecay how far the guidance scale falls over that interval, 0 to 1
 * @param minGuidanceScale where the decay leads to, from 0
 * @param omegaScale strength of the mean shift in each step
 * @param ergTag whether the unguided side gets a weakened prompt instead of none
 * @param ergLyric whether the unguided side gets weakened lyrics instead of none
 * @param ergDiffusion whether the unguided side goes through a weakened transformer
 */
public record GenerationRequest(
        String prompt,
        String lyrics,
        OptionalDouble duration,
        boolean randomDuration,
        OptionalInt steps,
        List<Long> seeds,
        int batchSize,
        OptionalDouble guidanceScale,
        OptionalDouble guidanceInterval,
        OptionalDouble guidanceIntervalDecay,
        OptionalDouble minGuidanceScale,
        OptionalDouble omegaScale,
        Optional<Boolean> ergTag,
        Optional<Boolean> ergLyric,
        Optional<Boolean> ergDiffusion) {

    /** @throws InvalidRequestException naming the first field that is out of its range */
    public GenerationRequest {
        RequestRules.text("prompt", prompt);
        RequestRules.text("lyrics", lyrics);
        duration.ifPresent(RequestRules::duration);
        if (duration.isPresent() && randomDuration) {
            throw new InvalidRequestException(
                    "duration", "expected either seconds or a random duration, found both; leave one of them out");
        }
        steps.ifPresent(RequestRules::steps);
        RequestRules.batchSize(batchSize);
        RequestRules.seeds(seeds, batchSize);
        seeds = List.copyOf(seeds);
        guidanceScale.ifPresent(value -> RequestRules.from0("guidanceScale", value));
        guidanceInterval.ifPresent(value -> RequestRules.from0To1("guidanceInterval", value));
        guidanceIntervalDecay.ifPresent(value -> RequestRules.from0To1("guidanceIntervalDecay", value));
        minGuidanceScale.ifPresent(value -> RequestRules.from0("minGuidanceScale", value));
        omegaScale.ifPresent(value -> RequestRules.finite("omegaScale", value));
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects the fields of a request; not thread-safe. */
    public static final class Builder {
        private String prompt = "";
        private String lyrics = "";
        private OptionalDouble duration = OptionalDouble.empty();
        private boolean randomDuration;
        private OptionalInt steps = OptionalInt.empty();
        private List<Long> seeds = List.of();
        private int batchSize = 1;
        private OptionalDouble guidanceScale = OptionalDouble.empty();
        private OptionalDouble guidanceInterval = OptionalDouble.empty();
        private OptionalDouble guidanceIntervalDecay = OptionalDouble.empty();
        private OptionalDouble minGuidanceScale = OptionalDouble.empty();
        private OptionalDouble omegaScale = OptionalDouble.empty();
        private Optional<Boolean> ergTag = Optional.empty();
        private Optional<Boolean> ergLyric = Optional.empty();
        private Optional<Boolean> ergDiffusion = Optional.empty();

        private Builder() {}

        /** @param text tags and words that describe the music */
        public Builder prompt(String text) {
            prompt = text;
            return this;
        }

        /** @param text the words, one line per line; empty for none */
        public Builder lyrics(String text) {
            lyrics = text;
            return this;
        }

        /** @param seconds 1 to 240 */
        public Builder duration(double seconds) {
            duration = OptionalDouble.of(seconds);
            randomDuration = false;
            return this;
        }

        /** Draws a duration from 30 to 240 seconds, which the receipt records. */
        public Builder randomDuration() {
            duration = OptionalDouble.empty();
            randomDuration = true;
            return this;
        }

        /** @param count 1 to 1000 */
        public Builder steps(int count) {
            steps = OptionalInt.of(count);
            return this;
        }

        /** The seed of every item of the batch: 0 to 2^63-1. */
        public Builder seed(long seed) {
            seeds = List.of(seed);
            return this;
        }

        /** The seeds of the items of the batch, at most one for each; the last one counts for the items beyond the list. */
        public Builder seeds(List<Long> list) {
            if (list == null) {
                throw new InvalidRequestException("seeds", "expected a list, found null; use an empty list for none");
            }
            seeds = list;
            return this;
        }

        /** @param items 1 to 16 */
        public Builder batchSize(int items) {
            batchSize = items;
            return this;
        }

        /** @param scale from 0; 0 and 1 turn the guidance off */
        public Builder guidanceScale(double scale) {
            guidanceScale = OptionalDouble.of(scale);
            return this;
        }

        /** @param share 0 to 1 */
        public Builder guidanceInterval(double share) {
            guidanceInterval = OptionalDouble.of(share);
            return this;
        }

        /** @param decay 0 to 1 */
        public Builder guidanceIntervalDecay(double decay) {
            guidanceIntervalDecay = OptionalDouble.of(decay);
            return this;
        }

        /** @param scale from 0 */
        public Builder minGuidanceScale(double scale) {
            minGuidanceScale = OptionalDouble.of(scale);
            return this;
        }

        /** @param scale any finite number */
        public Builder omegaScale(double scale) {
            omegaScale = OptionalDouble.of(scale);
            return this;
        }

        public Builder ergTag(boolean on) {
            ergTag = Optional.of(on);
            return this;
        }

        public Builder ergLyric(boolean on) {
            ergLyric = Optional.of(on);
            return this;
        }

        public Builder ergDiffusion(boolean on) {
            ergDiffusion = Optional.of(on);
            return this;
        }

        /** @throws InvalidRequestException naming the first field that is out of its range */
        public GenerationRequest build() {
            return new GenerationRequest(
                    prompt,
                    lyrics,
                    duration,
                    randomDuration,
                    steps,
                    seeds,
                    batchSize,
                    guidanceScale,
                    guidanceInterval,
                    guidanceIntervalDecay,
                    minGuidanceScale,
                    omegaScale,
                    ergTag,
                    ergLyric,
                    ergDiffusion);
        }
    }
}
