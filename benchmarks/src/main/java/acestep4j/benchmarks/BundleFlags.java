package acestep4j.benchmarks;

import acestep4j.AceStepOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The bundle that a command measures, and how it is opened. */
final class BundleFlags {
    @Option(names = "--bundle", required = true, paramLabel = "DIR", description = "Folder of the bundle.")
    Path bundle;

    @Option(
            names = "--device",
            defaultValue = "cpu",
            paramLabel = "NAME",
            description = "Where to compute (default: ${DEFAULT-VALUE}).")
    String device;

    @Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "Threads of one operation; 0 for one per core (default: ${DEFAULT-VALUE}).")
    int threads;

    @Option(names = "--offload", description = "Load each part for its stage only.")
    boolean offload;

    AceStepOptions options(String precision) {
        return Opening.options(precision, device, threads, offload);
    }

    /** The same flags for another process. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(
                List.of("--bundle", bundle.toString(), "--device", device, "--threads", String.valueOf(threads)));
        if (offload) {
            arguments.add("--offload");
        }
        return arguments;
    }
}
