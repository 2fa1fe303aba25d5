package acestep4j.codecs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.audio.AudioBuffer;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Three hours are refused as soon as that is known, in the memory that the longest duration takes. */
class LongSoundTest {
    private static final int THREE_HOURS = 3 * 3600;
    private static final long LITTLE = 1 << 16;

    private final AudioFileReader reader = new AudioFileReader();

    @TempDir
    private Path folder;

    @Test
    void aWavOfThreeHoursIsRefusedByItsHeader() throws IOException {
        long dataBytes = THREE_HOURS * 16_000L;
        Path file = sparse("long.wav", TestSounds.wavHeader(dataBytes), dataBytes);
        long allocated = allocatedBy(() -> assertTooLong(() -> reader.read(file), "600 s of audio, found 10800.0 s"));
        assertTrue(allocated < 1 << 20, () -> allocated + " bytes");
        var stream = new TestSounds.Repeating(TestSounds.wavHeader(dataBytes), new byte[100], Long.MAX_VALUE);
        assertTooLong(() -> reader.read(stream, "long.wav"), "found 10800.0 s");
        assertTrue(stream.taken() < LITTLE);
    }

    /** 600 s of 8 kHz are 19 MB of floats. */
    @Test
    void aWavThatHidesItsThreeHoursIsReadUpToTheLimit() throws IOException {
        Path file = sparse("long.wav", TestSounds.wavHeader(0xffffffffL), THREE_HOURS * 16_000L);
        long allocated = allocatedBy(() -> assertTooLong(() -> reader.read(file), "600 s of audio, the file goes on"));
        assertTrue(allocated < 40 << 20, () -> allocated + " bytes");
        var stream = new TestSounds.Repeating(TestSounds.wavHeader(0xffffffffL), new byte[100], Long.MAX_VALUE);
        assertTooLong(() -> reader.read(stream, "radio.wav"), "the file goes on");
        assertTrue(stream.taken() < 601 * 16_000L + LITTLE, () -> stream.taken() + " bytes");
    }

    @Test
    void aFlacOfThreeHoursIsRefusedByItsHeader() throws IOException {
        byte[] flac = TestSounds.bytes("flac_s16.flac");
        ByteBuffer.wrap(flac).putInt(22, THREE_HOURS * 44_100);
        Path file = TestSounds.file(flac, folder.resolve("long.flac"));
        assertTooLong(() -> reader.read(file), "found 10800.0 s");
    }

    /** Eleven minutes of silence in a file of 125 KB which says nothing of its length. */
    @Test
    void aFlacThatHidesItsLengthIsReadUpToTheLimit() throws IOException {
        Path file = folder.resolve("long.flac");
        var silence = new AudioBuffer(new float[1][660 * 8000], 8000);
        AudioFileWriter.write(file, silence, "");
        assertTooLong(() -> reader.read(file), "found 660.0 s");
        byte[] flac = Files.readAllBytes(file);
        assertTrue(flac.length < 200_000, () -> flac.length + " bytes");
        flac[21] &= (byte) 0xf0;
        ByteBuffer.wrap(flac).putInt(22, 0);
        TestSounds.file(flac, file);
        assertTooLong(() -> reader.read(file), "600 s of audio, the file goes on");
        assertEquals(
                660 * 8000,
                new AudioFileReader(Duration.ofSeconds(660)).read(file).length());
    }

    /** A radio stream whose first frame says that it is a fifth of a second long. */
    @Test
    void anEndlessMp3IsReadUpToTheLimit() {
        byte[] mp3 = TestSounds.bytes("mp3_mono.mp3");
        var stream = new TestSounds.Repeating(mp3, mp3, Long.MAX_VALUE);
        long bytesPerSecond = mp3.length * 22_050L / 5513;
        long before = residentBytes();
        assertTooLong(() -> reader.read(stream, "radio.mp3"), "600 s of audio, the file goes on");
        assertTrue(stream.taken() < 660 * bytesPerSecond + (6 << 20), () -> stream.taken() + " bytes");
        // 600 s of 22.05 kHz are 53 MB of floats
        long grown = residentBytes() - before;
        assertTrue(grown < 512L << 20, () -> grown + " bytes");
    }

    @Test
    void anM4aFromAStreamThatNeverEndsIsRefused() throws IOException {
        byte[] m4a = TestSounds.bytes("m4a_aac.m4a");
        var stream = new TestSounds.Repeating(m4a, m4a, Long.MAX_VALUE);
        String message = assertThrows(
                        AudioFileException.class,
                        () -> SpooledStream.of(new StreamSource(stream), "radio.m4a", 1 << 20))
                .getMessage();
        assertEquals("radio.m4a: expected at most 1048576 bytes of M4A from a stream; read it from a file", message);
        assertTrue(stream.taken() < (1 << 20) + 2 * LITTLE);
    }

    private Path sparse(String name, byte[] header, long dataBytes) throws IOException {
        Path file = TestSounds.file(header, folder.resolve(name));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), header.length + dataBytes - 1);
        }
        return file;
    }

    private static void assertTooLong(Executable read, String found) {
        String message = assertThrows(AudioFileException.class, read).getMessage();
        assertTrue(message.contains("expected at most 600 s of audio"), message);
        assertTrue(message.contains(found), message);
        AudioFileReaderTest.assertOneLine(message);
    }

    private static long allocatedBy(Runnable action) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        action.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static long residentBytes() {
        return Pointer.physicalBytes();
    }
}
