package acestep4j.request;

import acestep4j.audio.AudioBuffer;
import java.util.List;
import java.util.Map;

/**
 * A piece with a range of it made anew; outside the range the latents stay those of the source. The steps follow the
 * velocity plainly: there is no choice of scheduler.
 *
 * @param prompt tags and words that describe the music; what is beyond the model's limit of tokens is cut off
 * @param lyrics the words, one line per line, with structure tags such as {@code [verse]}; empty for none
 * @param seeds seeds of the items' noise, 0 to 2^63-1; the last one counts for all items that have none of their own;
 *     without any, each item's seed is drawn and recorded in the receipt
 * @param batchSize number of items made at once, 1 to 16
 * @param sampling how the latents are sampled
 * @param source the piece, any sample rate, mono or stereo; not copied
 * @param start where the range begins, in seconds from 0
 * @param end where it ends, in seconds up to the source's length; both count down to whole latent frames
 * @param variance how new the range is: its noise is turned that far, 0 to 1, and the first {@code 1 - variance} of the
 *     steps are left out; 0 gives the source back. A range over all the source's frames is a retake, as in the official
 *     code: the source has no part in it and all steps are run
 * @param retakeSeeds seeds of the items' second noise, under the same rules as the seeds
 */
public record RepaintRequest(
        String prompt,
        String lyrics,
        List<Long> seeds,
        int batchSize,
        SamplingOptions sampling,
        AudioBuffer source,
        double start,
        double end,
        double variance,
        List<Long> retakeSeeds)
        implements VariedRequest {

    /** @throws acestep4j.InvalidRequestException naming the first field that is out of its range or contradicts another */
    public RepaintRequest {
        seeds = RequestRules.common(prompt, lyrics, seeds, batchSize);
        RequestRules.absent("scheduler", "repaint", sampling.scheduler().isPresent());
        RequestRules.absent("omegaScale", "repaint", sampling.omegaScale().isPresent());
        RequestRules.audio("source", source);
        RequestRules.range(start, end, source);
        RequestRules.from0To1("variance", variance);
        retakeSeeds = RequestRules.seeds("retakeSeeds", retakeSeeds, batchSize);
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String task() {
        return "repaint";
    }

    @Override
    public Map<String, Object> taskSettings() {
        return Map.of("source", SourceDigest.of(source), "start", start, "end", end, "variance", variance);
    }

    /** Collects the fields of a request; not thread-safe. */
    public static final class Builder extends PaintedRequestBuilder<Builder> {
        private double start;
        private double end = Double.NaN;
        private double variance = 0.5;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** @param seconds where the range begins, from 0 */
        public Builder start(double seconds) {
            start = seconds;
            return this;
        }

        /** @param seconds where the range ends, up to the source's length */
        public Builder end(double seconds) {
            end = seconds;
            return this;
        }

        /** @param value how new the range is, 0 to 1 (0.5 when left out) */
        public Builder variance(double value) {
            variance = value;
            return this;
        }

        @Override
        public RepaintRequest build() {
            return new RepaintRequest(
                    prompt, lyrics, seeds, batchSize, sampling.build(), source, start, end, variance, retakeSeeds);
        }
    }
}
