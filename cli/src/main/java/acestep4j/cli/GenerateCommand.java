package acestep4j.cli;

import acestep4j.AceStep;
import acestep4j.AceStepOptions;
import acestep4j.GenerationRequest;
import acestep4j.GenerationResult;
import acestep4j.Receipt;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes music and writes it to files. */
@Command(
        name = "generate",
        description = "Make music from a prompt and lyrics and write it as WAV.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Settings that are left out come from --params, else from the bundle.",
            "With a batch, output files get -0, -1, ... before the extension."
        })
final class GenerateCommand implements Callable<Integer> {
    private static final char REPLACEMENT = '\ufffd';

    @Spec
    private CommandSpec spec;

    @Option(names = "--bundle", required = true, paramLabel = "DIR", description = "The bundle.")
    private Path bundle;

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

    @Option(names = "--duration", paramLabel = "SECONDS|random", description = "1 to 240, or random for 30 to 240.")
    private String duration;

    @Option(names = "--steps", paramLabel = "N", description = "Sampling steps, 1 to 1000.")
    private Integer steps;

    @Option(
            names = "--seed",
            paramLabel = "N[,N...]",
            description = "Seed of the noise, or one for each item of the batch; drawn when left out.")
    private String seed;

    @Option(names = "--batch-size", paramLabel = "N", description = "Items made at once, 1 to 16.")
    private Integer batchSize;

    @Option(names = "--guidance-scale", paramLabel = "X", description = "From 0; 0 and 1 turn the guidance off.")
    private Double guidanceScale;

    @Option(
            names = "--guidance-interval",
            paramLabel = "X",
            description = "Share of the steps that are guided, 0 to 1.")
    private Double guidanceInterval;

    @Option(
            names = "--guidance-interval-decay",
            paramLabel = "X",
            description = "How far the guidance scale falls over the interval, 0 to 1.")
    private Double guidanceIntervalDecay;

    @Option(names = "--min-guidance-scale", paramLabel = "X", description = "Where the decay leads to, from 0.")
    private Double minGuidanceScale;

    @Option(names = "--omega-scale", paramLabel = "X", description = "Strength of the mean shift in each step.")
    private Double omegaScale;

    @Option(names = "--erg-tag", negatable = true, description = "Guide away from a weakened prompt, or from none.")
    private Boolean ergTag;

    @Option(names = "--erg-lyric", negatable = true, description = "Guide away from weakened lyrics, or from none.")
    private Boolean ergLyric;

    @Option(
            names = "--erg-diffusion",
            negatable = true,
            description = "Weaken the transformer's attention in the unguided pass, or not.")
    private Boolean ergDiffusion;

    @Option(
            names = "--params",
            paramLabel = "FILE",
            description = "Settings from a *_input_params.json of this program or the official one; flags win over it.")
    private Path params;

