package acestep4j.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.FileWriteException;
import acestep4j.audio.WavWriter.SampleFormat;
import acestep4j.golden.NpyArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Golden files: scripts/golden/make_maths_golden.py. */
class WavWriterTest {
    private static final String RECEIPT = "{\"prompt\": \"lo-fi, Café ♪\"}";
    private static final AudioBuffer STEREO =
            new AudioBuffer(new float[][] {{0, 0.5f, -0.5f, 1}, {0.25f, -0.25f, -1, 2}}, 48000);

    @TempDir
    Path folder;

    @Test
    void sixteenBitsAreThoseOfLibsndfile() throws IOException {
        ByteBuffer data = goldenSamples(SampleFormat.PCM_16);
        for (double expected : NpyArray.golden("maths/pcm_16").values()) {
            assertEquals(expected, data.getShort());
        }
        assertFalse(data.hasRemaining());
    }

    @Test
    void twentyFourBitsAreThoseOfLibsndfile() throws IOException {
        ByteBuffer data = goldenSamples(SampleFormat.PCM_24);
        for (double expected : NpyArray.golden("maths/pcm_24").values()) {
            assertEquals(expected, Short.toUnsignedInt(data.getShort()) | data.get() << 16);
        }
        assertFalse(data.hasRemaining());
    }

    @Test
    void floatsAreKeptAsTheyAre() throws IOException {
        ByteBuffer data = goldenSamples(SampleFormat.FLOAT_32);
        for (float expected : NpyArray.golden("maths/pcm_input").floats()) {
            assertEquals(expected, data.getFloat());
        }
        assertFalse(data.hasRemaining());
    }

    private ByteBuffer goldenSamples(SampleFormat format) throws IOException {
        Path file = folder.resolve("golden.wav");
        float[] samples = NpyArray.golden("maths/pcm_input").floats();
        WavWriter.write(file, new AudioBuffer(new float[][] {samples}, 48000), format, "");
        return chunks(Files.readAllBytes(file)).get("data");
    }

    @ParameterizedTest
    @EnumSource(SampleFormat.class)
    void javaSoundReadsEveryFormat(SampleFormat format) throws IOException, UnsupportedAudioFileException {
        Path file = folder.resolve("song.wav");
        WavWriter.write(file, STEREO, format, RECEIPT);
        try (AudioInputStream in = AudioSystem.getAudioInputStream(file.toFile())) {
            AudioFormat found = in.getFormat();
            assertEquals(2, found.getChannels());
            assertEquals(48000, found.getSampleRate());
            assertEquals(format.bytes() * 8, found.getSampleSizeInBits());
            assertEquals(4, in.getFrameLength());
            assertFalse(found.isBigEndian());
        }
    }

    @Test
    void channelsAreInterleavedAndTheReceiptIsInTheMetadata() throws IOException {
        Path file = folder.resolve("song.wav");
        WavWriter.write(file, STEREO, SampleFormat.PCM_16, RECEIPT);
        Map<String, ByteBuffer> chunks = chunks(Files.readAllBytes(file));
        short[] samples = new short[8];
        chunks.get("data").asShortBuffer().get(samples);
        assertArrayEquals(new short[] {0, 8192, 16384, -8192, -16384, -32768, 32767, 32767}, samples);
        assertEquals(RECEIPT, info(chunks, "ICMT"));
        assertEquals("acestep4j", info(chunks, "ISFT"));
    }

    @Test
    void floatFilesSayHowManySamplesTheyHold() throws IOException {
        Path file = folder.resolve("song.wav");
        WavWriter.write(file, STEREO, SampleFormat.FLOAT_32, RECEIPT);
        Map<String, ByteBuffer> chunks = chunks(Files.readAllBytes(file));
        assertEquals(4, chunks.get("fact").getInt());
        assertEquals(3, chunks.get("fmt ").getShort());
    }

