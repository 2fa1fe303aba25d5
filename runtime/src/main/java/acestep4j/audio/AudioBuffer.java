package acestep4j.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Sound in memory.
 *
 * @param samples {@code [channel][sample]}, nominal range -1 to 1, every channel of the same length; not copied
 * @param sampleRate in Hz
 */
public record AudioBuffer(float[][] samples, int sampleRate) {
    private static final int BLOCK = 1 << 14;

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
     * A copy of a part.
     *
     * @param from its first sample in each channel, from 0
     * @param to the one after its last, up to the length
     * @throws IndexOutOfBoundsException when the part isn't within the sound
     */
    public AudioBuffer slice(int from, int to) {
        Objects.checkFromToIndex(from, to, length());
        float[][] part = new float[channels()][];
        for (int channel = 0; channel < part.length; channel++) {
            part[channel] = Arrays.copyOfRange(samples[channel], from, to);
        }
        return new AudioBuffer(part, sampleRate);
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
        InterleavedPcm.put(samples, 0, length(), target);
        return target.flip();
    }

    /** SHA-256 of the samples as float32, little-endian, channel after channel; in hexadecimal. */
    public String sha256() {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        ByteBuffer block = ByteBuffer.allocate(BLOCK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] channel : samples) {
            for (int from = 0; from < channel.length; from += BLOCK) {
                int length = Math.min(BLOCK, channel.length - from);
                block.clear().asFloatBuffer().put(channel, from, length);
                sha256.update(block.limit(length * Float.BYTES));
            }
        }
        return HexFormat.of().formatHex(sha256.digest());
    }
}
