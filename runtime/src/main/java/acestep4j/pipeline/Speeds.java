package acestep4j.pipeline;

import acestep4j.Stage;
import acestep4j.onnx.OnnxRuntime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How fast the finished generations were in each stage. A stage that loads its graphs has a speed of its own. Thread-safe.
 */
final class Speeds {
    private static final double NANOSECONDS = 1e9;

    private record Key(Stage stage, boolean offload) {}

    private record Sum(double multiplyAdds, double seconds) {}

    private final Map<Key, Sum> sums = new HashMap<>();
    private final Map<String, Double> probed = new HashMap<>();
    private final OnnxRuntime runtime;

    Speeds(OnnxRuntime runtime) {
        this.runtime = runtime;
    }

    synchronized void add(Stage stage, boolean offload, double multiplyAdds, Duration time) {
        sums.merge(
                new Key(stage, offload),
                new Sum(multiplyAdds, time.toNanos() / NANOSECONDS),
                (a, b) -> new Sum(a.multiplyAdds + b.multiplyAdds, a.seconds + b.seconds));
    }

    /** Empty before the first generation that had the stage. */
    synchronized OptionalDouble secondsPerMultiplyAdd(Stage stage, boolean offload) {
        Sum sum = sums.get(new Key(stage, offload));
        return sum == null ? OptionalDouble.empty() : OptionalDouble.of(sum.seconds / sum.multiplyAdds);
    }

    /** The device's speed in a precision, tried once. */
    synchronized double probed(String precision) {
        return probed.computeIfAbsent(precision, runtime::secondsPerMultiplyAdd);
    }
}
