package acestep4j.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/**
 * Sound in memory.
 *
 * @param samples {@code [channel][sample]}, nominal range -1 to 1, every channel of the same length; not copied
 * @param sampleRate in Hz
 */
public record AudioBuffer(float[][] samples, int sampleRate) {
    public AudioBuffer {
        if (samples.length == 0) {
            throw new IllegalArgumentException("samples: expected at least one channel, found none");
        }
        for (float[] channel : samples) {
            if (channel.length != samples[0].length) {
                throw new IllegalArgumentException("samples: expected " + samples[0].length
                        + " samples in every channel, found " + channel.length);
            }
        }
        if (sampleRate < 1) {
            throw new IllegalArgumentException("sampleRate: expected at least 1 Hz, found " + sampleRate);
        }
    }

    public int channels() {
        return samples.length;
    }

    /** Samples per channel. */
    public int length() {
        return samples[0].length;
    }

    /** Length in seconds. */
    public double seconds() {
        return (double) length() / sampleRate;
    }

    /**
     * A copy as 16-bit samples, channels interleaved, in a direct buffer in native order from its position 0 on: what OpenAL
     * takes. Values outside -1 to 1 are clipped, NaN is silence.
     *
     * @throws ArithmeticException when it has more bytes than a buffer holds, 2^31-1
     */
    public ShortBuffer toPcm16() {
        int bytes = Math.multiplyExact(Math.multiplyExact(length(), channels()), Short.BYTES);
        ShortBuffer target =
                ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asShortBuffer();
        Pcm16.put(samples, 0, length(), target);
        return target.flip();
    }
}
