package acestep4j.request;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Music from a prompt and lyrics.
 *
 * @param prompt tags and words that describe the music; what is beyond the model's limit of tokens is cut off
 * @param lyrics the words, one line per line, with structure tags such as {@code [verse]}; empty for none
 * @param seeds seeds of the items' noise, 0 to 2^63-1; the last one counts for all items that have none of their own;
 *     without any, each item's seed is drawn and recorded in the receipt
 * @param batchSize number of items made at once, 1 to 16
 * @param sampling how the latents are sampled
 * @param duration seconds, 1 to 240
 * @param randomDuration whether to draw a duration from 30 to 240 seconds
 */
public record TextToMusicRequest(
        String prompt,
        String lyrics,
        List<Long> seeds,
        int batchSize,
        SamplingOptions sampling,
        OptionalDouble duration,
        boolean randomDuration)
        implements TimedRequest {

    /** @throws acestep4j.InvalidRequestException naming the first field that is out of its range or contradicts another */
    public TextToMusicRequest {
        seeds = RequestRules.common(prompt, lyrics, seeds, batchSize);
        RequestRules.duration(duration, randomDuration);
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String task() {
        return "text2music";
    }

    @Override
    public Map<String, Object> taskSettings() {
        return Map.of();
    }

    /** Collects the fields of a request; not thread-safe. */
    public static final class Builder extends TimedRequestBuilder<Builder> {

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        @Override
        public TextToMusicRequest build() {
            return new TextToMusicRequest(prompt, lyrics, seeds, batchSize, sampling.build(), duration, randomDuration);
        }
    }
}