    @ParameterizedTest
    @EnumSource(SampleFormat.class)
    void aLoopIsInTheSamplerChunkBeforeTheSamples(SampleFormat format) throws IOException {
        Path file = folder.resolve("loop.wav");
        WavWriter.write(file, STEREO, format, RECEIPT, Optional.of(new LoopPoints(1, 3)));
        Map<String, ByteBuffer> chunks = chunks(Files.readAllBytes(file));
        List<String> ids = List.copyOf(chunks.keySet());
        assertEquals(List.of("LIST", "smpl", "data"), ids.subList(ids.size() - 3, ids.size()));
        ByteBuffer sampler = chunks.get("smpl");
        int[] fields = new int[15];
        sampler.asIntBuffer().get(fields);
        assertEquals(60, sampler.remaining());
        // Manufacturer, product, nanoseconds, note, fraction, SMPTE twice, loops, more; id, forwards, first, last,
        // fraction, count.
        assertArrayEquals(new int[] {0, 0, 20_833, 60, 0, 0, 0, 1, 0, 0, 0, 1, 3, 0, 0}, fields);
        assertEquals(4 * 2 * format.bytes(), chunks.get("data").remaining());
    }

    @Test
    void aLoopReachesNoFurtherThanTheSound() throws IOException {
        Path file = folder.resolve("loop.wav");
        Optional<LoopPoints> beyond = Optional.of(new LoopPoints(2, 3));
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> WavWriter.write(file, STEREO, SampleFormat.PCM_16, RECEIPT, beyond));
        assertEquals("loop: expected samples within the 4 of the sound, found 2 to 4", refused.getMessage());
        assertFalse(Files.exists(file));
        assertThrows(IllegalArgumentException.class, () -> new LoopPoints(-1, 3));
        assertThrows(IllegalArgumentException.class, () -> new LoopPoints(0, 0));
    }

    @Test
    void anOddNumberOfBytesIsPadded() throws IOException {
        Path file = folder.resolve("song.wav");
        WavWriter.write(file, new AudioBuffer(new float[1][3], 8000), SampleFormat.PCM_24, "even");
        assertEquals(9, chunks(Files.readAllBytes(file)).get("data").remaining());
    }

    @Test
    void longerThanABlockAndWithManyChannels() throws IOException {
        float[][] samples = new float[300][1000];
        samples[299][999] = 1;
        Path file = folder.resolve("song.wav");
        WavWriter.write(file, new AudioBuffer(samples, 48000), SampleFormat.FLOAT_32, "");
        ByteBuffer data = chunks(Files.readAllBytes(file)).get("data");
        assertEquals(300 * 1000 * 4, data.remaining());
        assertEquals(1, data.getFloat(data.limit() - 4));
    }

    @Test
    void moreThan4GiBIsRefusedBeforeAnythingIsWritten() throws IOException {
        float[] second = new float[1 << 20];
        float[][] sameChannel = new float[2048][];
        Arrays.fill(sameChannel, second);
        AudioBuffer audio = new AudioBuffer(sameChannel, 48000);
        Path file = folder.resolve("huge.wav");
        FileWriteException refused =
                assertThrows(FileWriteException.class, () -> WavWriter.write(file, audio, SampleFormat.PCM_16, ""));
        assertTrue(refused.getMessage().startsWith(file + ": 2048 channels of 1048576 samples"), refused.getMessage());
        try (var left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }

    private static String info(Map<String, ByteBuffer> chunks, String id) {
        ByteBuffer list = chunks.get("LIST").duplicate().order(ByteOrder.LITTLE_ENDIAN);
        list.position(4);
        byte[] text = new byte[0];
        for (Map.Entry<String, ByteBuffer> entry : chunks(list).entrySet()) {
            if (entry.getKey().equals(id)) {
                text = new byte[entry.getValue().remaining()];
                entry.getValue().get(text);
            }
        }
        assertEquals(0, text[text.length - 1]);
        return new String(text, 0, text.length - 1, StandardCharsets.UTF_8);
    }

    /** The chunks of a whole file, in their order; fails where a size doesn't fit. */
    private static Map<String, ByteBuffer> chunks(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals("RIFF", id(bytes));
        assertEquals(file.length - 8, bytes.getInt());
        assertEquals("WAVE", id(bytes));
        return chunks(bytes);
    }

    private static Map<String, ByteBuffer> chunks(ByteBuffer bytes) {
        Map<String, ByteBuffer> chunks = new LinkedHashMap<>();
        while (bytes.hasRemaining()) {
            String id = id(bytes);
            int size = bytes.getInt();
            chunks.put(id, bytes.slice(bytes.position(), size).order(ByteOrder.LITTLE_ENDIAN));
            bytes.position(bytes.position() + size + size % 2);
        }
        return chunks;
    }

    private static String id(ByteBuffer bytes) {
        byte[] id = new byte[4];
        bytes.get(id);
        return new String(id, StandardCharsets.US_ASCII);
    }
}
