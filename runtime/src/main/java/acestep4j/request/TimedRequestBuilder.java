package acestep4j.request;

import java.util.OptionalDouble;

/**
 * Collects the fields of the requests that start from noise alone and say how long they are; not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract sealed class TimedRequestBuilder<B extends TimedRequestBuilder<B>> extends ScheduledRequestBuilder<B>
        permits TextToMusicRequest.Builder, RetakeRequest.Builder {
    OptionalDouble duration = OptionalDouble.empty();
    boolean randomDuration;

    TimedRequestBuilder() {}

    /** @param seconds 1 to 240 */
    public B duration(double seconds) {
        duration = OptionalDouble.of(seconds);
        randomDuration = false;
        return self();
    }

    /** Draws a duration from 30 to 240 seconds, which the receipt records. */
    public B randomDuration() {
        duration = OptionalDouble.empty();
        randomDuration = true;
        return self();
    }
}
