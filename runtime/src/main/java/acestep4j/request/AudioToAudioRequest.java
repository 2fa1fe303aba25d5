package acestep4j.request;

import acestep4j.audio.AudioBuffer;
import acestep4j.diffusion.SchedulerType;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Music that starts from a reference instead of pure noise, and is as long as the reference.
 *
 * @param prompt tags and words that describe the music; what is beyond the model's limit of tokens is cut off
 * @param lyrics the words, one line per line, with structure tags such as {@code [verse]}; empty for none
 * @param seeds seeds of the items' noise, 0 to 2^63-1; the last one counts for all items that have none of their own;
 *     without any, each item's seed is drawn and recorded in the receipt
 * @param batchSize number of items made at once, 1 to 16
 * @param sampling how the latents are sampled
 * @param reference the piece, any sample rate, mono or stereo; not copied
 * @param strength how much of the reference stays, 0 to 1: that share of the steps is left out; 1 gives the reference back
 */
public record AudioToAudioRequest(
        String prompt,
        String lyrics,
        List<Long> seeds,
        int batchSize,
        SamplingOptions sampling,
        AudioBuffer reference,
        double strength)
        implements GenerationRequest {

    /** @throws acestep4j.InvalidRequestException naming the first field that is out of its range or contradicts another */
    public AudioToAudioRequest {
        seeds = RequestRules.common(prompt, lyrics, seeds, batchSize);
        RequestRules.absent("stepList", "audio to audio", !sampling.stepList().isEmpty());
        RequestRules.audio("reference", reference);
        RequestRules.from0To1("strength", strength);
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String task() {
        return "audio2audio";
    }

    @Override
    public Map<String, Object> taskSettings() {
        return Map.of("reference", SourceDigest.of(reference), "strength", strength);
    }

    /** Collects the fields of a request; not thread-safe. */
    public static final class Builder extends GuidedRequestBuilder<Builder> {
        private AudioBuffer reference;
        private double strength = 0.5;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** @param audio the piece, any sample rate, mono or stereo; not copied, so leave it as it is */
        public Builder reference(AudioBuffer audio) {
            reference = audio;
            return this;
        }

        /** @param value how much of the reference stays, 0 to 1 (0.5 when left out) */
        public Builder strength(double value) {
            strength = value;
            return this;
        }

        /** How the latents are stepped. */
        public Builder scheduler(SchedulerType type) {
            sampling.scheduler = given("scheduler", type);
            return this;
        }

        /** @param scale strength of the mean shift in each step, any finite number */
        public Builder omegaScale(double scale) {
            sampling.omegaScale = OptionalDouble.of(scale);
            return this;
        }

        @Override
        public AudioToAudioRequest build() {
            return new AudioToAudioRequest(prompt, lyrics, seeds, batchSize, sampling.build(), reference, strength);
        }
    }
}
