package acestep4j.library;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of its own that writes synthetic pieces into a library, and says of each when it is acknowledged. */
final class WriterProcess {
    private final Process process;
    private final BufferedReader lines;

    /** The seeds that were acknowledged so far. */
    final List<Long> acknowledged = new ArrayList<>();

    WriterProcess(Path library, long firstSeed, int count, long limit) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WriterProcess.class.getName(),
                        library.toString(),
                        String.valueOf(firstSeed),
                        String.valueOf(count),
                        String.valueOf(limit))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** Waits for the next acknowledgement; false at the end. */
    boolean next() throws IOException {
        String line = lines.readLine();
        if (line != null) {
            acknowledged.add(Long.parseLong(line));
        }
        return line != null;
    }

    /** Kills it as {@code kill -9} does, and takes what it had said until then. */
    void kill() throws IOException, InterruptedException {
        // The handle, since destroying the process itself closes its output too.
        assertTrue(process.toHandle().destroyForcibly());
        while (next()) {
            continue;
        }
        process.waitFor();
    }

    int await() throws IOException, InterruptedException {
        while (next()) {
            continue;
        }
        return process.waitFor();
    }

    public static void main(String[] args) {
        LibraryOptions options =
                LibraryOptions.defaults().withForm(StorageForm.FLOAT_32).withLimit(Long.parseLong(args[3]));
        long first = Long.parseLong(args[1]);
        try (MusicLibrary library = MusicLibrary.open(Path.of(args[0]), options)) {
            for (long seed = first; seed < first + Integer.parseInt(args[2]); seed++) {
                library.put(Synthetic.result(seed), 0, EntryLabels.named(String.valueOf(seed)));
                System.out.println(seed);
            }
        }
    }
}
