package acestep4j;

/** Hears how a generation gets on, in the thread that generates. */
@FunctionalInterface
public interface ProgressListener {
    /** Called when a stage begins and after each of its steps. What this throws ends the generation and reaches its caller. */
    void progressed(Progress progress);

    /** A listener that ignores everything. */
    static ProgressListener none() {
        return progress -> {};
    }
}
