package acestep4j.cli;

import acestep4j.diffusion.SchedulerType;
import acestep4j.request.EditRequest;
import acestep4j.request.RequestBuilder;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** From one prompt and its lyrics to others. */
@Command(name = "edit", description = "Exchange the prompt or the lyrics of a piece and keep the rest.")
final class EditCommand extends MusicCommand {
    @Option(names = "--source", paramLabel = "FILE", description = "The piece: WAV, FLAC, MP3, OGG or M4A.")
    private Path source;

    @Option(
            names = "--target-prompt",
            paramLabel = "TEXT",
            description = "What is to describe the music instead (default: the prompt).")
    private String targetPrompt;

    @ArgGroup
    private TargetLyrics targetLyrics;

    private static final class TargetLyrics {
        @Option(
                names = "--target-lyrics",
                paramLabel = "TEXT",
                description = "The words instead (default: the lyrics).")
        private String text;

        @Option(names = "--target-lyrics-file", paramLabel = "FILE", description = "The words as a UTF-8 text file.")
        private Path file;
    }

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "only-lyrics (n-min 0.6, n-max 1) or remix (n-min 0.2, n-max 0.4).")
    private Preset preset;

    private enum Preset {
        ONLY_LYRICS,
        REMIX
    }

    @Option(
            names = "--n-min",
            paramLabel = "X",
            description = "Share of the steps left out at the beginning, 0 to 1 (default 0).")
    private Double nMin;

    @Option(
            names = "--n-max",
            paramLabel = "X",
            description = "Share of the steps up to which the piece is moved, to 1 (default 1).")
    private Double nMax;

    @Option(
            names = "--n-avg",
            paramLabel = "N",
            description = "Noises over which a step is averaged, 1 to 16 (default 1).")
    private Integer nAvg;

    @Option(
            names = "--scheduler",
            paramLabel = "TYPE",
            converter = Labels.Scheduler.class,
            description = "euler or pingpong.")
    private SchedulerType scheduler;

    @Override
    RequestBuilder<?> builder(Optional<OfficialParams> given) {
        EditRequest.Builder builder = EditRequest.builder();
        readSound("--source", given, builder).ifPresent(builder::source);
        Optional.ofNullable(targetPrompt)
                .ifPresent(text -> builder.targetPrompt(WordsFlags.decoded("--target-prompt", text)));
        if (targetLyrics != null) {
            builder.targetLyrics(
                    targetLyrics.file != null
                            ? InputFile.read("--target-lyrics-file", targetLyrics.file)
                            : WordsFlags.decoded("--target-lyrics", targetLyrics.text));
        }
        if (preset == Preset.ONLY_LYRICS) {
            builder.onlyLyrics();
        } else if (preset == Preset.REMIX) {
            builder.remix();
        }
        Optional.ofNullable(nMin).ifPresent(builder::nMin);
        Optional.ofNullable(nMax).ifPresent(builder::nMax);
        Optional.ofNullable(nAvg).ifPresent(builder::nAvg);
        Optional.ofNullable(scheduler).ifPresent(builder::scheduler);
        return builder;
    }

    @Override
    Optional<Path> sourceFile() {
        return Optional.ofNullable(source);
    }
}
