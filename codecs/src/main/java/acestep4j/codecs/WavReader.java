package acestep4j.codecs;

import acestep4j.audio.AudioBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads RIFF WAVE and RF64 files of linear samples: integers of 8 (unsigned), 16, 24 and 32 bits, floats of 32 and 64 bits,
 * WAVE_FORMAT_EXTENSIBLE too. Samples become floats as in libsndfile.
 *
 * <p>Thread-safe.
 */
final class WavReader {
    private static final int FORMAT_PCM = 1;
    private static final int FORMAT_FLOAT = 3;
    private static final int FORMAT_EXTENSIBLE = 0xfffe;
    private static final int LARGEST_FORMAT_CHUNK = 4096;
    private static final int LARGEST_LIST_CHUNK = 1 << 24;
    private static final int BLOCK_FRAMES = 4096;

    /** What programs write that don't know the length yet: FFmpeg and RF64, and SoX. */
    private static final long UNKNOWN_SIZE = 0xffffffffL;

    private static final long UNKNOWN_SIZE_OF_SOX = 0x7ffff000L;

    private final ByteSource source;
    private final String name;

    private boolean isFloat;
    private int channels;
    private long sampleRate;
    private int sampleBytes;
    private int frameBytes;
    private long largeDataSize = -1;

    private WavReader(ByteSource source, String name) {
        this.source = source;
        this.name = name;
    }

    static boolean isWav(byte[] head) {
        String id = ascii(head, 0);
        return (id.equals("RIFF") || id.equals("RF64")) && ascii(head, 8).equals("WAVE");
    }

    /** @param source at its start */
    static AudioBuffer read(ByteSource source, String name, Duration longest) throws IOException {
        return new WavReader(source, name).read(longest);
    }

