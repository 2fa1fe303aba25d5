package acestep4j.player;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.GenerationException;
import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioStream;
import java.nio.ShortBuffer;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What reaches the device, on one that plays nothing. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class MusicPlayerTest {
    private static NullMixer.NullLine latestLine() {
        return NullMixer.LINES.get(NullMixer.LINES.size() - 1);
    }

    private static MusicPlayer.Builder onNullLine() {
        return MusicPlayer.builder().mixer(NullMixerProvider.INFO);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aSoundIsPlayedToItsEnd() {
        AudioBuffer sound = Tracks.sine(100, 10_001);
        try (MusicPlayer player = onNullLine().play(sound)) {
            player.end().toCompletableFuture().join();
            assertEquals(10_001, player.position());
            NullMixer.NullLine line = latestLine();
            assertTrue(line.isClosed());
            assertEquals(48_000, line.format().getSampleRate());
            ShortBuffer played = line.played();
            for (int i = 480; i < 10_001; i++) {
                assertEquals(sound.samples()[0][i], played.get(2 * i) / 32_768f, 1e-4);
                assertEquals(sound.samples()[1][i], played.get(2 * i + 1) / 32_768f, 1e-4);
            }
        }
    }

    @Test
    void theGainIsApplied() {
        try (MusicPlayer player = onNullLine().gain(0.5).play(Tracks.constantSound(0.5f, 0, 5_000))) {
            player.end().toCompletableFuture().join();
            assertEquals(0.25f, latestLine().played().get(2 * 4_000) / 32_768f, 1e-4);
            assertEquals(
                    "gain",
                    assertThrows(InvalidRequestException.class, () -> player.gain(1.1))
                            .field());
        }
    }

    @Test
    void aPauseStopsTheSoundAndItGoesOnWithoutAClick() {
        try (AdaptiveMusic music =
                AdaptiveMusic.builder().state("a", Tracks.constant(1, 1, 4)).start()) {
            MusicPlayer player = onNullLine().play(music);
            await(() -> player.position() > 10_000);
            player.pause();
            NullMixer.NullLine line = latestLine();
            await(() -> {
                ShortBuffer soFar = line.played();
                return soFar.get(soFar.limit() - 1) == 0;
            });
            long paused = player.position();
            player.resume();
            await(() -> player.position() > paused + 10_000);
            player.close();
            player.close();
            assertTrue(line.isClosed());
            ShortBuffer played = line.played();
            assertEquals(0, played.get(played.limit() - 1));
            for (int i = 2; i < played.limit(); i++) {
                assertTrue(Math.abs(played.get(i) - played.get(i - 2)) < 200, "a step at " + i);
            }
        }
    }

    @Test
    void aStreamThatFailsEndsThePlayerWithItsReason() {
        try (MusicPlayer player = onNullLine().play(new Silence() {
            @Override
            public int read(float[][] block) {
                throw new GenerationException("no");
            }
        })) {
            CompletionException problem = assertThrows(
                    CompletionException.class,
                    () -> player.end().toCompletableFuture().join());
            assertInstanceOf(GenerationException.class, problem.getCause());
        }
    }

    @Test
    void aPlayerThatWaitsForItsStreamCanBeClosed() throws InterruptedException {
        CountDownLatch waiting = new CountDownLatch(1);
        MusicPlayer player = onNullLine().play(new Silence() {
            @Override
            public int read(float[][] block) {
                waiting.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return 0;
            }
        });
        waiting.await();
        player.close();
        player.end().toCompletableFuture().join();
    }

    @Test
    void withoutADeviceTheErrorSaysWhatWasLookedFor() {
        AudioBuffer odd = new AudioBuffer(new float[2][1_000], 1_000);
        AudioDeviceException problem =
                assertThrows(AudioDeviceException.class, () -> onNullLine().play(odd));
        assertEquals(
                "expected a device that plays 1000 Hz, 2 channels, 16 bits, found null line, which can't now;"
                        + " connect one or choose another mixer",
                problem.getMessage());
    }

    /** A stream whose reading a test says. */
    private abstract static class Silence implements AudioStream {
        @Override
        public int channels() {
            return 2;
        }

        @Override
        public int sampleRate() {
            return 48_000;
        }

        @Override
        public int poll(float[][] block) {
            return read(block);
        }

        @Override
        public int read(ShortBuffer block) {
            return 0;
        }

        @Override
        public int poll(ShortBuffer block) {
            return 0;
        }

        @Override
        public void close() {}
    }
}
