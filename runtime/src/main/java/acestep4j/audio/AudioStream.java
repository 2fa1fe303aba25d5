package acestep4j.audio;

import java.nio.ShortBuffer;

/**
 * Sound that comes in while it is read. A frame is one sample of every channel. {@code read} waits for sound, {@code poll}
 * takes what is there; both give as many frames as there are and fit. Thread-safe.
 *
 * <p>When the sound can't be made to its end, the call after its last frame throws the exception that says why.
 */
public interface AudioStream extends AutoCloseable {
    /** What {@code read} and {@code poll} give after the last frame. */
    int END = -1;

    int channels();

    /** In Hz. */
    int sampleRate();

    /**
     * Waits until there is at least one frame.
     *
     * @param block {@code [channel][sample]}, filled from the first sample on with values of nominally -1 to 1
     * @return the number of frames, at least 1 unless the block has no room or the thread was interrupted; or {@link #END}
     */
    int read(float[][] block);

    /**
     * Takes what is there, without waiting.
     *
     * @param block {@code [channel][sample]}, filled from the first sample on with values of nominally -1 to 1
     * @return the number of frames, 0 when there is none yet; or {@link #END}
     */
    int poll(float[][] block);

    /**
     * Waits until there is at least one frame.
     *
     * @param block filled from its position, which moves, with 16-bit samples, channels interleaved: what OpenAL takes from a
     *     direct buffer in native order
     * @return the number of frames, at least 1 unless the block has no room or the thread was interrupted; or {@link #END}
     */
    int read(ShortBuffer block);

    /**
     * Takes what is there, without waiting.
     *
     * @param block filled from its position, which moves, with 16-bit samples, channels interleaved
     * @return the number of frames, 0 when there is none yet; or {@link #END}
     */
    int poll(ShortBuffer block);

    /** Ends the making of the sound, when it isn't finished, and drops what wasn't read. Closing twice is harmless. */
    @Override
    void close();
}
