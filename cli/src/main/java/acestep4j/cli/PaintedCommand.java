package acestep4j.cli;

import acestep4j.request.PaintedRequestBuilder;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Paints new music into or beside a piece: what these two commands share. */
abstract class PaintedCommand extends MusicCommand {
    @Mixin
    private GuidanceFlags guidance;

    @Option(names = "--source", paramLabel = "FILE", description = "The piece: WAV, FLAC, MP3, OGG or M4A.")
    private Path source;

    @Option(
            names = "--retake-seed",
            paramLabel = "N[,N...]",
            description = "Seed of the second noise, or one for each item of the batch; drawn when left out.")
    private String retakeSeed;

    /** Applies the parameters and the flags of both commands. */
    final void apply(Optional<OfficialParams> given, PaintedRequestBuilder<?> builder) {
        readSound("--source", given, builder).ifPresent(builder::source);
        guidance.applyTo(builder);
        Optional.ofNullable(retakeSeed).ifPresent(seeds -> builder.retakeSeeds(Seeds.parse("--retake-seed", seeds)));
    }

    @Override
    final Optional<Path> sourceFile() {
        return Optional.ofNullable(source);
    }
}
