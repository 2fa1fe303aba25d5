package acestep4j.codecs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.FileWriteException;
import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.LoopPoints;
import acestep4j.audio.WavWriter;
import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AudioFileWriterTest {
    private static final String RECEIPT = "{\"prompt\": \"Fünk, 日本, \\\"soul\\\"\",\n \"seed\": 42}";

    private final AudioFileReader reader = new AudioFileReader();

    @TempDir
    private Path folder;

    /** Beyond -1 to 1 and NaN too: what WAV makes of them, FLAC makes of them. */
    @ParameterizedTest
    @CsvSource({"1, 8000", "2, 44100", "2, 192000", "8, 48000", "6, 655350"})
    void flacHoldsTheSamplesOfWavBitForBit(int channels, int sampleRate) {
        Random random = new Random(channels);
        float[][] samples = new float[channels][10_001];
        for (float[] channel : samples) {
            for (int i = 0; i < channel.length; i++) {
                channel[i] = (float) (0.6 * random.nextGaussian());
            }
        }
        samples[0][17] = Float.NaN;
        samples[0][18] = Float.NEGATIVE_INFINITY;
        AudioBuffer audio = new AudioBuffer(samples, sampleRate);
        Path wav = folder.resolve("a.wav");
        Path flac = folder.resolve("a.flac");
        AudioFileWriter.write(wav, audio, RECEIPT);
        AudioFileWriter.write(flac, audio, RECEIPT);
        assertSame(reader.read(wav), reader.read(flac));
        AudioFileWriter.write(wav, audio, new AudioFormat.Wav(WavWriter.SampleFormat.PCM_24), RECEIPT);
        AudioFileWriter.write(flac, audio, new AudioFormat.Flac(24), RECEIPT);
        assertSame(reader.read(wav), reader.read(flac));
    }

    @ParameterizedTest
    @CsvSource({"ogg, 48000, 1, 30", "ogg, 48000, 2, 30", "mp3, 48000, 2, 35", "mp3, 44100, 1, 35", "mp3, 32000, 2, 35"
    })
    void lossyFilesKeepLengthAndSound(String extension, int sampleRate, int channels, double decibels) {
        AudioBuffer audio = TestSounds.tones(channels, sampleRate, 100_001);
        Path file = folder.resolve("a." + extension);
        AudioFileWriter.write(file, audio, RECEIPT);
        AudioBuffer read = reader.read(file);
        assertEquals(audio.length(), read.length());
        assertEquals(sampleRate, read.sampleRate());
        double snr = TestSounds.snr(audio.samples(), read.samples());
        assertTrue(snr >= decibels, () -> snr + " dB");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 46, 47, 48, 500, 959, 1152, 1153, 1199, 1200})
    void shortSoundsKeepTheirLength(int length) {
        AudioBuffer audio = TestSounds.tones(2, 48_000, length);
        for (String name : List.of("a.wav", "a.flac", "a.ogg", "a.mp3")) {
            Path file = folder.resolve(name);
            AudioFileWriter.write(file, audio, "");
            assertEquals(length, reader.read(file).length(), name);
        }
    }

    @Test
    void opusIsResampledTo48Kilohertz() {
        AudioBuffer audio = TestSounds.tones(2, 44_100, 44_100);
        Path file = folder.resolve("a.ogg");
        AudioFileWriter.write(file, audio, RECEIPT);
        AudioBuffer read = reader.read(file);
        assertEquals(48_000, read.sampleRate());
        assertEquals(48_000, read.length());
        assertTrue(TestSounds.snr(TestSounds.tones(2, 48_000, 48_000).samples(), read.samples()) > 25);
    }

    @Test
    void aHigherBitRateIsALargerFile() throws IOException {
        AudioBuffer audio = TestSounds.tones(2, 48_000, 96_000);
        Path file = folder.resolve("a");
        long last = 0;
        for (int kilobits : List.of(64, 128, 320)) {
            AudioFileWriter.write(file, audio, new AudioFormat.Mp3(kilobits), "");
            assertTrue(Files.size(file) > last);
            assertEquals(kilobits * 1000 / 8 * 2, Files.size(file), 3000);
            last = Files.size(file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.wav", "a.flac", "a.ogg", "a.mp3"})
    void theReceiptIsInTheFileAndTheSameAudioGivesTheSameBytes(String name) throws IOException {
        AudioBuffer audio = TestSounds.tones(2, 48_000, 20_000);
        Path file = folder.resolve(name);
        AudioFileWriter.write(file, audio, RECEIPT);
        byte[] bytes = Files.readAllBytes(file);
        assertTrue(new String(bytes, StandardCharsets.ISO_8859_1)
                .contains(new String(RECEIPT.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)));
        assertEquals(RECEIPT, reader.comment(file).orElseThrow());
        AudioFileWriter.write(file, audio, RECEIPT);
        assertArrayEquals(bytes, Files.readAllBytes(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.flac", "a.ogg", "a.mp3"})
    void aLoopIsInTheTags(String name) throws IOException {
        AudioBuffer audio = TestSounds.tones(2, 48_000, 20_000);
        Path file = folder.resolve(name);
        AudioFileWriter.write(file, audio, AudioFormat.of(file), RECEIPT, Optional.of(new LoopPoints(100, 19_900)));
        Map<String, String> tags = Tags.read(file);
        assertEquals("100", tags.get("LOOPSTART"));
        assertEquals("19900", tags.get("LOOPLENGTH"));
        assertEquals(RECEIPT, reader.comment(file).orElseThrow());
        assertEquals(20_000, reader.read(file).length());
        AudioFileWriter.write(file, audio, RECEIPT);
        assertFalse(Tags.read(file).containsKey("LOOPSTART"));
    }

    @Test
    void aLoopIsInTheSamplerChunkOfAWav() throws IOException {
        AudioBuffer audio = TestSounds.tones(2, 48_000, 20_000);
        Path file = folder.resolve("a.wav");
        AudioFileWriter.write(file, audio, AudioFormat.of(file), RECEIPT, Optional.of(new LoopPoints(0, 20_000)));
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        assertTrue(content.contains("smpl"));
        assertEquals(RECEIPT, reader.comment(file).orElseThrow());
        assertEquals(20_000, reader.read(file).length());
    }

    @Test
    void aLoopIsCountedInTheSamplesOfTheFile() throws IOException {
        AudioBuffer audio = TestSounds.tones(2, 44_100, 44_100);
        Path file = folder.resolve("a.ogg");
        AudioFileWriter.write(file, audio, AudioFormat.of(file), RECEIPT, Optional.of(new LoopPoints(0, 44_100)));
        assertEquals("48000", Tags.read(file).get("LOOPLENGTH"));
        for (String name : List.of("b.flac", "b.wav")) {
            Path refused = folder.resolve(name);
            Optional<LoopPoints> beyond = Optional.of(new LoopPoints(1, 44_100));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> AudioFileWriter.write(refused, audio, AudioFormat.of(refused), RECEIPT, beyond));
            assertFalse(Files.exists(refused));
        }
    }

    @Test
    void whatTheFormatHasNoPlaceForIsRefusedAndNothingWritten() throws IOException {
        AudioBuffer wide = TestSounds.tones(9, 48_000, 100);
        assertRefused("a.flac", wide, "expected 1 to 8 channels in this format, found 9");
        assertRefused("a.ogg", wide, "expected 1 to 8 channels in this format, found 9");
        assertRefused("a.mp3", TestSounds.tones(3, 48_000, 100), "expected 1 to 2 channels in this format, found 3");
        assertRefused("a.mp3", TestSounds.tones(1, 96_000, 100), "Hz in an MP3 file, found 96000");
        assertRefused("a.mp3", TestSounds.tones(1, 22_050, 100), "expected at most 160 kbit/s at 22050 Hz");
        assertRefused("a.flac", TestSounds.tones(1, 700_000, 100), "expected at most 655350 Hz");
        assertRefused("a.flac", new AudioBuffer(new float[2][0], 48_000), "expected samples, found none");
        assertRefused("a.aiff", TestSounds.tones(1, 48_000, 100), "expected a name that ends with one of");
        assertRefused("flac", TestSounds.tones(1, 48_000, 100), "expected a name that ends with one of");
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void settingsAreCheckedWhenTheyAreMade() {
        assertThrows(InvalidRequestException.class, () -> new AudioFormat.Flac(20));
        assertThrows(InvalidRequestException.class, () -> new AudioFormat.Mp3(100));
        assertThrows(InvalidRequestException.class, () -> new AudioFormat.Ogg(5));
        assertEquals(new AudioFormat.Ogg(160), AudioFormat.of(Path.of("x/SONG.OPUS")));
    }

    @Test
    void aFullDiskLeavesTheOldFileAndNothingElse() throws IOException {
        Configuration small = Configuration.unix().toBuilder()
                .setBlockSize(1024)
                .setMaxSize(20_000)
                .build();
        try (FileSystem disk = Jimfs.newFileSystem(small)) {
            for (String name : List.of("a.flac", "a.ogg", "a.mp3")) {
                Path file = disk.getPath(name);
                Files.writeString(file, "old");
                AudioBuffer noise = TestSounds.tones(2, 48_000, 480_000);
                assertThrows(FileWriteException.class, () -> AudioFileWriter.write(file, noise, RECEIPT));
                assertEquals("old", Files.readString(file));
                try (Stream<Path> files = Files.list(file.toAbsolutePath().getParent())) {
                    assertTrue(files.noneMatch(path -> path.toString().endsWith(".part")));
                }
            }
        }
        assertEquals(0, NativeIo.open());
    }

    private void assertRefused(String name, AudioBuffer audio, String expected) {
        Path file = folder.resolve(name);
        String message = assertThrows(InvalidRequestException.class, () -> AudioFileWriter.write(file, audio, RECEIPT))
                .getMessage();
        assertTrue(message.contains(expected), message);
    }

    private static void assertSame(AudioBuffer expected, AudioBuffer actual) {
        assertEquals(expected.sampleRate(), actual.sampleRate());
        assertArrayEquals(expected.samples(), actual.samples());
    }
}
