package acestep4j.request;

import acestep4j.diffusion.SchedulerType;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Collects the fields of the requests that start from noise alone, however long they are; not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract sealed class ScheduledRequestBuilder<B extends ScheduledRequestBuilder<B>>
        extends GuidedRequestBuilder<B> permits TimedRequestBuilder, LoopRequest.Builder {

    ScheduledRequestBuilder() {}

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
