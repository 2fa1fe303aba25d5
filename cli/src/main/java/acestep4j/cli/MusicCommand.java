package acestep4j.cli;

import acestep4j.AceStep;
import acestep4j.DecodingMode;
import acestep4j.Estimate;
import acestep4j.GenerationResult;
import acestep4j.Loop;
import acestep4j.Receipt;
import acestep4j.audio.AudioBuffer;
import acestep4j.codecs.AudioFormat;
import acestep4j.model.Memory;
import acestep4j.quality.SeamMeasures;
import acestep4j.request.GenerationRequest;
import acestep4j.request.RequestBuilder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes music and writes it to files: what the commands of all tasks share. */
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Settings that are left out come from --params, else from the bundle.",
            "With a batch, output files get -0, -1, ... before the extension."
        })
abstract class MusicCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelFlags model;

    @Mixin
    private WordsFlags words;

    @Option(
            names = "--params",
            paramLabel = "FILE",
            description = "Settings from a *_input_params.json of this program or the official one; flags win over it.")
    private Path params;

    @Mixin
    private OutputFlags output;

    @Option(names = "--estimate", description = "Say how much time and memory it would take, and make nothing.")
    private boolean estimate;

    /** A builder of this task with what the parameters and the task's own flags say. */
    abstract RequestBuilder<?> builder(Optional<OfficialParams> given);

    /** The sound to start from, if the flags name one. */
    Optional<Path> sourceFile() {
        return Optional.empty();
    }

    /** Reads the sound that a flag names, and applies the parameters with it in the place of theirs. */
    final Optional<AudioBuffer> readSound(String option, Optional<OfficialParams> given, RequestBuilder<?> builder) {
        Optional<AudioBuffer> sound = sourceFile().map(file -> SourceFile.read(option, file));
        given.ifPresent(params -> params.withSound(sound).applyTo(builder));
        return sound;
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        Optional<OfficialParams> given =
                Optional.ofNullable(params).map(OfficialParams::read).map(words::withBatchSize);
        given.ifPresent(settings -> nameUnknownKeys(settings, err));
        RequestBuilder<?> builder = builder(given);
        words.applyTo(builder, given, err);
        GenerationRequest request = builder.build();
        if (estimate) {
            try (AceStep aceStep = model.open(given)) {
                print(aceStep.estimate(request), spec.commandLine().getOut());
            }
            return Main.OK;
        }
        Path audioFile = output.audioFile(given);
        OutputFiles files = new OutputFiles(audioFile, output.latents(), request.batchSize(), inputs(given));
        AudioFormat format = output.audioFormat(audioFile);

        GenerationResult result;
        try (AceStep aceStep = model.open(given);
                ProgressPrinter progress = new ProgressPrinter(err, Terminal.isInteractive())) {
            result = aceStep.generate(request, progress);
        }
        files.write(result, format, source(given), model.loraFile(given));

        warnings(result.receipt()).forEach(warning -> err.println("acestep4j: warning: " + warning));
        tellSeeds(result.receipt(), err);
        result.loop().ifPresent(loop -> tell(loop, err));
        files.all().forEach(spec.commandLine().getOut()::println);
        return Main.OK;
    }

    private void nameUnknownKeys(OfficialParams settings, PrintWriter err) {
        if (!settings.unknownKeys().isEmpty()) {
            err.println("acestep4j: warning: " + params + ": unknown keys without effect: "
                    + String.join(", ", settings.unknownKeys()));
        }
    }

    /** What the model didn't get of what was given, and whether the memory limit took another plan than the one asked for. */
    static List<String> warnings(Receipt receipt) {
        List<String> warnings = new ArrayList<>();
        if (receipt.promptTruncated()) {
            warnings.add("the prompt is longer than the model takes; it was cut off after " + receipt.promptTokens()
                    + " tokens");
        }
        receipt.lyricRemarks().forEach(remark -> warnings.add("lyrics " + remark));
        receipt.ignoredInputs().forEach(input -> warnings.add("this model ignores " + input));
        boolean isSmaller = receipt.plan().offload() != receipt.options().offload()
                || receipt.plan().decoding() == DecodingMode.OVERLAPPED
                        && !receipt.options().overlappedDecode();
        if (isSmaller) {
            warnings.add("the memory limit allowed a smaller plan only: " + receipt.plan());
        }
        return warnings;
    }

    private static void print(Estimate estimate, PrintWriter out) {
        estimate.stages()
                .forEach(
                        (stage, part) -> print(out, stage.name().toLowerCase(Locale.ROOT), part.time(), part.memory()));
        print(out, "in all", estimate.time(), estimate.memory());
        out.println("plan       " + estimate.plan());
        out.println("times      " + estimate.basis().name().toLowerCase(Locale.ROOT));
    }

    private static void print(PrintWriter out, String label, Duration time, long memory) {
        out.printf(Locale.ROOT, "%-10s %s, %s%n", label, ProgressPrinter.clock(time), Memory.gigabytes(memory));
    }

    private static void tellSeeds(Receipt receipt, PrintWriter err) {
        err.println("seeds " + receipt.settings().seeds());
        if (!receipt.settings().retakeSeeds().isEmpty()) {
            err.println("retake seeds " + receipt.settings().retakeSeeds());
        }
    }

    private static void tell(Loop loop, PrintWriter err) {
        err.printf(
                Locale.ROOT,
                "loop of %d samples, %d bars of %d beats at %.3f bpm%n",
                loop.length(),
                loop.bars(),
                loop.beatsPerBar(),
                loop.bpm());
        for (SeamMeasures seam : loop.seams()) {
            err.printf(
                    Locale.ROOT,
                    "seam: step %.5f (more than %.1f %% of the music), spectral change %.1f dB (%.1f %%)%n",
                    seam.step(),
                    100 * seam.stepQuantile(),
                    seam.spectralChange(),
                    100 * seam.spectralChangeQuantile());
        }
    }

    private Optional<Path> source(Optional<OfficialParams> given) {
        return sourceFile().or(() -> given.flatMap(OfficialParams::sourceFile));
    }

    private List<Path> inputs(Optional<OfficialParams> given) {
        List<Path> inputs = new ArrayList<>(words.inputs());
        Optional.ofNullable(params).ifPresent(inputs::add);
        source(given).ifPresent(inputs::add);
        model.loraFile(given).ifPresent(inputs::add);
        return inputs;
    }
}
