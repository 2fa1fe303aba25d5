package acestep4j.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What this machine has, as far as Java, {@code /proc} and {@code nvidia-smi} say. */
final class Machine {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path MEMORY_INFO = Path.of("/proc/meminfo");
    private static final int SECONDS_TO_ANSWER = 10;
    /** Instructions that decide how fast the CPU computes, the fastest last. */
    private static final List<String> INSTRUCTIONS =
            List.of("avx", "avx2", "fma", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16");

    private Machine() {}

    static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** Bytes of memory of the machine, or of the container it runs in. */
    static long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : 0;
    }

    /** Bytes that programs can have without swapping; only Linux says so. */
    static Optional<Long> availableMemory() {
        return firstMatch(MEMORY_INFO, "MemAvailable:\\s+(\\d+) kB").map(kibibytes -> Long.parseLong(kibibytes) << 10);
    }

    static Optional<String> cpu() {
        return firstMatch(CPU_INFO, "model name\\s*:\\s*(.+)");
    }

    /** The names of those instructions that matter and that the CPU has; empty where nothing says so. */
    static Optional<List<String>> instructions() {
        return firstMatch(CPU_INFO, "flags\\s*:\\s*(.+)").map(line -> {
            Set<String> flags = Set.copyOf(Arrays.asList(line.trim().split("\\s+")));
            return INSTRUCTIONS.stream().filter(flags::contains).toList();
        });
    }

    /** Bytes that can still be written beside a file. */
    static Optional<Long> freeSpace(Path beside) {
        try {
            FileStore store = Files.getFileStore(beside);
            return Optional.of(store.getUsableSpace());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** One line for each card: name, driver, compute capability, memory in all and free; empty without the program. */
    static List<String> cards() {
        try {
            Process process = new ProcessBuilder(
                            "nvidia-smi",
                            "--query-gpu=name,driver_version,compute_cap,memory.total,memory.free",
                            "--format=csv,noheader")
                    .redirectErrorStream(true)
                    .start();
            if (!process.waitFor(SECONDS_TO_ANSWER, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return List.of();
            }
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.exitValue() == 0 ? answer.strip().lines().toList() : List.of();
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private static Optional<String> firstMatch(Path file, String pattern) {
        try {
            Matcher matcher = Pattern.compile("^" + pattern + "$", Pattern.MULTILINE)
                    .matcher(Files.readString(file, StandardCharsets.UTF_8));
            return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
