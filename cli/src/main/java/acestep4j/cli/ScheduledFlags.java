package acestep4j.cli;

import acestep4j.diffusion.SchedulerType;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.ScheduledRequestBuilder;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a request that has a choice of schedulers is stepped. */
final class ScheduledFlags {
    @Option(
            names = "--scheduler",
            paramLabel = "TYPE",
            converter = Labels.Scheduler.class,
            description = "euler, heun or pingpong.")
    private SchedulerType scheduler;

    @Option(names = "--omega-scale", paramLabel = "X", description = "Strength of the mean shift in each step.")
    private Double omegaScale;

    boolean isEmpty() {
        return scheduler == null && omegaScale == null;
    }

    void applyTo(AudioToAudioRequest.Builder builder) {
        Optional.ofNullable(scheduler).ifPresent(builder::scheduler);
        Optional.ofNullable(omegaScale).ifPresent(builder::omegaScale);
    }

    void applyTo(ScheduledRequestBuilder<?> builder) {
        Optional.ofNullable(scheduler).ifPresent(builder::scheduler);
        Optional.ofNullable(omegaScale).ifPresent(builder::omegaScale);
    }
}
