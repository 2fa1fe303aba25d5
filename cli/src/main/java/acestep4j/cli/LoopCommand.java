package acestep4j.cli;

import acestep4j.request.LoopRequest;
import acestep4j.request.RequestBuilder;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Music whose end runs into its beginning. */
@Command(
        name = "loop",
        description = "Make music whose end runs into its beginning; the file says so in its tags or its smpl chunk.")
final class LoopCommand extends MusicCommand {
    @Mixin
    private LoopFlags loop;

    @Mixin
    private ScheduledFlags scheduled;

    @Mixin
    private GuidanceFlags guidance;

    @Override
    RequestBuilder<?> builder(Optional<OfficialParams> given) {
        LoopRequest.Builder builder = LoopRequest.builder();
        given.ifPresent(params -> params.applyTo(builder));
        loop.applyTo(builder);
        scheduled.applyTo(builder);
        guidance.applyTo(builder);
        return builder;
    }
}
