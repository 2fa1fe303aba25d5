package acestep4j.request;

import acestep4j.audio.AudioBuffer;
import java.util.List;
import java.util.Map;

/**
 * A piece with more music before it, after it or both; the latents of the piece itself stay those of the source. The
 * steps follow the velocity plainly: there is no choice of scheduler.
 *
 * <p>The model sees 240 seconds at once: of a longer whole it sees the part that is nearest to the new music, and the rest
 * of the source stays as it is. When both sides together are longer, the left side is made first and then the right.
 *
 * @param prompt tags and words that describe the music; what is beyond the model's limit of tokens is cut off
 * @param lyrics the words, one line per line, with structure tags such as {@code [verse]}; empty for none
 * @param seeds seeds of the items' noise, 0 to 2^63-1; the last one counts for all items that have none of their own;
 *     without any, each item's seed is drawn and recorded in the receipt
 * @param batchSize number of items made at once, 1 to 16
 * @param sampling how the latents are sampled
 * @param source the piece, any sample rate, mono or stereo; not copied
 * @param left seconds before the piece, 0 to 239; counted down to whole latent frames
 * @param right seconds after the piece, 0 to 239
 * @param variance how little is kept of the silence from which the new parts start: the first {@code 1 - variance} of the
 *     steps are left out, above 0 to 1
 * @param retakeSeeds seeds of the items' second noise, under the same rules as the seeds
 */
public record ExtendRequest(
        String prompt,
        String lyrics,
        List<Long> seeds,
        int batchSize,
        SamplingOptions sampling,
        AudioBuffer source,
        double left,
        double right,
        double variance,
        List<Long> retakeSeeds)
        implements VariedRequest {

    /** @throws acestep4j.InvalidRequestException naming the first field that is out of its range or contradicts another */
    public ExtendRequest {
        seeds = RequestRules.common(prompt, lyrics, seeds, batchSize);
        RequestRules.absent("scheduler", "extend", sampling.scheduler().isPresent());
        RequestRules.absent("omegaScale", "extend", sampling.omegaScale().isPresent());
        RequestRules.audio("source", source);
        RequestRules.extension(left, right);
        RequestRules.above0To1("variance", variance);
        retakeSeeds = RequestRules.seeds("retakeSeeds", retakeSeeds, batchSize);
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String task() {
        return "extend";
    }

    @Override
    public Map<String, Object> taskSettings() {
        return Map.of("source", SourceDigest.of(source), "left", left, "right", right, "variance", variance);
    }

    /** Collects the fields of a request; not thread-safe. */
    public static final class Builder extends PaintedRequestBuilder<Builder> {
        private double left;
        private double right;
        private double variance = 1;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** @param seconds before the piece, 0 to 239 */
        public Builder left(double seconds) {
            left = seconds;
            return this;
        }

        /** @param seconds after the piece, 0 to 239 */
        public Builder right(double seconds) {
            right = seconds;
            return this;
        }

        /** @param value above 0 to 1 (1 when left out) */
        public Builder variance(double value) {
            variance = value;
            return this;
        }

        @Override
        public ExtendRequest build() {
            return new ExtendRequest(
                    prompt, lyrics, seeds, batchSize, sampling.build(), source, left, right, variance, retakeSeeds);
        }
    }
}
