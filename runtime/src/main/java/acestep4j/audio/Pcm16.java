package acestep4j.audio;

import java.nio.ShortBuffer;

/**
 * Samples of 16 bits: rounded as libsndfile rounds float samples, values outside -1 to 1 clipped, NaN as silence.
 */
public final class Pcm16 {
    private Pcm16() {}

    public static short of(float sample) {
        return (short) (full(sample) >> 16);
    }

    /** All 32 bits, of which libsndfile cuts the lower ones off; the cast clips. */
    static int full(float sample) {
        return (int) Math.rint(sample * 0x1p31);
    }

    /**
     * Puts frames with their channels interleaved, and moves the buffer's position behind them.
     *
     * @param samples {@code [channel][sample]}
     * @param from the first frame
     * @param frames how many; the buffer has room for as many of all channels
     */
    public static void put(float[][] samples, int from, int frames, ShortBuffer target) {
        for (int frame = from; frame < from + frames; frame++) {
            for (float[] channel : samples) {
                target.put(of(channel[frame]));
            }
        }
    }
}
