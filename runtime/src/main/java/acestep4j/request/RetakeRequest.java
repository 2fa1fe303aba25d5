package acestep4j.request;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A variation of what {@link TextToMusicRequest} makes of the same seeds and settings: its noise is turned towards a
 * second one.
 *
 * @param prompt tags and words that describe the music; what is beyond the model's limit of tokens is cut off
 * @param lyrics the words, one line per line, with structure tags such as {@code [verse]}; empty for none
 * @param seeds seeds of the items' noise, 0 to 2^63-1; the last one counts for all items that have none of their own;
 *     without any, each item's seed is drawn and recorded in the receipt
 * @param batchSize number of items made at once, 1 to 16
 * @param sampling how the latents are sampled
 * @param duration seconds, 1 to 240
 * @param randomDuration whether to draw a duration from 30 to 240 seconds
 * @param variance how far the noise is turned: 0 gives the original, 1 another piece under the same prompt
 * @param retakeSeeds seeds of the items' second noise, under the same rules as the seeds
 */
public record RetakeRequest(
        String prompt,
        String lyrics,
        List<Long> seeds,
        int batchSize,
        SamplingOptions sampling,
        OptionalDouble duration,
        boolean randomDuration,
        double variance,
        List<Long> retakeSeeds)
        implements TimedRequest, VariedRequest {

    /** @throws acestep4j.InvalidRequestException naming the first field that is out of its range or contradicts another */
    public RetakeRequest {
        seeds = RequestRules.common(prompt, lyrics, seeds, batchSize);
        RequestRules.duration(duration, randomDuration);
        RequestRules.from0To1("variance", variance);
        retakeSeeds = RequestRules.seeds("retakeSeeds", retakeSeeds, batchSize);
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String task() {
        return "retake";
    }

    @Override
    public Map<String, Object> taskSettings() {
        return Map.of("variance", variance);
    }

    /** Collects the fields of a request; not thread-safe. */
    public static final class Builder extends TimedRequestBuilder<Builder> {
        private double variance = 0.5;
        private List<Long> retakeSeeds = List.of();

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** @param value how far the noise is turned, 0 to 1 (0.5 when left out) */
        public Builder variance(double value) {
            variance = value;
            return this;
        }

        /** The seed of every item's second noise: 0 to 2^63-1. */
        public Builder retakeSeed(long seed) {
            retakeSeeds = List.of(seed);
            return this;
        }

        /** The seeds of the items' second noise, at most one for each. */
        public Builder retakeSeeds(List<Long> list) {
            retakeSeeds = RequestRules.present("retakeSeeds", list);
            return this;
        }

        @Override
        public RetakeRequest build() {
            return new RetakeRequest(
                    prompt,
                    lyrics,
                    seeds,
                    batchSize,
                    sampling.build(),
                    duration,
                    randomDuration,
                    variance,
                    retakeSeeds);
        }
    }
}
