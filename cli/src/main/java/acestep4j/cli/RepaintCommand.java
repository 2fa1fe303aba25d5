package acestep4j.cli;

import acestep4j.audio.AudioBuffer;
import acestep4j.request.RepaintRequest;
import acestep4j.request.RequestBuilder;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A range of a piece made anew. */
@Command(name = "repaint", description = "Make a range of a piece anew.")
final class RepaintCommand extends MusicCommand {
    @Mixin
    private GuidanceFlags guidance;

    @Option(names = "--source", paramLabel = "FILE", description = "The piece: WAV, FLAC, MP3, OGG or M4A.")
    private Path source;

    @Option(names = "--start", paramLabel = "SECONDS", description = "Where the range begins.")
    private Double start;

    @Option(names = "--end", paramLabel = "SECONDS", description = "Where it ends.")
    private Double end;

    @Option(names = "--variance", paramLabel = "X", description = "How new the range is, 0 to 1 (default 0.5).")
    private Double variance;

    @Option(
            names = "--retake-seed",
            paramLabel = "N[,N...]",
            description = "Seed of the second noise, or one for each item of the batch; drawn when left out.")
    private String retakeSeed;

    @Override
    RequestBuilder<?> builder(Optional<OfficialParams> given) {
        RepaintRequest.Builder builder = RepaintRequest.builder();
        Optional<AudioBuffer> sound = sourceFile().map(file -> SourceFile.read("--source", file));
        given.ifPresent(params -> params.withSound(sound).applyTo(builder));
        sound.ifPresent(builder::source);
        Optional.ofNullable(start).ifPresent(builder::start);
        Optional.ofNullable(end).ifPresent(builder::end);
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
