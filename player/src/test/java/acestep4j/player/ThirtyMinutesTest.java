package acestep4j.player;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.AceStep;
import acestep4j.audio.AudioBuffer;
import acestep4j.job.FakeJobs;
import acestep4j.job.JobOptions;
import acestep4j.job.MusicJobs;
import acestep4j.request.GenerationRequest;
import acestep4j.request.MusicRequest;
import acestep4j.request.MusicStyle;
import acestep4j.request.RepaintRequest;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A game with random events in simulated time. Each frame that is heard is the one that {@link ExpectedMusic} expects, and no
 * step from frame to frame is larger than those of the tracks that sound there. Music that was made becomes ready when the game
 * runs its callbacks, so that there are moments without it, the same ones in every run.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ThirtyMinutesTest {
    private static final int RATE = Tracks.RATE;
    private static final int BLOCK = 4_800;
    private static final int BLOCKS_OF_A_MINUTE = 60 * RATE / BLOCK;
    private static final List<String> EVENTS = List.of("enemy", "won", "lost", "home", "enemy", "won");
    private static final float ROUNDING = 1e-6f;
    private static final long SMALL_CHANGE = 1_000_000;

    private final float[][] block = new float[2][BLOCK];
    private final float[] last = new float[2];
    private final Random random = new Random(42);
    private final BlockingQueue<Runnable> callbacks = new LinkedBlockingQueue<>();
    private final JobOptions options = JobOptions.defaults().withCallbacks(callbacks::add);
    private final Set<String> heard = new HashSet<>();
    private ExpectedMusic expected;
    private float allowed;
    private int silence;
    private int blocksOfWaiting;

    /** Music without edges: no step of its own is larger than 0.02, so that a cut stands out. */
    @Test
    void smoothMusic() throws InterruptedException {
        try (MusicJobs jobs = FakeJobs.of((request, cancellation) -> smooth(request), options);
                AdaptiveMusic music = states().state("explore", smoothLoop(4, 90), smoothLoop(5, 100))
                        .state("combat", piece(MusicStyle.METAL, 160, 3), piece(MusicStyle.METAL, 160, 4))
                        .once("victory", piece(MusicStyle.CLASSICAL, 120, 5), "explore")
                        .state("home", piece(MusicStyle.LO_FI, 80, 6))
                        .start(jobs)) {
            playHalfAnHour(music, 1, seed -> piece(MusicStyle.METAL, 160, seed));
            assertTrue(expected.bridges() > 20, expected.bridges() + " bridges");
            assertTrue(expected.missingBridges() > 1, expected.missingBridges() + " missing bridges");
        }
    }

    /** Loops, pieces and bridges as a model makes them; with random weights their own steps are large. */
    @Test
    void musicOfTheSmallBundle() throws InterruptedException {
        Path bundle = Path.of(System.getProperty("acestep4j.models"), "random-small");
        try (AceStep aceStep = AceStep.open(bundle);
                MusicJobs jobs = MusicJobs.on(aceStep, options);
                AdaptiveMusic music = states().state(
                                "explore",
                                Track.of(aceStep.generate(loop(MusicStyle.AMBIENT, 90, 1))),
                                Track.of(aceStep.generate(piece(MusicStyle.FOLK, 96, 2))))
                        .state("combat", loop(MusicStyle.METAL, 160, 3), loop(MusicStyle.METAL, 160, 4))
                        .once("victory", piece(MusicStyle.CLASSICAL, 120, 5), "explore")
                        .state("home", piece(MusicStyle.LO_FI, 80, 6))
                        .start(jobs)) {
            playHalfAnHour(music, 4, seed -> loop(MusicStyle.METAL, 160, seed));
            assertTrue(expected.bridges() > 20, expected.bridges() + " bridges");
        }
    }

    private static AdaptiveMusic.Builder states() {
        return AdaptiveMusic.builder()
                .event("enemy", "explore", "combat")
                .event("won", "combat", "victory")
                .event("lost", "combat", "home")
                .event("home", "explore", "home")
                .event("enemy", "home", "combat")
                .event("home", "home", "explore")
                .bridge("explore", "combat", 2)
                .crossfade("combat", "victory", 1)
                .crossfade("combat", "home", 0)
                .crossfade("explore", "home", 4);
    }

    private static AudioBuffer smooth(GenerationRequest request) {
        return request instanceof RepaintRequest bridge
                ? bridge.source()
                : Tracks.smooth(request.seeds().get(0), 9 * RATE);
    }

    private static Track smoothLoop(int bars, int bpm) {
        return Track.loop(Tracks.smooth(bpm, bars * 4 * 60 * RATE / bpm), bars, 4);
    }

    private static GenerationRequest loop(MusicStyle style, int bpm, long seed) {
        return MusicRequest.builder()
                .style(style)
                .bpm(bpm)
                .seed(seed)
                .loop(4)
                .steps(2)
                .build();
    }

    private static GenerationRequest piece(MusicStyle style, int bpm, long seed) {
        return MusicRequest.builder()
                .style(style)
                .bpm(bpm)
                .duration(9)
                .seed(seed)
                .full()
                .steps(2)
                .build();
    }

    /**
     * @param minutes after which a state's music is replaced, again and again
     * @param fight other music for combat, by its seed
     */
    private void playHalfAnHour(AdaptiveMusic music, int minutes, LongFunction<GenerationRequest> fight)
            throws InterruptedException {
        expected = new ExpectedMusic(music.score().goal().orElseThrow());
        play(music, 5, minutes, fight);
        long usedEarly = usedWithAllReady(music);
        play(music, 25, minutes, fight);
        long usedLate = usedWithAllReady(music);
        assertTrue(
                usedLate < usedEarly + SMALL_CHANGE,
                usedEarly + " bytes in use after 5 minutes, " + usedLate + " after 30");
        assertEquals(Set.of("explore", "combat", "victory", "home"), heard);
        assertEquals(Set.of(), music.score().failedBridges());
        assertTrue(expected.crossfades() > 200, expected.crossfades() + " crossfades");
        assertTrue(blocksOfWaiting > 50, blocksOfWaiting + " blocks without the music that was asked for");
    }

    private void play(AdaptiveMusic music, int minutes, int minutesUntilReplaced, LongFunction<GenerationRequest> fight)
            throws InterruptedException {
        for (int number = 1; number <= minutes * BLOCKS_OF_A_MINUTE; number++) {
            if (random.nextInt(30) == 0) {
                music.fire(EVENTS.get(random.nextInt(EVENTS.size())));
            }
            if (music.isPrepared() && random.nextInt(50) == 0) {
                music.intensity(random.nextDouble());
            }
            if (number % (minutesUntilReplaced * BLOCKS_OF_A_MINUTE) == 0) {
                replace(music, fight);
            }
            if (!music.isPrepared() && random.nextInt(150) == 0) {
                prepare(music);
            }
            hear(music);
        }
    }

    /** What the state had is heard on. */
    private void replace(AdaptiveMusic music, LongFunction<GenerationRequest> fight) {
        Optional<Part> goal = music.score().goal();
        if (random.nextBoolean()) {
            music.replace("home", piece(MusicStyle.JAZZ, 100, random.nextInt(1_000)));
        } else {
            music.replace("combat", fight.apply(random.nextInt(1_000)), fight.apply(random.nextInt(1_000)));
        }
        assertEquals(goal, music.score().goal());
    }

    private void hear(AdaptiveMusic music) {
        Score before = music.score();
        assertEquals(BLOCK, music.read(block));
        Score score = music.score();
        if (score.isWaiting()) {
            blocksOfWaiting++;
            assertEquals(before.goal(), score.goal());
        }
        heard.add(music.heard().orElseThrow());
        listen(score);
    }

    /** All that is made becomes ready, one piece after the other; then nothing changes but by events. */
    private void prepare(AdaptiveMusic music) throws InterruptedException {
        while (!music.isPrepared()) {
            Runnable callback = callbacks.poll(1, TimeUnit.MILLISECONDS);
            if (callback != null) {
                callback.run();
            }
        }
    }

    /** With music of the same lengths each time, and the same piece made last: every state's, the bridges of both intensities, and nothing that fades out. */
    private long usedWithAllReady(AdaptiveMusic music) throws InterruptedException {
        for (double intensity : new double[] {0, 1}) {
            prepare(music);
            music.intensity(intensity);
        }
        prepare(music);
        music.replace("home", piece(MusicStyle.JAZZ, 100, 7));
        prepare(music);
        for (int i = 0; i < BLOCKS_OF_A_MINUTE; i++) {
            hear(music);
        }
        return used();
    }

    private void listen(Score score) {
        for (int i = 0; i < BLOCK; i++) {
            float[] frame = expected.frame();
            float allowedBefore = allowed;
            allowed = expected.largestStep();
            for (int channel = 0; channel < 2; channel++) {
                float sample = block[channel][i];
                float step = Math.abs(sample - last[channel]);
                if (!(Math.abs(sample - frame[channel]) < ROUNDING)) {
                    throw new AssertionError(expected + ": expected " + frame[channel] + ", heard " + sample);
                }
                if (!(step <= Math.max(allowed, allowedBefore) + ROUNDING)) {
                    throw new AssertionError(expected + ": a step of " + step + ", larger than " + allowed);
                }
                last[channel] = sample;
            }
            silence = block[0][i] == 0 && block[1][i] == 0 ? silence + 1 : 0;
            assertTrue(silence < 10, "a gap");
            expected.advance(score);
        }
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