    /** @param source at its start */
    static Optional<String> comment(ByteSource source, String name) throws IOException {
        WavReader reader = new WavReader(source, name);
        reader.bytes(12);
        byte[] header = new byte[8];
        while (reader.fill(header, 8) == 8) {
            long size = littleEndian(header).getInt(4) & 0xffffffffL;
            if (ascii(header, 0).equals("LIST") && size < LARGEST_LIST_CHUNK) {
                Optional<String> found = comment(reader.bytes((int) (size + size % 2)));
                if (found.isPresent()) {
                    return found;
                }
            } else {
                reader.skip(size + size % 2);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> comment(byte[] list) {
        if (!ascii(list, 0).equals("INFO")) {
            return Optional.empty();
        }
        for (long at = 4; at + 8 <= list.length; ) {
            int start = (int) at;
            long size = littleEndian(list).getInt(start + 4) & 0xffffffffL;
            if (ascii(list, start).equals("ICMT") && start + 8 + size <= list.length) {
                String text = new String(list, start + 8, (int) size, StandardCharsets.UTF_8);
                int end = text.indexOf(0);
                return Optional.of(end < 0 ? text : text.substring(0, end));
            }
            at += 8 + size + size % 2;
        }
        return Optional.empty();
    }

    private AudioBuffer read(Duration longest) throws IOException {
        bytes(12);
        byte[] header = new byte[8];
        while (fill(header, 8) == 8) {
            long size = littleEndian(header).getInt(4) & 0xffffffffL;
            switch (ascii(header, 0)) {
                case "fmt " -> readFormat(size);
                case "ds64" -> readLargeSizes(size);
                case "data" -> {
                    return readData(size, longest);
                }
                default -> skip(size + size % 2);
            }
        }
        String missing = channels == 0 ? "'fmt '" : "'data'";
        throw new AudioFileException(
                name,
                "is truncated: expected a chunk " + missing + " in the WAV file, found the end; get the whole file");
    }

    private void readFormat(long size) throws IOException {
        if (size < 16 || size > LARGEST_FORMAT_CHUNK) {
            throw new AudioFileException(
                    name, "is damaged: expected a chunk 'fmt ' of 16 to 40 bytes, found " + size + "; export it again");
        }
        ByteBuffer chunk = littleEndian(bytes((int) (size + size % 2)));
        int format = chunk.getShort(0) & 0xffff;
        channels = chunk.getShort(2) & 0xffff;
        sampleRate = chunk.getInt(4) & 0xffffffffL;
        frameBytes = chunk.getShort(12) & 0xffff;
        int bits = chunk.getShort(14) & 0xffff;
        if (format == FORMAT_EXTENSIBLE && size >= 26) {
            format = chunk.getShort(24) & 0xffff;
        }
        isFloat = format == FORMAT_FLOAT;
        sampleBytes = (bits + 7) / 8;
        boolean known = isFloat ? bits == 32 || bits == 64 : format == FORMAT_PCM && bits >= 1 && bits <= 32;
        if (!known) {
            throw new AudioFileException(
                    name,
                    String.format(
                            Locale.ROOT,
                            "expected a WAV file of integers of 8 to 32 bits or floats of 32 or 64 bits, found encoding"
                                    + " 0x%04x with %d bits; convert it",
                            format,
                            bits));
        }
        if (channels == 0 || frameBytes != channels * sampleBytes) {
            throw new AudioFileException(
                    name,
                    "is damaged: its WAV header has " + channels + " channels of " + bits + " bits in " + frameBytes
                            + " bytes; export it again");
        }
    }

    private void readLargeSizes(long size) throws IOException {
        if (size < 16 || size > LARGEST_FORMAT_CHUNK) {
            throw new AudioFileException(
                    name, "is damaged: expected a chunk 'ds64' of 28 bytes, found " + size + "; export it again");
        }
        largeDataSize = littleEndian(bytes((int) (size + size % 2))).getLong(8);
    }

    private AudioBuffer readData(long size, Duration longest) throws IOException {
        if (channels == 0) {
            throw new AudioFileException(
                    name, "is damaged: its WAV data come before the chunk 'fmt '; export it again");
        }
        SampleCollector collector = new SampleCollector(name, channels, sampleRate, longest);
        boolean known = size != UNKNOWN_SIZE && size != UNKNOWN_SIZE_OF_SOX;
        long declared = size;
        if (size == UNKNOWN_SIZE && largeDataSize >= 0) {
            known = true;
            declared = largeDataSize;
        }
        long frames = known ? declared / frameBytes : Long.MAX_VALUE;
        if (known) {
            long present = source.seekable() ? (source.size() - source.position()) / frameBytes : Long.MAX_VALUE;
            collector.expect(Math.min(frames, present));
            if (present < frames) {
                throw truncated(frames, present);
            }
            collector.expect(frames);
        }
        decode(collector, frames);
        if (known && collector.frames() < frames) {
            throw truncated(frames, collector.frames());
        }
        return collector.audio();
    }

    private void decode(SampleCollector collector, long frames) throws IOException {
        byte[] block = new byte[BLOCK_FRAMES * frameBytes];
        float[][] samples = new float[channels][BLOCK_FRAMES];
        while (collector.frames() < frames) {
            int wanted = (int) Math.min(BLOCK_FRAMES, frames - collector.frames());
            int count = fill(block, wanted * frameBytes) / frameBytes;
            ByteBuffer in = littleEndian(block);
            for (int i = 0; i < count; i++) {
                for (int c = 0; c < channels; c++) {
                    samples[c][i] = sample(in);
                }
            }
            collector.add(samples, count);
            if (count < wanted) {
                return;
            }
        }
    }

    private float sample(ByteBuffer in) {
        if (isFloat) {
            return sampleBytes == 4 ? in.getFloat() : (float) in.getDouble();
        }
        return switch (sampleBytes) {
            case 1 -> ((in.get() & 0xff) - 128) * 0x1p-7f;
            case 2 -> in.getShort() * 0x1p-15f;
            case 3 -> ((in.getShort() & 0xffff) | in.get() << 16) * 0x1p-23f;
            default -> in.getInt() * 0x1p-31f;
        };
    }

    private AudioFileException truncated(long expected, long found) {
        return new AudioFileException(
                name,
                String.format(
                        Locale.ROOT,
                        "is truncated: its header says %d samples (%.3f s), found %d (%.3f s); get the whole file",
                        expected,
                        (double) expected / sampleRate,
                        found,
                        (double) found / sampleRate));
    }

    private void skip(long size) throws IOException {
        if (source.seekable()) {
            source.seek(source.position() + size);
            return;
        }
        byte[] dropped = new byte[(int) Math.min(size, 1 << 16)];
        for (long left = size; left > 0; ) {
            int count = source.read(dropped, 0, (int) Math.min(left, dropped.length));
            if (count < 0) {
                return;
            }
            left -= count;
        }
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        if (fill(bytes, count) < count) {
            throw new AudioFileException(name, "is truncated: it ends within the WAV header; get the whole file");
        }
        return bytes;
    }

    private int fill(byte[] target, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int count = source.read(target, done, length - done);
            if (count < 0) {
                break;
            }
            done += count;
        }
        return done;
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String ascii(byte[] bytes, int start) {
        return bytes.length < start + 4 ? "" : new String(bytes, start, 4, StandardCharsets.US_ASCII);
    }
}
