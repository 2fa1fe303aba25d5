package acestep4j.audio;

import acestep4j.FileWriteException;
import acestep4j.GenerationResult;
import acestep4j.Loop;
import acestep4j.io.AtomicFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes RIFF WAVE files: {@link InterleavedPcm} with a text in the file's metadata (LIST INFO: ICMT).
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
    private static final int MIDI_MIDDLE_C = 60;
    private static final double NANOSECONDS = 1e9;
    private static final short WAVE_FORMAT_PCM = 1;
    private static final short WAVE_FORMAT_IEEE_FLOAT = 3;

    private WavWriter() {}

    /**
     * The first sound of a result as 16-bit samples, with its receipt in the file's metadata, and what of it is repeated.
     *
     * @throws FileWriteException if the file can't be written; nothing is left behind then
     */
    public static void write(Path file, GenerationResult result) {
        write(
                file,
                result.audio().get(0),
                SampleFormat.PCM_16,
                result.receipt().toJson(0),
                result.loop().map(Loop::points));
    }

    /**
     * @param comment goes into the file's metadata as UTF-8
     * @throws FileWriteException if the file can't be written or the audio doesn't fit into a WAV file (4 GiB); nothing is
     *     left behind then
     */
    public static void write(Path file, AudioBuffer audio, SampleFormat format, String comment) {
        write(file, audio, format, comment, Optional.empty());
    }

    /**
     * The same with what is repeated in it: a chunk {@code smpl} with one loop, forwards and without end.
     *
     * @throws IllegalArgumentException if the loop reaches beyond the sound's end
     * @throws FileWriteException if the file can't be written or the audio doesn't fit into a WAV file (4 GiB); nothing is
     *     left behind then
     */
    public static void write(
            Path file, AudioBuffer audio, SampleFormat format, String comment, Optional<LoopPoints> loop) {
        loop.ifPresent(points -> points.requireWithin(audio));
        byte[] info = infoChunk(comment);
        byte[] sampler =
                loop.map(points -> samplerChunk(points, audio.sampleRate())).orElse(new byte[0]);
        int frameBytes = audio.channels() * format.bytes();
        long dataBytes = (long) audio.length() * frameBytes;
        int formatBytes = format == SampleFormat.FLOAT_32 ? 8 + 18 + 8 + 4 : 8 + 16;
        long riffBytes = 4L + formatBytes + info.length + sampler.length + 8 + dataBytes + dataBytes % 2;
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
            out.write(sampler);
            out.write(littleEndian(8).put(ascii("data")).putInt((int) dataBytes).array());
            InterleavedPcm.write(out, audio, format);
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

    /**
     * Nine fields of the sampler: manufacturer, product, length of a sample, MIDI note and its fraction, SMPTE format and
     * offset, how many loops and other bytes follow. Six of the loop: its id, forwards, first and last sample, fraction of one,
     * how often, 0 for without end.
     */
    private static byte[] samplerChunk(LoopPoints loop, int sampleRate) {
        int period = (int) Math.round(NANOSECONDS / sampleRate);
        int last = loop.start() + loop.length() - 1;
        int[] fields = {0, 0, period, MIDI_MIDDLE_C, 0, 0, 0, 1, 0, 0, 0, loop.start(), last, 0, 0};
        int bytes = fields.length * Integer.BYTES;
        ByteBuffer chunk = littleEndian(8 + bytes);
        chunk.put(ascii("smpl")).putInt(bytes).asIntBuffer().put(fields);
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

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
