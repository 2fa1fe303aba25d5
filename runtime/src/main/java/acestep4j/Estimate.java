package acestep4j;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a generation would take. Immutable.
 *
 * @param plan how it would be carried out
 * @param stages each stage that it has, in their order
 */
public record Estimate(Plan plan, Map<Stage, StageEstimate> stages) {
    /** What a time rests on. */
    public enum Basis {
        /** The stage's own speed in the generations that this {@link AceStep} has finished. */
        MEASURED,

        /**
         * How fast the device multiplies matrices, tried for some milliseconds, and how much of that the stage has to do.
         * Loading graphs isn't in it, nor anything else.
         */
        PROBED
    }

    /**
     * What one stage would take.
     *
     * @param memory the most bytes at once
     * @param basis what the time rests on
     */
    public record StageEstimate(Duration time, long memory, Basis basis) {}

    public Estimate {
        stages = Collections.unmodifiableMap(new EnumMap<>(stages));
    }

    /** The time of all stages. */
    public Duration time() {
        return stages.values().stream().map(StageEstimate::time).reduce(Duration.ZERO, Duration::plus);
    }

    /** The most bytes at once in any stage. */
    public long memory() {
        return stages.values().stream().mapToLong(StageEstimate::memory).max().orElse(0);
    }

    /** What the time rests on: measured when it is in every stage. */
    public Basis basis() {
        return stages.values().stream().allMatch(stage -> stage.basis() == Basis.MEASURED)
                ? Basis.MEASURED
                : Basis.PROBED;
    }
}
