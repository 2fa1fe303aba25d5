package acestep4j.request;

import acestep4j.diffusion.GuidanceType;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Collects the fields of the requests whose guidance can be chosen; not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract sealed class GuidedRequestBuilder<B extends GuidedRequestBuilder<B>> extends RequestBuilder<B>
        permits ScheduledRequestBuilder, PaintedRequestBuilder, AudioToAudioRequest.Builder {

    GuidedRequestBuilder() {}

    /** How the two sides are set against each other; for two scales see {@link #doubleCondition}. */
    public B guidance(GuidanceType type) {
        sampling.guidance(type, OptionalDouble.empty(), OptionalDouble.empty());
        return self();
    }

    /**
     * Guidance with a scale each for the prompt and the lyrics. The guidance scale then only turns it off (0 or 1), and
     * doesn't decay.
     *
     * @param textScale above 1
     * @param lyricScale above 1
     */
    public B doubleCondition(double textScale, double lyricScale) {
        sampling.guidance(GuidanceType.DOUBLE_CONDITION, OptionalDouble.of(textScale), OptionalDouble.of(lyricScale));
        return self();
    }

    /** @param share 0 to 1 */
    public B guidanceInterval(double share) {
        sampling.guidanceInterval = OptionalDouble.of(share);
        return self();
    }

    /** @param decay 0 to 1 */
    public B guidanceIntervalDecay(double decay) {
        sampling.guidanceIntervalDecay = OptionalDouble.of(decay);
        return self();
    }

    /** @param scale from 0 */
    public B minGuidanceScale(double scale) {
        sampling.minGuidanceScale = OptionalDouble.of(scale);
        return self();
    }

    public B ergTag(boolean on) {
        sampling.ergTag = Optional.of(on);
        return self();
    }

    public B ergLyric(boolean on) {
        sampling.ergLyric = Optional.of(on);
        return self();
    }

    public B ergDiffusion(boolean on) {
        sampling.ergDiffusion = Optional.of(on);
        return self();
    }
}
