package acestep4j.cli;

import acestep4j.diffusion.SchedulerType;
import acestep4j.request.TimedRequestBuilder;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a request has that starts from noise alone. */
final class TimedFlags {
    @Option(names = "--duration", paramLabel = "SECONDS|random", description = "1 to 240, or random for 30 to 240.")
    private String duration;

    @Option(
            names = "--scheduler",
            paramLabel = "TYPE",
            converter = Labels.Scheduler.class,
            description = "euler, heun or pingpong.")
    private SchedulerType scheduler;

    @Option(names = "--omega-scale", paramLabel = "X", description = "Strength of the mean shift in each step.")
    private Double omegaScale;

    boolean isEmpty() {
        return duration == null && scheduler == null && omegaScale == null;
    }

    void applyTo(TimedRequestBuilder<?> builder) {
        applyDuration(builder);
        Optional.ofNullable(scheduler).ifPresent(builder::scheduler);
        Optional.ofNullable(omegaScale).ifPresent(builder::omegaScale);
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
