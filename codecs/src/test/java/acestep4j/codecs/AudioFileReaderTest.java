package acestep4j.codecs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.WavWriter;
import com.google.common.jimfs.Jimfs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AudioFileReaderTest {
    private final AudioFileReader reader = new AudioFileReader();

    @TempDir
    private Path folder;

    static List<String> lossless() {
        return TestSounds.LOSSLESS;
    }

    static List<String> readable() {
        return Stream.concat(TestSounds.LOSSLESS.stream(), TestSounds.LOSSY.stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("lossless")
    void losslessFilesGiveTheSamplesOfLibsndfile(String name) {
        AudioBuffer audio = reader.read(TestSounds.copy(name, folder));
        float[][] golden = TestSounds.golden(name, audio.channels());
        for (int c = 0; c < audio.channels(); c++) {
            assertArrayEquals(golden[c], audio.samples()[c]);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "wav_u8.wav, 1, 8000",
        "wav_extensible.wav, 2, 192000",
        "wav_8_channels.wav, 8, 48000",
        "flac_8_channels.flac, 8, 48000",
        "flac_s24.flac, 1, 192000",
        "mp3_mono.mp3, 1, 22050",
        "ogg_opus.ogg, 2, 48000",
        "m4a_aac.m4a, 2, 44100"
    })
    void sampleRateAndChannelsStay(String name, int channels, int sampleRate) {
        AudioBuffer audio = reader.read(TestSounds.copy(name, folder));
        assertEquals(channels, audio.channels());
        assertEquals(sampleRate, audio.sampleRate());
    }

    /** Against libsndfile's decoder, kept in 16 bits; against what was encoded for AAC, which it doesn't read. */
    @ParameterizedTest
    @CsvSource({
        "mp3_stereo.mp3, 90",
        "mp3_mono.mp3, 90",
        "ogg_vorbis.ogg, 90",
        "ogg_vorbis_mono.ogg, 90",
        "ogg_opus.ogg, 90",
        "m4a_aac.m4a, 22",
        "m4a_aac_mono.m4a, 27"
    })
    void lossyFilesComeNearAndHaveTheLengthOfTheSound(String name, double decibels) {
        AudioBuffer audio = reader.read(TestSounds.copy(name, folder));
        float[][] golden = TestSounds.golden(name, audio.channels());
        assertEquals(golden[0].length, audio.length());
        double snr = TestSounds.snr(golden, audio.samples());
        assertTrue(snr >= decibels, () -> name + ": " + snr + " dB");
    }

    /** An ADTS stream doesn't say how long the encoder's delay is: it stays. */
    @Test
    void adtsKeepsItsDelay() {
        AudioBuffer audio = reader.read(TestSounds.copy("aac_adts.aac", folder));
        float[][] golden = TestSounds.golden("m4a_aac.m4a", 2);
        float[][] sound = new float[2][];
        for (int c = 0; c < 2; c++) {
            sound[c] = Arrays.copyOfRange(audio.samples()[c], 1024, 1024 + golden[c].length);
        }
        assertTrue(TestSounds.snr(golden, sound) >= 22);
    }

    @ParameterizedTest
    @MethodSource("readable")
    void streamsGiveWhatFilesGive(String name) {
        AudioBuffer file = reader.read(TestSounds.copy(name, folder));
        AudioBuffer stream = reader.read(new Dripping(TestSounds.bytes(name)), name);
        assertEquals(file.sampleRate(), stream.sampleRate());
        assertArrayEquals(file.samples(), stream.samples());
    }

    @Test
    void readsFromAnyFileSystemAndUnderAnyName() throws IOException {
        try (FileSystem memory = Jimfs.newFileSystem()) {
            Path file = memory.getPath("song.txt");
            Files.write(file, TestSounds.bytes("flac_s16.flac"));
            assertEquals(5000, reader.read(file).length());
        }
    }

    @Test
    void tagsAroundAnMp3AreNoSound() {
        byte[] sound = TestSounds.bytes("mp3_stereo.mp3");
        byte[] picture = new byte[30_000];
        Arrays.fill(picture, (byte) 0xff);
        ByteBuffer tag = ByteBuffer.allocate(10 + 10 + 14 + picture.length);
        int size = tag.capacity() - 10;
        tag.put("ID3".getBytes(StandardCharsets.US_ASCII)).put((byte) 3).putShort((short) 0);
        tag.put((byte) (size >> 21))
                .put((byte) (size >> 14 & 127))
                .put((byte) (size >> 7 & 127))
                .put((byte) (size & 127));
        tag.put("APIC".getBytes(StandardCharsets.US_ASCII)).putInt(size - 10).putShort((short) 0);
        tag.put("\0image/png\0\3\0\0".getBytes(StandardCharsets.US_ASCII)).put(picture);
        byte[] old = Arrays.copyOf("TAGtitle".getBytes(StandardCharsets.US_ASCII), 128);
        byte[] tagged = concat(tag.array(), sound, old);
        float[][] expected =
                reader.read(new ByteArrayInputStream(sound), "plain.mp3").samples();
        assertArrayEquals(
                expected,
                reader.read(TestSounds.file(tagged, folder.resolve("tagged.mp3")))
                        .samples());
        assertArrayEquals(
                expected,
                reader.read(new ByteArrayInputStream(tagged), "tagged.mp3").samples());
    }

    @Test
    void chunksAroundTheSoundOfAWavAreSkipped() {
        byte[] file = TestSounds.bytes("wav_s16.wav");
        byte[] chunk = concat("JUNK".getBytes(StandardCharsets.US_ASCII), new byte[] {3, 0, 0, 0}, new byte[4]);
        byte[] padded = concat(Arrays.copyOf(file, 12), chunk, Arrays.copyOfRange(file, 12, file.length), chunk);
        float[][] expected =
                reader.read(new ByteArrayInputStream(file), "plain.wav").samples();
        assertArrayEquals(
                expected,
                reader.read(new ByteArrayInputStream(padded), "padded.wav").samples());
        assertArrayEquals(
                expected,
                reader.read(TestSounds.file(padded, folder.resolve("padded.wav")))
                        .samples());
    }

    @Test
    void aWavOfUnknownLengthEndsWithTheFile() {
        byte[] file = concat(TestSounds.wavHeader(0xffffffffL), new byte[] {0, 64, 0, -64, 9});
        AudioBuffer audio = reader.read(new ByteArrayInputStream(file), "pipe.wav");
        assertArrayEquals(new float[][] {{0.5f, -0.5f}}, audio.samples());
    }

    @Test
    void whatIsNoFileIsRefused() {
        assertRefused(folder.resolve("none.wav"), "doesn't exist");
        assertRefused(folder, "is a folder");
    }

    @Test
    void whatIsNoAudioIsRefused() {
        assertRefused(new byte[0], "empty.mp3", "is empty");
        assertRefused(new byte[] {'R'}, "one.wav", "found text");
        byte[] text = "It was a dark and stormy night.\n".repeat(200).getBytes(StandardCharsets.UTF_8);
        assertRefused(text, "text.mp3", "expected a WAV, FLAC, MP3, OGG, M4A or AAC file, found text");
        assertRefused(new byte[5000], "zeros.mp3", "found something else");
        assertRefused(
                TestSounds.bytes("video_only.mp4"), "video.mp4", "expected an audio stream, found none beside video");
        assertRefused(TestSounds.bytes("m4a_ac3.m4a"), "ac3.m4a", "found ac3; convert it");
        assertRefused(TestSounds.bytes("wav_ulaw.wav"), "ulaw.wav", "found encoding 0x0007 with 8 bits");
    }

    @Test
    void filesWithoutSamplesAreRefused() {
        assertRefused(TestSounds.wavHeader(0), "none.wav", "has no samples");
        assertRefused(TestSounds.wavHeader(0xffffffffL), "pipe.wav", "has no samples");
        byte[] flac = TestSounds.bytes("flac_s16.flac");
        flac[21] &= (byte) 0xf0;
        Arrays.fill(flac, 22, 26, (byte) 0);
        assertRefused(Arrays.copyOf(flac, firstFlacFrame(flac)), "none.flac", "has no samples");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void samplesThatAreNoNumbersAreRefused(float value) {
        AudioBuffer audio = TestSounds.tones(2, 8000, 9000);
        audio.samples()[1][8000] = value;
        Path file = folder.resolve("nan.wav");
        WavWriter.write(file, audio, WavWriter.SampleFormat.FLOAT_32, "");
        assertRefused(file, "found " + value + " at 1.000 s in channel 2");
    }

    /** Some eighty places to cut, and the last bytes. A file may lose what isn't sound: then the sound is the same. */
    @ParameterizedTest
    @MethodSource("readable")
    void truncatedFilesAreRefused(String name) {
        byte[] whole = TestSounds.bytes(name);
        AudioBuffer sound = reader.read(new ByteArrayInputStream(whole), name);
        int refused = 0;
        int cuts = 0;
        for (int length = 1; length < whole.length; length += length < whole.length - 20 ? 1 + whole.length / 80 : 1) {
            byte[] cut = Arrays.copyOf(whole, length);
            refused += isRefused(cut, sound, name + " cut at " + length) ? 1 : 0;
            cuts++;
        }
        assertTrue(refused >= cuts - 8, name + ": refused " + refused + " of " + cuts);
    }

    private boolean isRefused(byte[] cut, AudioBuffer sound, String what) {
        Path file = TestSounds.file(cut, folder.resolve("cut"));
        boolean refused = false;
        try {
            assertArrayEquals(sound.samples(), reader.read(file).samples(), what);
        } catch (AudioFileException e) {
            assertOneLine(e.getMessage());
            assertTrue(cut.length < 60 || e.getMessage().contains("truncated"), what + ": " + e.getMessage());
            refused = true;
        }
        try {
            assertArrayEquals(
                    sound.samples(),
                    reader.read(new ByteArrayInputStream(cut), "cut").samples(),
                    what);
            assertFalse(refused, what);
        } catch (AudioFileException e) {
            assertTrue(refused, what + ": " + e.getMessage());
        }
        return refused;
    }

    @Test
    void aFlippedBitInAFlacIsFound() {
        byte[] whole = TestSounds.bytes("flac_s16.flac");
        for (int at = firstFlacFrame(whole); at < whole.length; at += 97) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 16;
            assertRefused(damaged, "flipped.flac", "truncated");
        }
    }

    @Test
    void theLongestDurationIsAllowedAndNotASampleMore() {
        for (AudioFormat format : List.of(
                new AudioFormat.Wav(WavWriter.SampleFormat.PCM_16),
                new AudioFormat.Flac(16),
                new AudioFormat.Mp3(128),
                new AudioFormat.Ogg(64))) {
            Path file = folder.resolve("second");
            AudioFileWriter.write(file, TestSounds.tones(1, 48_000, 48_000), format, "");
            assertEquals(
                    48_000,
                    new AudioFileReader(Duration.ofSeconds(1)).read(file).length());
            AudioFileReader shorter = new AudioFileReader(Duration.ofMillis(999));
            String message = assertThrows(AudioFileException.class, () -> shorter.read(file))
                    .getMessage();
            assertTrue(message.contains("expected at most 0.999 s of audio"), message);
        }
        for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            assertThrows(InvalidRequestException.class, () -> new AudioFileReader(none));
        }
    }

    static void assertOneLine(String message) {
        assertEquals(1, message.lines().count(), message);
        assertFalse(message.isBlank());
    }

    private void assertRefused(byte[] content, String name, String expected) {
        assertRefused(TestSounds.file(content, folder.resolve(name)), expected);
        String message = assertThrows(
                        AudioFileException.class, () -> reader.read(new ByteArrayInputStream(content), name))
                .getMessage();
        assertTrue(message.startsWith(name + ": ") && message.contains(expected), message);
    }

    private void assertRefused(Path file, String expected) {
        String message =
                assertThrows(AudioFileException.class, () -> reader.read(file)).getMessage();
        assertOneLine(message);
        assertTrue(message.startsWith(file + ": ") && message.contains(expected), message);
    }

    private static int firstFlacFrame(byte[] flac) {
        int at = 4;
        while (true) {
            boolean last = flac[at] < 0;
            at += 4 + (ByteBuffer.wrap(flac).getInt(at) & 0xffffff);
            if (last) {
                return at;
            }
        }
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Gives few bytes at a time, as sockets do. */
    private static final class Dripping extends InputStream {
        private final ByteArrayInputStream bytes;

        Dripping(byte[] bytes) {
            this.bytes = new ByteArrayInputStream(bytes);
        }

        @Override
        public int read() {
            return bytes.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return bytes.read(target, offset, Math.min(length, 1 + bytes.available() % 37));
        }
    }
}
