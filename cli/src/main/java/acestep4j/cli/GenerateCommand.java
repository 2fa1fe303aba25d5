package acestep4j.cli;

import acestep4j.request.GuidedRequestBuilder;
import acestep4j.request.LoopRequest;
import acestep4j.request.RequestBuilder;
import acestep4j.request.TextToMusicRequest;
import acestep4j.request.TimedRequestBuilder;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Text to music; with parameters, the task that they name. */
@Command(name = "generate", description = "Make music from a prompt and lyrics, or whatever --params asks for.")
final class GenerateCommand extends MusicCommand {
    @Mixin
    private TimedFlags timed;

    @Mixin
    private GuidanceFlags guidance;

    @Override
    RequestBuilder<?> builder(Optional<OfficialParams> given) {
        RequestBuilder<?> builder =
                given.<RequestBuilder<?>>map(OfficialParams::builder).orElseGet(TextToMusicRequest::builder);
        if (builder instanceof TimedRequestBuilder<?> timedBuilder) {
            timed.applyTo(timedBuilder);
        } else if (builder instanceof LoopRequest.Builder loopBuilder) {
            timed.applyTo(loopBuilder);
        } else if (!timed.isEmpty()) {
            throw new InputException("--duration, --scheduler, --omega-scale: have no meaning for the task of"
                    + " --params; use that task's own command");
        }
        if (builder instanceof GuidedRequestBuilder<?> guidedBuilder) {
            guidance.applyTo(guidedBuilder);
        } else if (!guidance.isEmpty()) {
            throw new InputException("--guidance..., --erg...: have no meaning for an edit; leave them out");
        }
        return builder;
    }
}
