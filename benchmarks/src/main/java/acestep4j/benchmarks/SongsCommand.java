package acestep4j.benchmarks;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Measures a matrix of songs, each row in a process of its own so that memory and the first song are that row's. Rows that
 * the results file has already are left alone.
 */
@Command(
        name = "songs",
        description = "Measures whole songs over steps x seconds x precision, a process for each, into a results file.",
        mixinStandardHelpOptions = true)
final class SongsCommand implements Callable<Integer> {
    @Mixin
    private BundleFlags flags;

    @Option(names = "--precision", split = ",", defaultValue = Opening.AUTO, paramLabel = "NAME")
    private List<String> precisions;

    @Option(names = "--seconds", split = ",", defaultValue = "10,30,60,240", paramLabel = "S")
    private List<Double> seconds;

    @Option(names = "--steps", split = ",", defaultValue = "8,15,20,27,60", paramLabel = "N")
    private List<Integer> steps;

    @Option(names = "--rounds", defaultValue = "1", paramLabel = "N", description = "Repetitions of the whole matrix.")
    private int rounds;

    @Option(names = "--songs", defaultValue = "1", paramLabel = "N", description = "Songs of a row that count.")
    private int songs;

    @Option(
            names = "--warm-up-steps",
            paramLabel = "N",
            description = "Steps of the song before them; 0 for no such song (default: as many as theirs).")
    private Integer warmUpSteps;

    @Option(names = "--stream", description = "After them make a song of each row that is heard while it is decoded.")
    private boolean isStreamed;

    @Option(names = "--plan", description = "Only note the rows of the matrix as not measured.")
    private boolean isPlan;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The results file, new or to go on.")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        ResultsFile results = ResultsFile.open(out);
        List<SongCase> cases = cases();
        for (int round = 1; round <= rounds; round++) {
            for (SongCase song : cases) {
                Map<String, Object> key = song.key(SongCase.SONG, flags, round);
                if (results.row(key).isEmpty()) {
                    results.put(ResultsFile.notMeasured(key, "not run yet"));
                }
            }
        }
        for (int round = 1; round <= rounds && !isPlan; round++) {
            for (SongCase song : cases) {
                Map<String, Object> key = song.key(SongCase.SONG, flags, round);
                if (!results.isMeasured(key)) {
                    note(song + ", round " + round);
                    results.put(measured(song, key, round));
                }
            }
        }
        return 0;
    }

    private List<SongCase> cases() {
        List<SongCase> cases = new ArrayList<>();
        for (String precision : precisions) {
            for (double duration : seconds) {
                steps.forEach(count -> cases.add(new SongCase(precision, duration, count)));
            }
        }
        return cases;
    }

    /** The row, measured in another process. */
    private Object measured(SongCase song, Map<String, Object> key, int round)
            throws IOException, InterruptedException {
        Path row = Files.createTempFile("row", ".json");
        try {
            Process process = new ProcessBuilder(command(song, round, row))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .start();
            int exit = process.waitFor();
            return exit == 0
                    ? JsonParser.parseString(Files.readString(row))
                    : ResultsFile.notMeasured(key, "the process ended with exit code " + exit);
        } finally {
            Files.deleteIfExists(row);
        }
    }

    private List<String> command(SongCase song, int round, Path row) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", classPath(), Main.class.getName(), "song"));
        command.addAll(flags.arguments());
        command.addAll(List.of("--precision", song.precision(), "--seconds", String.valueOf(song.seconds())));
        command.addAll(List.of("--steps", String.valueOf(song.steps()), "--songs", String.valueOf(songs)));
        command.addAll(List.of("--round", String.valueOf(round), "--out", row.toString()));
        if (warmUpSteps != null) {
            command.addAll(List.of("--warm-up-steps", String.valueOf(warmUpSteps)));
        }
        if (isStreamed) {
            command.add("--stream");
        }
        return command;
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    private void note(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }
}
