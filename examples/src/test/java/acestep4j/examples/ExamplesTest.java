package acestep4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.AceStep;
import acestep4j.audio.AudioBuffer;
import acestep4j.job.MusicJob;
import acestep4j.job.MusicJobs;
import acestep4j.player.AdaptiveMusic;
import acestep4j.request.GenerationRequest;
import acestep4j.request.MusicRequest;
import acestep4j.request.MusicStyle;
import com.badlogic.gdx.Application;
import com.badlogic.gdx.Gdx;
import com.badlogic.gdx.audio.AudioDevice;
import com.badlogic.gdx.backends.headless.HeadlessApplication;
import com.badlogic.gdx.backends.headless.mock.audio.MockAudio;
import com.badlogic.gdx.backends.headless.mock.audio.MockAudioDevice;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples run, with the small bundle of random weights and without a device. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ExamplesTest {
    private static final Path BUNDLE = Path.of(System.getProperty("acestep4j.models"), "random-small");

    @Test
    void openAlPlaysMusicThatFollowsTheGame() {
        assertEquals("null", System.getenv("ALSOFT_DRIVERS"));
        try (AceStep aceStep = AceStep.open(BUNDLE);
                MusicJobs jobs = MusicJobs.on(aceStep);
                AdaptiveMusic music = AdaptiveMusic.builder()
                        .state("explore", loop(1))
                        .state("combat", loop(2))
                        .event("enemy", "explore", "combat")
                        .start(jobs);
                LwjglExample example = new LwjglExample(music)) {
            play(example, music, "explore");
            music.fire("enemy");
            play(example, music, "combat");
        }
    }

    private static GenerationRequest loop(long seed) {
        return MusicRequest.builder()
                .style(MusicStyle.TECHNO)
                .bpm(240)
                .seed(seed)
                .loop(1)
                .steps(2)
                .build();
    }

    @Test
    void openAlPlaysTheStreamOfAJobToItsEnd() {
        try (AceStep aceStep = AceStep.open(BUNDLE);
                MusicJobs jobs = MusicJobs.on(aceStep)) {
            MusicJob job = jobs.stream(loop(3));
            try (LwjglExample example = new LwjglExample(job.stream())) {
                long begun = System.nanoTime();
                while (!example.isOver()) {
                    example.eachFrame();
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(16));
                }
                double seconds = (System.nanoTime() - begun) / 1e9;
                AudioBuffer sound =
                        job.result().toCompletableFuture().join().audio().get(0);
                assertTrue(seconds > sound.seconds() - 0.1, seconds + " s for sound of " + sound.seconds());
                example.eachFrame();
                assertTrue(example.isOver());
            }
        }
    }

    private static void play(LwjglExample example, AdaptiveMusic music, String state) {
        while (!music.heard().equals(Optional.of(state))) {
            example.eachFrame();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(16));
        }
    }

    @Test
    void libGdxWritesMusicToItsDeviceUntilTheGameEnds() throws InterruptedException {
        BlockingQueue<Integer> written = new LinkedBlockingQueue<>(10);
        AtomicBoolean isEnding = new AtomicBoolean();
        CountDownLatch disposed = new CountDownLatch(1);
        LibGdxExample example = new LibGdxExample(BUNDLE) {
            @Override
            public void create() {
                Gdx.audio = new MockAudio() {
                    @Override
                    public AudioDevice newAudioDevice(int samplingRate, boolean isMono) {
                        assertEquals(48_000, samplingRate);
                        assertFalse(isMono);
                        return new MockAudioDevice() {
                            @Override
                            public void writeSamples(short[] samples, int offset, int numSamples) {
                                while (!isEnding.get() && !written.offer(numSamples)) {
                                    Thread.onSpinWait();
                                }
                            }

                            @Override
                            public void dispose() {
                                disposed.countDown();
                            }
                        };
                    }
                };
                super.create();
            }
        };
        Application application = new HeadlessApplication(example);
        for (int i = 0; i < 20; i++) {
            assertEquals(9_600, written.take());
        }
        isEnding.set(true);
        application.exit();
        disposed.await();
    }
}
