package acestep4j.audio;

import acestep4j.FileWriteException;
import acestep4j.io.AtomicFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Writes RIFF WAVE files: little-endian, channels interleaved, a text in the file's metadata (LIST INFO: ICMT). Integer
 * samples are rounded as libsndfile rounds float samples, values outside -1 to 1 are clipped, NaN is silence.
 *
 * <p>Thread-safe.
 */
public final class WavWriter {
    /** How a sample is stored. */
    public enum SampleFormat {
        PCM_16(2),
        PCM_24(3),
        FLOAT_32(4);

        private final int bytes;

        SampleFormat(int bytes) {
            this.bytes = bytes;
        }

        /** Bytes per sample and channel. */
        public int bytes() {
            return bytes;
        }
    }

    private static final long LARGEST_RIFF = 0xffffffffL;
    private static final int BLOCK_BYTES = 1 << 16;
    private static final short WAVE_FORMAT_PCM = 1;
    private static final short WAVE_FORMAT_IEEE_FLOAT = 3;

    private WavWriter() {}

    /**
     * @param comment goes into the file's metadata as UTF-8
     * @throws FileWriteException if the file can't be written or the audio doesn't fit into a WAV file (4 GiB); nothing is
     *     left behind then
     */
    public static void write(Path file, AudioBuffer audio, SampleFormat format, String comment) {
        byte[] info = infoChunk(comment);
        int frameBytes = audio.channels() * format.bytes();
        long dataBytes = (long) audio.length() * frameBytes;
        int formatBytes = format == SampleFormat.FLOAT_32 ? 8 + 18 + 8 + 4 : 8 + 16;
        long riffBytes = 4L + formatBytes + info.length + 8 + dataBytes + dataBytes % 2;
        if (riffBytes > LARGEST_RIFF || frameBytes > 0xffff) {
            throw new FileWriteException(
                    file + ": " + audio.channels() + " channels of " + audio.length()
                            + " samples don't fit into a WAV file, which holds at most 4 GiB; write a shorter piece or fewer bits");
        }
        AtomicFile.write(file, out -> {
            ByteBuffer header = littleEndian(12 + formatBytes);
            header.put(ascii("RIFF")).putInt((int) riffBytes).put(ascii("WAVE"));
            putFormat(header, audio, format);
            out.write(header.array());
            out.write(info);
            out.write(littleEndian(8).put(ascii("data")).putInt((int) dataBytes).array());
            writeSamples(out, audio, format);
            if (dataBytes % 2 == 1) {
                out.write(0);
            }
        });
    }

    private static void putFormat(ByteBuffer header, AudioBuffer audio, SampleFormat format) {
        boolean isFloat = format == SampleFormat.FLOAT_32;
        int frameBytes = audio.channels() * format.bytes();
        header.put(ascii("fmt ")).putInt(isFloat ? 18 : 16);
        header.putShort(isFloat ? WAVE_FORMAT_IEEE_FLOAT : WAVE_FORMAT_PCM).putShort((short) audio.channels());
        header.putInt(audio.sampleRate()).putInt(audio.sampleRate() * frameBytes);
        header.putShort((short) frameBytes).putShort((short) (8 * format.bytes()));
        if (isFloat) {
            header.putShort((short) 0);
            header.put(ascii("fact")).putInt(4).putInt(audio.length());
        }
    }

    private static byte[] infoChunk(String comment) {
        byte[] software = text("ISFT", "acestep4j");
        byte[] receipt = text("ICMT", comment);
        int size = 4 + software.length + receipt.length;
        ByteBuffer chunk = littleEndian(8 + size);
        chunk.put(ascii("LIST")).putInt(size).put(ascii("INFO")).put(software).put(receipt);
        return chunk.array();
    }

    private static byte[] text(String id, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int size = utf8.length + 1;
        return littleEndian(8 + size + size % 2)
                .put(ascii(id))
                .putInt(size)
                .put(utf8)
                .array();
    }

    private static void writeSamples(OutputStream out, AudioBuffer audio, SampleFormat format) throws IOException {
        int frameBytes = audio.channels() * format.bytes();
        int blockFrames = Math.max(1, BLOCK_BYTES / frameBytes);
        ByteBuffer block = littleEndian(blockFrames * frameBytes);
        for (int start = 0; start < audio.length(); start += blockFrames) {
            int end = Math.min(audio.length(), start + blockFrames);
            block.clear();
            for (int i = start; i < end; i++) {
                for (float[] channel : audio.samples()) {
                    putSample(block, channel[i], format);
                }
            }
            out.write(block.array(), 0, block.position());
        }
    }

    private static void putSample(ByteBuffer block, float sample, SampleFormat format) {
        if (format == SampleFormat.FLOAT_32) {
            block.putFloat(sample);
            return;
        }
        block.putShort(Pcm16.of(sample));
        if (format == SampleFormat.PCM_24) {
            int full = Pcm16.full(sample);
            block.putShort(block.position() - 2, (short) (full >> 8));
            block.put((byte) (full >> 24));
        }
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
