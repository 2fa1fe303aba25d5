package acestep4j.request;

import acestep4j.audio.AudioBuffer;
import java.util.List;

/**
 * Collects the fields of the requests that paint new music into or beside a piece; not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract sealed class PaintedRequestBuilder<B extends PaintedRequestBuilder<B>> extends GuidedRequestBuilder<B>
        permits RepaintRequest.Builder, ExtendRequest.Builder {
    AudioBuffer source;
    List<Long> retakeSeeds = List.of();

    PaintedRequestBuilder() {}

    /** @param audio the piece, any sample rate, mono or stereo; not copied, so leave it as it is */
    public B source(AudioBuffer audio) {
        source = audio;
        return self();
    }

    /** The seed of every item's second noise: 0 to 2^63-1. */
    public B retakeSeed(long seed) {
        retakeSeeds = List.of(seed);
        return self();
    }

    /** The seeds of the items' second noise, at most one for each. */
    public B retakeSeeds(List<Long> list) {
        retakeSeeds = RequestRules.present("retakeSeeds", list);
        return self();
    }

    /** @param list which steps of a schedule to take, counted from 1 and rising; it is as long as its last one */
    public B stepList(List<Integer> list) {
        sampling.stepList(list);
        return self();
    }
}
