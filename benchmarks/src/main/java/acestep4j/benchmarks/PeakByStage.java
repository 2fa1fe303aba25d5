package acestep4j.benchmarks;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** Peak resident memory of each stage. Not thread-safe. */
final class PeakByStage {
    private final Map<String, Long> peaks = new LinkedHashMap<>();
    private boolean isComplete = true;
    private String stage;

    /** Ends the stage before, if there is one, and begins this one; the same stage again changes nothing. */
    void begin(String next) {
        String name = next.toLowerCase(Locale.ROOT);
        if (!name.equals(stage)) {
            end();
            isComplete &= ResidentMemory.resetPeak();
            stage = name;
        }
    }

    void end() {
        if (stage != null) {
            OptionalLong peak = ResidentMemory.peak();
            if (peak.isPresent()) {
                peaks.merge(stage, peak.getAsLong(), Math::max);
            }
            stage = null;
        }
    }

    /** Bytes by stage; empty where the system doesn't tell them apart. */
    Map<String, Long> bytes() {
        return isComplete ? peaks : Map.of();
    }

    /** The peak of all stages in bytes, or nothing where the system has no figure. */
    OptionalLong most() {
        return peaks.values().stream().mapToLong(Long::longValue).max();
    }
}
