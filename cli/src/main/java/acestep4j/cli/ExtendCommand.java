package acestep4j.cli;

import acestep4j.audio.AudioBuffer;
import acestep4j.request.ExtendRequest;
import acestep4j.request.RequestBuilder;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A piece made longer. */
@Command(name = "extend", description = "Make more music before a piece, after it or both.")
final class ExtendCommand extends MusicCommand {
    @Mixin
    private GuidanceFlags guidance;

    @Option(names = "--source", paramLabel = "FILE", description = "The piece: WAV, FLAC, MP3, OGG or M4A.")
    private Path source;

    @Option(names = "--left", paramLabel = "SECONDS", description = "Seconds before the piece, 0 to 239.")
    private Double left;

    @Option(names = "--right", paramLabel = "SECONDS", description = "Seconds after the piece, 0 to 239.")
    private Double right;

    @Option(names = "--variance", paramLabel = "X", description = "Above 0 to 1 (default 1).")
    private Double variance;

    @Option(
            names = "--retake-seed",
            paramLabel = "N[,N...]",
            description = "Seed of the second noise, or one for each item of the batch; drawn when left out.")
    private String retakeSeed;

    @Override
    RequestBuilder<?> builder(Optional<OfficialParams> given) {
        ExtendRequest.Builder builder = ExtendRequest.builder();
        Optional<AudioBuffer> sound = sourceFile().map(file -> SourceFile.read("--source", file));
        given.ifPresent(params -> params.withSound(sound).applyTo(builder));
        sound.ifPresent(builder::source);
        Optional.ofNullable(left).ifPresent(builder::left);
        Optional.ofNullable(right).ifPresent(builder::right);
        guidance.applyTo(builder);
        Optional.ofNullable(variance).ifPresent(builder::variance);
        Optional.ofNullable(retakeSeed).ifPresent(seeds -> builder.retakeSeeds(Seeds.parse("--retake-seed", seeds)));
        return builder;
    }

    @Override
    Optional<Path> sourceFile() {
        return Optional.ofNullable(source);
    }
}
