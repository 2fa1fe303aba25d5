package acestep4j.codecs;

import acestep4j.audio.AudioBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files that scripts/golden/make_audio_golden.py wrote, and sounds made here. */
final class TestSounds {
    static final List<String> LOSSLESS = List.of(
            "wav_u8.wav",
            "wav_s16.wav",
            "wav_s24.wav",
            "wav_s32.wav",
            "wav_f32.wav",
            "wav_f64.wav",
            "wav_extensible.wav",
            "wav_8_channels.wav",
            "wav_rf64.wav",
            "flac_s16.flac",
            "flac_s24.flac",
            "flac_s8.flac",
            "flac_8_channels.flac",
            "m4a_alac.m4a");
    static final List<String> LOSSY = List.of(
            "mp3_stereo.mp3",
            "mp3_mono.mp3",
            "ogg_vorbis.ogg",
            "ogg_vorbis_mono.ogg",
            "ogg_opus.ogg",
            "m4a_aac.m4a",
            "m4a_aac_mono.m4a");

    private TestSounds() {}

    static byte[] bytes(String name) {
        try (InputStream in = TestSounds.class.getResourceAsStream("/audio/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException(name + ": not among the test resources");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path copy(String name, Path folder) {
        return file(bytes(name), folder.resolve(name));
    }

    static Path file(byte[] content, Path file) {
        try {
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code [channel][sample]} as the other decoder has them. */
    static float[][] golden(String name, int channels) {
        String stem = name.substring(0, name.indexOf('.'));
        boolean isFloat = TestSounds.class.getResource("/audio/" + stem + ".f32") != null;
        ByteBuffer in =
                ByteBuffer.wrap(bytes(stem + (isFloat ? ".f32" : ".s16"))).order(ByteOrder.LITTLE_ENDIAN);
        float[][] samples = new float[channels][in.capacity() / channels / (isFloat ? 4 : 2)];
        for (int i = 0; i < samples[0].length; i++) {
            for (int c = 0; c < channels; c++) {
                samples[c][i] = isFloat ? in.getFloat() : in.getShort() / 32768f;
            }
        }
        return samples;
    }

    /** Signal-to-noise ratio in dB; both of the same shape. */
    static double snr(float[][] expected, float[][] actual) {
        double signal = 0;
        double noise = 0;
        for (int c = 0; c < expected.length; c++) {
            for (int i = 0; i < expected[c].length; i++) {
                signal += Math.pow(expected[c][i], 2);
                noise += Math.pow(expected[c][i] - actual[c][i], 2);
            }
        }
        return 10 * Math.log10(signal / noise);
    }

    /** Two tones per channel, within -0.7 to 0.7. */
    static AudioBuffer tones(int channels, int sampleRate, int length) {
        float[][] samples = new float[channels][length];
        for (int c = 0; c < channels; c++) {
            double low = 2 * Math.PI * (220 + 60 * c) / sampleRate;
            for (int i = 0; i < length; i++) {
                samples[c][i] = (float) (0.4 * Math.sin(low * i) + 0.3 * Math.sin(5.3 * low * i));
            }
        }
        return new AudioBuffer(samples, sampleRate);
    }

    /** A WAV header of 16-bit mono at 8 kHz whose data chunk claims a size. */
    static byte[] wavHeader(long dataBytes) {
        ByteBuffer header = ByteBuffer.allocate(44).order(ByteOrder.LITTLE_ENDIAN);
        header.put("RIFF".getBytes()).putInt((int) (dataBytes + 36)).put("WAVEfmt ".getBytes());
        header.putInt(16).putShort((short) 1).putShort((short) 1).putInt(8000).putInt(16000);
        header.putShort((short) 2).putShort((short) 16).put("data".getBytes()).putInt((int) dataBytes);
        return header.array();
    }

    /** A beginning, then the same bytes again and again, up to a number of bytes; counts what was taken. */
    static final class Repeating extends InputStream {
        private final byte[] first;
        private final byte[] again;
        private final long length;
        private long taken;

        Repeating(byte[] first, byte[] again, long length) {
            this.first = first;
            this.again = again;
            this.length = length;
        }

        long taken() {
            return taken;
        }

        @Override
        public int read() {
            if (taken >= length) {
                return -1;
            }
            long at = taken++;
            return 0xff & (at < first.length ? first[(int) at] : again[(int) ((at - first.length) % again.length)]);
        }

        @Override
        public int read(byte[] target, int offset, int count) {
            int done = 0;
            for (int next; done < count && (next = read()) >= 0; done++) {
                target[offset + done] = (byte) next;
            }
            return done == 0 && count > 0 ? -1 : done;
        }
    }
}
