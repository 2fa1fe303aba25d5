package acestep4j.audio;

import acestep4j.audio.WavWriter.SampleFormat;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/**
 * Samples with the channels of one time beside each other, as bytes (little-endian) or shorts. Integer samples are rounded
 * as libsndfile rounds float samples, values outside -1 to 1 are clipped, NaN is silence; they are read as 16 bits
 * {@code x/32768} and 24 bits {@code x/8388608}. Thread-safe.
 */
public final class InterleavedPcm {
    private static final int BLOCK_BYTES = 1 << 16;
    private static final float SCALE_16 = 1 << 15;
    private static final float SCALE_24 = 1 << 23;

    private InterleavedPcm() {}

    /** Writes all samples; the stream isn't closed. */
    public static void write(OutputStream out, AudioBuffer audio, SampleFormat format) throws IOException {
        ByteBuffer block = block(audio.channels(), format);
        int blockFrames = block.capacity() / (audio.channels() * format.bytes());
        for (int start = 0; start < audio.length(); start += blockFrames) {
            int end = Math.min(audio.length(), start + blockFrames);
            block.clear();
            for (int i = start; i < end; i++) {
                for (float[] channel : audio.samples()) {
                    put(block, channel[i], format);
                }
            }
            out.write(block.array(), 0, block.position());
        }
    }

    /**
     * Reads samples back; the stream isn't closed.
     *
     * @param length samples per channel
     * @throws EOFException when the stream ends before
     */
    public static AudioBuffer read(InputStream in, int channels, int length, int sampleRate, SampleFormat format)
            throws IOException {
        float[][] samples = new float[channels][length];
        ByteBuffer block = block(channels, format);
        int frameBytes = channels * format.bytes();
        int blockFrames = block.capacity() / frameBytes;
        for (int start = 0; start < length; start += blockFrames) {
            int end = Math.min(length, start + blockFrames);
            int bytes = (end - start) * frameBytes;
            if (in.readNBytes(block.clear().array(), 0, bytes) < bytes) {
                throw new EOFException("expected " + length + " samples per channel, found fewer than " + end);
            }
            for (int i = start; i < end; i++) {
                for (float[] channel : samples) {
                    channel[i] = get(block, format);
                }
            }
        }
        return new AudioBuffer(samples, sampleRate);
    }

    private static ByteBuffer block(int channels, SampleFormat format) {
        int frameBytes = channels * format.bytes();
        return ByteBuffer.allocate(Math.max(1, BLOCK_BYTES / frameBytes) * frameBytes)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void put(ByteBuffer block, float sample, SampleFormat format) {
        if (format == SampleFormat.FLOAT_32) {
            block.putFloat(sample);
            return;
        }
        int full = full(sample);
        block.putShort((short) (full >> 16));
        if (format == SampleFormat.PCM_24) {
            block.putShort(block.position() - 2, (short) (full >> 8));
            block.put((byte) (full >> 24));
        }
    }

    /** All 32 bits, of which libsndfile cuts the lower ones off; the cast clips. */
    private static int full(float sample) {
        return (int) Math.rint(sample * 0x1p31);
    }

    /**
     * Puts samples of 16 bits in the buffer's own byte order, and moves its position behind them.
     *
     * @param samples {@code [channel][sample]}
     * @param from the first sample of each channel
     * @param length how many of each channel; the buffer has room for them
     */
    public static void put(float[][] samples, int from, int length, ShortBuffer target) {
        for (int i = from; i < from + length; i++) {
            for (float[] channel : samples) {
                target.put((short) (full(channel[i]) >> 16));
            }
        }
    }

    private static float get(ByteBuffer block, SampleFormat format) {
        return switch (format) {
            case PCM_16 -> block.getShort() / SCALE_16;
            case PCM_24 -> (Short.toUnsignedInt(block.getShort()) | block.get() << 16) / SCALE_24;
            case FLOAT_32 -> block.getFloat();
        };
    }
}
