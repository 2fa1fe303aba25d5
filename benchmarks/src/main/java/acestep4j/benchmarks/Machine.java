package acestep4j.benchmarks;

import acestep4j.Version;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What a measurement ran on, as data for a results file. */
final class Machine {
    private static final long SECONDS_TO_WAIT = 10;

    private Machine() {}

    /** Processor, cores, memory, operating system, Java and, if there is one, the NVIDIA GPU. */
    static Map<String, Object> describe() {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("cpu", cpu());
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        machine.put("memory_bytes", system.getTotalMemorySize());
        machine.put(
                "os",
                String.join(
                        " ",
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("os.arch")));
        machine.put("jdk", System.getProperty("java.vm.vendor") + " " + System.getProperty("java.runtime.version"));
        output("nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader")
                .ifPresent(gpu -> machine.put("gpu", gpu));
        return machine;
    }

    /** Versions of what computes, but for those that only an open bundle knows. */
    static Map<String, Object> versions() {
        Map<String, Object> versions = new LinkedHashMap<>();
        versions.put("acestep4j", Version.current());
        versions.put("java", System.getProperty("java.version"));
        return versions;
    }

    /** The commit of the folder that this runs in, with "-dirty" behind it when files differ from it. */
    static Optional<String> gitCommit() {
        return output("git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*");
    }

    private static String cpu() {
        try {
            return Files.readString(Path.of("/proc/cpuinfo"))
                    .lines()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER")).orElse(System.getProperty("os.arch"));
        }
    }

    /** The first line that a program prints; nothing when it isn't there or fails. */
    private static Optional<String> output(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean isDone = process.waitFor(SECONDS_TO_WAIT, TimeUnit.SECONDS) && process.exitValue() == 0;
            return isDone ? text.lines().map(String::strip).findFirst() : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
