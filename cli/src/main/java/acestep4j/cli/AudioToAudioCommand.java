package acestep4j.cli;

import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.RequestBuilder;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Music from a reference. */
@Command(name = "audio2audio", description = "Make music that starts from a piece instead of pure noise.")
final class AudioToAudioCommand extends MusicCommand {
    @Mixin
    private GuidanceFlags guidance;

    @Option(names = "--reference", paramLabel = "FILE", description = "The piece: WAV, FLAC, MP3, OGG or M4A.")
    private Path reference;

    @Option(
            names = "--strength",
            paramLabel = "X",
            description = "How much of the reference stays, 0 to 1 (default 0.5).")
    private Double strength;

    @Mixin
    private ScheduledFlags scheduled;

    @Override
    RequestBuilder<?> builder(Optional<OfficialParams> given) {
        AudioToAudioRequest.Builder builder = AudioToAudioRequest.builder();
        readSound("--reference", given, builder).ifPresent(builder::reference);
        Optional.ofNullable(strength).ifPresent(builder::strength);
        guidance.applyTo(builder);
        scheduled.applyTo(builder);
        return builder;
    }

    @Override
    Optional<Path> sourceFile() {
        return Optional.ofNullable(reference);
    }
}
