package acestep4j.request;

import acestep4j.diffusion.SchedulerType;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Collects the fields of the requests that start from noise alone; not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract sealed class TimedRequestBuilder<B extends TimedRequestBuilder<B>> extends GuidedRequestBuilder<B>
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

    /** @param list which steps of a schedule to take, counted from 1 and rising; it is as long as its last one */
    public B stepList(List<Integer> list) {
        sampling.stepList(list);
        return self();
    }

    /** How the latents are stepped. */
    public B scheduler(SchedulerType type) {
        sampling.scheduler = given("scheduler", type);
        return self();
    }

    /** @param scale strength of the mean shift in each step, any finite number */
    public B omegaScale(double scale) {
        sampling.omegaScale = OptionalDouble.of(scale);
        return self();
    }
}
