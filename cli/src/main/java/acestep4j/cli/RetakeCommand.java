package acestep4j.cli;

import acestep4j.request.RequestBuilder;
import acestep4j.request.RetakeRequest;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A variation of text to music. */
@Command(name = "retake", description = "Vary what generate makes of the same seeds and settings.")
final class RetakeCommand extends MusicCommand {
    @Mixin
    private TimedFlags timed;

    @Mixin
    private GuidanceFlags guidance;

    @Option(names = "--variance", paramLabel = "X", description = "How far from the original, 0 to 1 (default 0.5).")
    private Double variance;

    @Option(
            names = "--retake-seed",
            paramLabel = "N[,N...]",
            description = "Seed of the second noise, or one for each item of the batch; drawn when left out.")
    private String retakeSeed;

    @Override
    RequestBuilder<?> builder(Optional<OfficialParams> given) {
        RetakeRequest.Builder builder = RetakeRequest.builder();
        given.ifPresent(params -> params.applyTo(builder));
        timed.applyTo(builder);
        guidance.applyTo(builder);
        Optional.ofNullable(variance).ifPresent(builder::variance);
        Optional.ofNullable(retakeSeed).ifPresent(seeds -> builder.retakeSeeds(Seeds.parse("--retake-seed", seeds)));
        return builder;
    }
}
