package acestep4j.cli;

import acestep4j.request.PaintedRequestBuilder;
import acestep4j.request.RequestBuilder;
import acestep4j.request.ScheduledRequestBuilder;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What every request has: words, steps, seeds and the strength of the guidance. */
final class WordsFlags {
    private static final char REPLACEMENT = '\ufffd';

    @Option(names = "--prompt", paramLabel = "TEXT", description = "Tags and words that describe the music.")
    private String prompt;

    @ArgGroup
    private LyricsSource lyricsSource;

    private static final class LyricsSource {
        @Option(names = "--lyrics", paramLabel = "TEXT", description = "The lyrics, one line per line.")
        private String text;

        @Option(names = "--lyrics-file", paramLabel = "FILE", description = "The lyrics as a UTF-8 text file.")
        private Path file;
    }

    @ArgGroup
    private Steps steps;

    private static final class Steps {
        @Option(names = "--steps", paramLabel = "N", description = "Sampling steps, 1 to 1000.")
        private Integer count;

        @Option(
                names = "--step-list",
                paramLabel = "N[,N...]",
                converter = Labels.Steps.class,
                description = "Which steps of a schedule to take, rising; it has as many steps as the last one says.")
        private List<Integer> list;
    }

    @Option(
            names = "--seed",
            paramLabel = "N[,N...]",
            description = "Seed of the noise, or one for each item of the batch; drawn when left out.")
    private String seed;

    @Option(names = "--batch-size", paramLabel = "N", description = "Items made at once, 1 to 16.")
    private Integer batchSize;

    @Option(names = "--guidance-scale", paramLabel = "X", description = "From 0; 0 and 1 turn the guidance off.")
    private Double guidanceScale;

    void applyTo(RequestBuilder<?> builder, Optional<OfficialParams> params, PrintWriter err) {
        if (prompt != null) {
            builder.prompt(decoded("--prompt", prompt));
        } else if (params.isEmpty() || !params.get().hasPrompt()) {
            throw new InputException("--prompt: expected a text that describes the music, found none;"
                    + " give --prompt, or --params with a prompt");
        }
        if (lyricsSource != null) {
            builder.lyrics(
                    lyricsSource.file != null
                            ? InputFile.read("--lyrics-file", lyricsSource.file)
                            : decoded("--lyrics", lyricsSource.text));
        }
        applySteps(builder);
        Optional.ofNullable(guidanceScale).ifPresent(builder::guidanceScale);
        int items = items(params);
        builder.batchSize(items);
        if (seed != null) {
            builder.seeds(Seeds.parse("--seed", seed));
        } else {
            params.ifPresent(given -> builder.seeds(given.seeds(builder, items, err)));
        }
    }

    private void applySteps(RequestBuilder<?> builder) {
        if (steps == null) {
            return;
        }
        if (steps.count != null) {
            builder.steps(steps.count);
        } else if (builder instanceof ScheduledRequestBuilder<?> scheduled) {
            scheduled.stepList(steps.list);
        } else if (builder instanceof PaintedRequestBuilder<?> painted) {
            painted.stepList(steps.list);
        } else {
            throw new InputException("--step-list: has no meaning for this task; give a number of --steps");
        }
    }

    /** The parameters with the flag's batch size, if there is one. */
    OfficialParams withBatchSize(OfficialParams params) {
        return batchSize == null ? params : params.withBatchSize(batchSize);
    }

    private int items(Optional<OfficialParams> params) {
        return Optional.ofNullable(batchSize)
                .orElseGet(
                        () -> params.map(given -> given.batchSize().orElse(1)).orElse(1));
    }

    /** The files that are read. */
    List<Path> inputs() {
        return lyricsSource == null || lyricsSource.file == null ? List.of() : List.of(lyricsSource.file);
    }

    /** A locale that isn't UTF-8 loses characters of the arguments before this program sees them. */
    static String decoded(String option, String text) {
        String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
        if (text.indexOf(REPLACEMENT) >= 0 && !Charset.forName(encoding).equals(StandardCharsets.UTF_8)) {
            throw new InputException(option + ": expected characters of the locale's encoding " + encoding
                    + ", found others; set LC_ALL=C.UTF-8, or give the text in a file");
        }
        return text;
    }
}
