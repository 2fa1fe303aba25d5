package acestep4j.audio;

/** Takes sound block after block, in the thread that makes it, which goes on when this returns. */
@FunctionalInterface
public interface AudioSink {
    /**
     * @param block the next samples of all channels, in memory of its own; what this throws ends the generation and reaches
     *     its caller
     */
    void accept(AudioBuffer block);

    /** A sink that drops everything. */
    static AudioSink none() {
        return block -> {};
    }
}