    @Option(names = "--out", paramLabel = "FILE", description = "The WAV file (default: output.wav).")
    private Path out;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "pcm16",
            description = "Samples of the WAV: pcm16 (default), pcm24 or float.")
    private SampleFormat format;

    @Option(
            names = "--latents-out",
            paramLabel = "FILE.npy",
            description = "Also write the latents of the whole batch, float32 [batch, 8, 16, frames].")
    private Path latentsOut;

    @Option(names = "--precision", paramLabel = "NAME", description = "One of the bundle's precisions, such as fp32.")
    private String precision;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that compute (default: one per core).")
    private Integer threads;

    @Option(names = "--verify", description = "Compare the SHA-256 of every file of the bundle first.")
    private boolean verify;

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Optional<OfficialParams> given = Optional.ofNullable(params).map(OfficialParams::read);
        given.ifPresent(settings -> nameUnknownKeys(settings, err));
        GenerationRequest request = request(given, err);
        OutputFiles files = new OutputFiles(audioFile(given), Optional.ofNullable(latentsOut), request.batchSize());

        GenerationResult result;
        try (AceStep aceStep = AceStep.open(bundle, options());
                ProgressPrinter progress = new ProgressPrinter(err, Terminal.isInteractive())) {
            result = aceStep.generate(request, progress);
        }
        files.write(result, format.format());

        warnOfWhatTheModelDidNotGet(result.receipt(), err);
        err.println("seeds " + result.receipt().settings().seeds());
        files.all().forEach(spec.commandLine().getOut()::println);
        return Main.OK;
    }

    private void nameUnknownKeys(OfficialParams settings, PrintWriter err) {
        if (!settings.unknownKeys().isEmpty()) {
            err.println("acestep4j: warning: " + params + ": unknown keys without effect: "
                    + String.join(", ", settings.unknownKeys()));
        }
    }

    private static void warnOfWhatTheModelDidNotGet(Receipt receipt, PrintWriter err) {
        if (receipt.promptTruncated()) {
            err.println("acestep4j: warning: the prompt is longer than the model takes; it was cut off after "
                    + receipt.promptTokens() + " tokens");
        }
        receipt.lyricRemarks().forEach(remark -> err.println("acestep4j: warning: lyrics " + remark));
    }

    private AceStepOptions options() {
        AceStepOptions options = AceStepOptions.defaults().withVerifyHashes(verify);
        if (threads != null) {
            options = options.withThreads(threads);
        }
        return precision == null ? options : options.withPrecision(precision);
    }

    private Path audioFile(Optional<OfficialParams> given) {
        if (out != null) {
            return out;
        }
        return given.flatMap(OfficialParams::savePath).orElse(Path.of("output.wav"));
    }

    private GenerationRequest request(Optional<OfficialParams> given, PrintWriter err) {
        GenerationRequest.Builder builder = GenerationRequest.builder();
        given.ifPresent(settings -> settings.applyTo(builder));
        applyTexts(builder, given);
        applyDuration(builder);
        set(steps).ifPresent(builder::steps);
        set(guidanceScale).ifPresent(builder::guidanceScale);
        set(guidanceInterval).ifPresent(builder::guidanceInterval);
        set(guidanceIntervalDecay).ifPresent(builder::guidanceIntervalDecay);
        set(minGuidanceScale).ifPresent(builder::minGuidanceScale);
        set(omegaScale).ifPresent(builder::omegaScale);
        set(ergTag).ifPresent(builder::ergTag);
        set(ergLyric).ifPresent(builder::ergLyric);
        set(ergDiffusion).ifPresent(builder::ergDiffusion);
        int items = set(batchSize)
                .orElseGet(() ->
                        given.map(settings -> settings.batchSize().orElse(1)).orElse(1));
        builder.batchSize(items).seeds(seeds(given, items, err));
        return builder.build();
    }

    private void applyTexts(GenerationRequest.Builder builder, Optional<OfficialParams> given) {
        if (prompt != null) {
            builder.prompt(decoded("--prompt", prompt));
        } else if (given.isEmpty() || !given.get().hasPrompt()) {
            throw new InputException("--prompt: expected a text that describes the music, found none;"
                    + " give --prompt, or --params with a prompt");
        }
        if (lyricsSource != null) {
            builder.lyrics(
                    lyricsSource.file != null
                            ? InputFile.read("--lyrics-file", lyricsSource.file)
                            : decoded("--lyrics", lyricsSource.text));
        }
    }

    private void applyDuration(GenerationRequest.Builder builder) {
        if (duration == null) {
            return;
        }
        if (duration.equalsIgnoreCase("random")) {
            builder.randomDuration();
            return;
        }
        try {
            builder.duration(Double.parseDouble(duration));
        } catch (NumberFormatException e) {
            throw new InputException("--duration: expected 1 to 240 seconds or random, found '" + duration + "'", e);
        }
    }

    /** As in the official pipeline, seeds of a file beyond the batch don't count. */
    private List<Long> seeds(Optional<OfficialParams> given, int items, PrintWriter err) {
        if (seed != null) {
            return Seeds.parse("--seed", seed);
        }
        List<Long> seeds = given.map(OfficialParams::seeds).orElse(List.of());
        if (seeds.size() <= items || items < 1) {
            return seeds;
        }
        err.println("acestep4j: warning: " + params + ": " + seeds.size() + " seeds for " + items
                + (items == 1 ? " item" : " items") + "; only the first count");
        return seeds.subList(0, items);
    }

    /** A locale that isn't UTF-8 loses characters of the arguments before this program sees them. */
    private static String decoded(String option, String text) {
        String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
        if (text.indexOf(REPLACEMENT) >= 0 && !Charset.forName(encoding).equals(StandardCharsets.UTF_8)) {
            throw new InputException(option + ": expected characters of the locale's encoding " + encoding
                    + ", found others; set LC_ALL=C.UTF-8, or give the text in a file");
        }
        return text;
    }

    private static <T> Optional<T> set(T option) {
        return Optional.ofNullable(option);
    }
}
