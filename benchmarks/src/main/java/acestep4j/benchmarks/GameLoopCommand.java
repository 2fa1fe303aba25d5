package acestep4j.benchmarks;

import acestep4j.AceStep;
import acestep4j.DeviceException;
import acestep4j.GenerationResult;
import acestep4j.Stage;
import acestep4j.job.JobState;
import acestep4j.job.MusicJob;
import acestep4j.job.MusicJobs;
import acestep4j.request.TextToMusicRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Measures what a game feels of a generation in its own process: how its frames go without one and beside one, in turn so that
 * other programs on the machine disturb both alike, and how soon a cancelled one ends.
 */
@Command(
        name = "game-loop",
        description = "Measures a game's frames without and beside a generation, and how soon a cancelled one ends.",
        mixinStandardHelpOptions = true)
final class GameLoopCommand implements Callable<Integer> {
    private static final double NANOS = 1e9;
    private static final String WITHOUT = "without";
    private static final String BESIDE = "beside";
    private static final String NO_STAGE = "none";

    @Mixin
    private BundleFlags flags;

    @Option(
            names = "--precision",
            defaultValue = Opening.AUTO,
            paramLabel = "NAME",
            description = "One of the bundle's.")
    private String precision;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            paramLabel = "S",
            description = "Duration of the music (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--steps", required = true, paramLabel = "N", description = "Diffusion steps, 2 or more.")
    private int steps;

    @Option(
            names = "--work-ms",
            defaultValue = "5",
            paramLabel = "MS",
            description = "What a frame computes takes so long when the machine is quiet (default: ${DEFAULT-VALUE}).")
    private double workMillis;

    @Option(
            names = "--phase-seconds",
            defaultValue = "30",
            paramLabel = "S",
            description = "Length of each phase without or beside a generation (default: ${DEFAULT-VALUE}).")
    private double phaseSeconds;

    @Option(
            names = "--rounds",
            defaultValue = "2",
            paramLabel = "N",
            description = "Phases of each of the two, in turn (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--cancels",
            defaultValue = "10",
            paramLabel = "N",
            description =
                    "Jobs that are cancelled in the diffusion, and as many in the decoding (default: ${DEFAULT-VALUE}).")
    private int cancels;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The results file, new or to go on.")
    private Path out;

    @Spec
    private CommandSpec spec;

    private final GameLoop loop = GameLoop.asleepBetweenFrames();
    private Optional<MusicJob> making = Optional.empty();

    @Override
    public Integer call() throws IOException, InterruptedException {
        check("--steps", steps, steps >= 2, "2 or more");
        check("--work-ms", workMillis, workMillis >= 0, "0 or more");
        check("--phase-seconds", phaseSeconds, phaseSeconds > 0, "more than 0");
        check("--rounds", rounds, rounds >= 1, "1 or more");
        check("--cancels", cancels, cancels >= 1, "1 or more");
        ResultsFile results = ResultsFile.open(out);
        Map<String, Object> row = new SongCase(precision, seconds, steps).key("game-loop", flags, 1);
        try (AceStep aceStep = AceStep.open(flags.bundle, flags.options(precision));
                MusicJobs jobs = MusicJobs.on(aceStep)) {
            measure(row, aceStep, jobs);
        } catch (DeviceException e) {
            row = ResultsFile.notMeasured(row, Main.oneLine(e));
        }
        results.put(row);
        return 0;
    }

    private void check(String flag, Number found, boolean holds, String expected) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), flag + ": expected " + expected + ", found " + found);
        }
    }

    private void measure(Map<String, Object> row, AceStep aceStep, MusicJobs jobs)
            throws IOException, InterruptedException {
        GenerationResult first = aceStep.generate(request());
        FrameWork work = FrameWork.lasting((long) (workMillis * TimeUnit.MILLISECONDS.toNanos(1)));
        List<GameLoop.Frame> without = new ArrayList<>();
        List<GameLoop.Frame> beside = new ArrayList<>();
        List<Map<String, Object>> phases = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            without.addAll(phase(WITHOUT, phases, work, () -> NO_STAGE));
            beside.addAll(phase(BESIDE, phases, work, () -> keepMaking(jobs)));
            stopMaking();
        }
        CancelLatency latency =
                new CancelLatency(jobs, request(), first.receipt().timings());
        Map<String, Object> cancelled = new LinkedHashMap<>();
        for (Stage stage : List.of(Stage.DIFFUSION, Stage.DECODING)) {
            List<CancelLatency.Sample> samples = latency.measure(stage, cancels);
            cancelled.put(name(stage), CancelLatency.describe(samples));
            tell("in " + name(stage) + ": " + CancelLatency.summary(samples));
        }
        row.put("measured", true);
        row.put("work_ms", workMillis);
        row.put("phase_seconds", phaseSeconds);
        row.put(WITHOUT, GameLoop.describe(without));
        row.put(BESIDE, GameLoop.describe(beside));
        row.put("beside_by_stage", byStage(beside));
        row.put("phases", phases);
        row.put("cancelled", cancelled);
        row.put("provider", first.receipt().device().used().label());
        row.put("used_precision", first.receipt().device().precision());
        row.put("versions", first.receipt().versions());
        row.put("bundle_id", aceStep.manifest().id());
        row.put("bundle_source", aceStep.manifest().source().checkpoint());
        row.put("max_heap_bytes", Runtime.getRuntime().maxMemory());
        row.put("git_commit", Machine.gitCommit().orElse(null));
    }

    private List<GameLoop.Frame> phase(
            String name, List<Map<String, Object>> phases, FrameWork work, Supplier<String> music) {
        List<GameLoop.Frame> frames = loop.play((long) (phaseSeconds * NANOS), () -> {
            String stage = music.get();
            work.run();
            return stage;
        });
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("phase", name);
        row.putAll(GameLoop.describe(frames));
        phases.add(row);
        tell(name + " a generation: " + GameLoop.summary(frames));
        return frames;
    }

    /** What a game does in each frame: it looks at the job, and asks for other music when that is done. */
    private String keepMaking(MusicJobs jobs) {
        MusicJob job = making.filter(latest -> latest.state() != JobState.DONE).orElseGet(() -> jobs.submit(request()));
        making = Optional.of(job);
        if (job.state() == JobState.FAILED) {
            job.result().toCompletableFuture().join();
        }
        return job.progress().map(progress -> name(progress.stage())).orElse(NO_STAGE);
    }

    private void stopMaking() {
        making.ifPresent(job -> {
            CompletableFuture<?> end =
                    job.result().handle((result, problem) -> null).toCompletableFuture();
            job.cancel();
            end.join();
        });
        making = Optional.empty();
    }

    private static Map<String, Object> byStage(List<GameLoop.Frame> frames) {
        Map<String, List<GameLoop.Frame>> stages = frames.stream()
                .collect(Collectors.groupingBy(GameLoop.Frame::stage, LinkedHashMap::new, Collectors.toList()));
        Map<String, Object> described = new LinkedHashMap<>();
        stages.forEach((stage, of) -> described.put(stage, GameLoop.describe(of)));
        return described;
    }

    private TextToMusicRequest request() {
        return TextToMusicRequest.builder()
                .prompt(Example.PROMPT)
                .lyrics(Example.LYRICS)
                .duration(seconds)
                .steps(steps)
                .seed(1)
                .build();
    }

    private void tell(String line) {
        PrintWriter writer = spec.commandLine().getOut();
        writer.println(line);
        writer.flush();
    }

    private static String name(Stage stage) {
        return stage.name().toLowerCase(Locale.ROOT);
    }
}
