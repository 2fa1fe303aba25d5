package acestep4j.model;

import acestep4j.AceStepOptions;
import acestep4j.InvalidRequestException;
import acestep4j.MemoryLimit;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.GraphSpec;
import acestep4j.onnx.OnnxRuntime;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What graphs and the process around them take of the memory. A bundle's manifest says how many bytes lie between a graph's
 * nodes at once; ONNX Runtime takes more for them, as its blocks don't fit into each other's gaps. How much more was measured
 * on the CPU at the published widths: up to 1.2 times as much for the transformer and the encoders of text and lyrics, 1.4
 * to 2 times as much for the graphs of convolutions.
 */
public final class Memory {
    /** What the JVM, the native libraries, the tokenizers and the dictionaries take. */
    public static final long PROCESS = 350_000_000;

    private static final double GAPS = 1.15;
    private static final double GAPS_BETWEEN_CONVOLUTIONS = 1.75;
    private static final Set<String> CONVOLUTIONS =
            Set.of(Bundle.LATENT_ENCODER, Bundle.DCAE_DECODER, Bundle.DCAE_UPSAMPLER, Bundle.VOCODER);
    private static final double BYTES_PER_GIGABYTE = 1e9;

    private Memory() {}

    /**
     * The most bytes beside its weights that a graph takes in a run.
     *
     * @param sizes of the graph's dynamic dimensions but the batch
     */
    public static long activations(String graph, GraphSpec spec, Map<String, Integer> sizes, int items) {
        double gaps = CONVOLUTIONS.contains(graph) ? GAPS_BETWEEN_CONVOLUTIONS : GAPS;
        return (long) (gaps * items * spec.costs().activations(sizes));
    }

    /** A number of bytes as a user reads it. */
    public static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.2f GB", bytes / BYTES_PER_GIGABYTE);
    }

    /** The bytes with all graphs loaded that stay so, and none running. */
    public static long loaded(Bundle bundle, String precision) {
        return PROCESS
                + Bundle.graphNames().stream()
                        .filter(name -> !name.equals(Bundle.LATENT_ENCODER))
                        .mapToLong(name -> bundle.graph(name, precision).costs().weightBytes())
                        .sum();
    }

    /** The bytes with the largest graph loaded alone, and none running. */
    public static long offloaded(Bundle bundle, String precision) {
        return PROCESS
                + Bundle.graphNames().stream()
                        .mapToLong(name -> bundle.graph(name, precision).costs().weightBytes())
                        .max()
                        .orElse(0);
    }

    /**
     * Whether a limit on memory keeps the graphs from being loaded all at once, before any is.
     *
     * @throws InvalidRequestException when the limit's policy refuses that, or the largest graph alone is over it
     */
    static boolean needsOffload(Bundle bundle, OnnxRuntime runtime) {
        AceStepOptions options = runtime.options();
        Optional<MemoryLimit> limit = options.memoryLimit();
        if (limit.isEmpty()) {
            return false;
        }
        long all = loaded(bundle, runtime.choice().precision());
        long largest = offloaded(bundle, runtime.choice().precision());
        boolean fits = all <= limit.get().bytes();
        boolean mayOffload = options.offload() || limit.get().policy() == MemoryLimit.Policy.SMALLER_PLAN;
        if (largest > limit.get().bytes() || !fits && !mayOffload) {
            throw new InvalidRequestException(
                    "memoryLimit",
                    "expected at least " + gigabytes(mayOffload ? largest : all) + " to load the bundle in precision "
                            + runtime.choice().precision() + ", found "
                            + gigabytes(limit.get().bytes()) + "; raise the limit"
                            + (largest <= limit.get().bytes() ? ", take offload (" + gigabytes(largest) + ")" : "")
                            + " or a narrower precision");
        }
        return !fits;
    }
}
