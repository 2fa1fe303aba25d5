package acestep4j.pipeline;

import acestep4j.Progress;
import acestep4j.ProgressListener;
import acestep4j.Stage;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Times the stages of one generation and tells its listener. Not thread-safe. */
final class ProgressMeter {
    private final ProgressListener listener;
    private final Map<Stage, Duration> timings = new EnumMap<>(Stage.class);
    private final long start = System.nanoTime();

    private Stage stage;
    private long stageStart;
    private double[] costs;
    private int done;

    ProgressMeter(ProgressListener listener) {
        this.listener = listener;
    }

    /** Begins a stage, which ends the one before. */
    void begin(Stage next, int steps) {
        double[] equal = new double[steps];
        Arrays.fill(equal, 1);
        begin(next, equal);
    }

    /** Begins a stage with the relative cost of each of its steps. */
    void begin(Stage next, double[] stepCosts) {
        end();
        stage = next;
        stageStart = System.nanoTime();
        costs = stepCosts;
        done = 0;
        tell(Optional.empty());
    }

    void stepDone() {
        done++;
        double past = 0;
        double all = 0;
        for (int i = 0; i < costs.length; i++) {
            past += i < done ? costs[i] : 0;
            all += costs[i];
        }
        tell(Optional.of(Duration.ofNanos((long) ((System.nanoTime() - stageStart) * (all - past) / past))));
    }

    /** Ends the last stage. */
    void end() {
        if (stage != null) {
            timings.merge(stage, Duration.ofNanos(System.nanoTime() - stageStart), Duration::plus);
            stage = null;
        }
    }

    /** Adds what a stage had done before it began. */
    void add(Stage earlier, Duration time) {
        timings.merge(earlier, time, Duration::plus);
    }

    Map<Stage, Duration> timings() {
        return timings;
    }

    private void tell(Optional<Duration> eta) {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        listener.progressed(new Progress(stage, done, costs.length, elapsed, eta));
    }
}
