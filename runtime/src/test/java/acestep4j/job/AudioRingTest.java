package acestep4j.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioStream;
import acestep4j.audio.JavaSound;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sound.sampled.AudioInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class AudioRingTest {
    private final AtomicInteger closed = new AtomicInteger();
    private final AudioRing ring = new AudioRing(2, 48_000, 100, closed::incrementAndGet);

    /** Left counts up from {@code first}, right down. */
    private static float[][] block(int first, int frames) {
        float[][] block = new float[2][frames];
        for (int i = 0; i < frames; i++) {
            block[0][i] = (first + i) / 4096f;
            block[1][i] = -block[0][i];
        }
        return block;
    }

    @Test
    void whatIsWrittenIsReadInBlocksOfAnySize() {
        float[][] sound = block(0, 1_000);
        for (int size : new int[] {1, 7, 99, 100, 101, 999}) {
            AudioRing through = new AudioRing(2, 48_000, 100, () -> {});
            CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
                through.write(block(0, 1));
                through.write(block(1, 350));
                through.write(block(351, 649));
                through.end();
            });
            float[][] read = new float[2][1_000];
            float[][] part = new float[2][size];
            int done = 0;
            for (int frames = through.read(part); frames != AudioStream.END; frames = through.read(part)) {
                assertTrue(frames > 0 && frames <= Math.min(size, 100));
                for (int channel = 0; channel < 2; channel++) {
                    System.arraycopy(part[channel], 0, read[channel], done, frames);
                }
                done += frames;
            }
            writing.join();
            assertEquals(1_000, done);
            assertArrayEquals(sound, read);
            assertEquals(AudioStream.END, through.poll(part));
        }
    }

    @Test
    void whoWritesWaitsForRoom() {
        AtomicInteger written = new AtomicInteger();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 50; i++) {
                ring.write(block(40 * i, 40));
                written.addAndGet(40);
            }
            ring.end();
        });
        float[][] part = new float[2][10];
        int done = 0;
        for (int frames = ring.read(part); frames != AudioStream.END; frames = ring.read(part)) {
            done += frames;
            assertTrue(written.get() <= done + 100, written + " frames written, " + done + " read");
        }
        writing.join();
        assertEquals(2_000, done);
    }

    @Test
    void whatIsThereIsTakenWithoutWaiting() {
        ShortBuffer shorts =
                ByteBuffer.allocateDirect(400).order(ByteOrder.nativeOrder()).asShortBuffer();
        assertEquals(0, ring.poll(shorts));
        assertEquals(0, ring.poll(new float[2][5]));
        ring.write(block(0, 3));
        assertEquals(0, ring.read(ShortBuffer.allocate(1)));
        assertEquals(3, ring.poll(shorts));
        assertEquals(6, shorts.position());
        short[] found = new short[6];
        shorts.flip().get(found);
        assertArrayEquals(new short[] {0, 0, 8, -8, 16, -16}, found);
        assertEquals(0, ring.poll(shorts));
        ring.end();
        assertEquals(AudioStream.END, ring.poll(shorts));
        assertEquals(AudioStream.END, ring.read(shorts));
    }

    @Test
    void aFailureComesAfterTheSoundBeforeItAndStays() {
        RuntimeException reason = new IllegalStateException("no more");
        ring.write(block(0, 3));
        ring.fail(reason);
        ring.fail(new IllegalStateException("another"));
        float[][] part = new float[2][5];
        assertEquals(3, ring.read(part));
        assertSame(reason, assertThrows(IllegalStateException.class, () -> ring.read(part)));
        assertSame(reason, assertThrows(IllegalStateException.class, () -> ring.poll(part)));
    }

    @Test
    void closingDropsTheSoundAndFreesWhoWrites() {
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> ring.write(block(0, 5_000)));
        float[][] part = new float[2][5];
        assertTrue(ring.read(part) > 0);
        ring.close();
        ring.close();
        writing.join();
        assertEquals(AudioStream.END, ring.read(part));
        assertTrue(closed.get() > 0);
    }

    @Test
    void anInterruptedReaderGoesOn() {
        Thread.currentThread().interrupt();
        assertEquals(0, ring.read(new float[2][5]));
        assertTrue(Thread.interrupted());
        ring.write(block(0, 1));
        assertEquals(1, ring.read(new float[2][5]));
    }

    @Test
    void javaSoundReadsTheBytesOfTheWholeSound() throws IOException {
        float[][] sound = block(0, 5_000);
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            ring.write(sound);
            ring.end();
        });
        byte[] expected;
        try (AudioInputStream whole = JavaSound.stream(new AudioBuffer(sound, 48_000))) {
            expected = whole.readAllBytes();
        }
        assertFalse(Arrays.equals(new byte[expected.length], expected));
        try (AudioInputStream stream = JavaSound.stream(ring)) {
            assertArrayEquals(expected, stream.readAllBytes());
        }
        writing.join();
        assertEquals(1, closed.get());
    }
}
