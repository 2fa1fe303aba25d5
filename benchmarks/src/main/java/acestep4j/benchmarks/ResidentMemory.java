package acestep4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The most memory of this process that was resident at once, as Linux counts it (VmHWM): mapped files count as far as they
 * are in memory. Elsewhere there is no figure.
 */
final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");
    private static final String RESET_PEAK = "5";
    private static final String FIELD = "VmHWM:";
    private static final int KIB = 1024;

    private ResidentMemory() {}

    /** The peak in bytes since the process began or the last {@link #resetPeak} that worked. */
    static OptionalLong peak() {
        try {
            return parsePeak(Files.readString(STATUS));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static OptionalLong parsePeak(String status) {
        return status.lines()
                .filter(line -> line.startsWith(FIELD))
                .mapToLong(line ->
                        Long.parseLong(line.substring(FIELD.length()).strip().split(" ")[0]) * KIB)
                .findFirst();
    }

    /** Begins a new peak at what is resident now; false where the system doesn't let it. */
    static boolean resetPeak() {
        try {
            Files.writeString(CLEAR_REFS, RESET_PEAK);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
