package acestep4j.cli;

import acestep4j.request.LoopRequest;
import acestep4j.request.TimedRequestBuilder;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a request has that starts from noise alone. */
final class TimedFlags {
    @Option(names = "--duration", paramLabel = "SECONDS|random", description = "1 to 240, or random for 30 to 240.")
    private String duration;

    @Mixin
    private ScheduledFlags scheduled;

    boolean isEmpty() {
        return duration == null && scheduled.isEmpty();
    }

    /** A loop's bars say how long it is. */
    void applyTo(LoopRequest.Builder builder) {
        if (duration != null) {
            throw new InputException(
                    "--duration: has no meaning for a loop, whose bars say how long it is; leave it out");
        }
        scheduled.applyTo(builder);
    }

    void applyTo(TimedRequestBuilder<?> builder) {
        applyDuration(builder);
        scheduled.applyTo(builder);
    }

    private void applyDuration(TimedRequestBuilder<?> builder) {
        if (duration == null) {
            return;
        }
        if (duration.equalsIgnoreCase("random")) {
            builder.randomDuration();
            return;
        }
        try {
            builder.duration(Double.parseDouble(duration));
        } catch (NumberFormatException e) {
            throw new InputException("--duration: expected 1 to 240 seconds or random, found '" + duration + "'", e);
        }
    }
}
