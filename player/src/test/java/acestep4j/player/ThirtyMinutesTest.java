package acestep4j.player;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.AceStep;
import acestep4j.job.MusicJobs;
import acestep4j.request.GenerationRequest;
import acestep4j.request.MusicRequest;
import acestep4j.request.MusicStyle;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Half an hour of a game in simulated time, with music of the small bundle of random weights. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ThirtyMinutesTest {
    private static final int RATE = 48_000;
    private static final int BLOCK = 4_800;
    private static final int BLOCKS = 30 * 60 * RATE / BLOCK;
    private static final List<String> EVENTS = List.of("enemy", "won", "lost", "home", "enemy", "won");

    /** The longest crossfade takes 3 s, the bridge before it 2.7 s. */
    private static final int BLOCKS_OF_A_TRANSITION = 6 * RATE / BLOCK;

    /** How much larger a step may be when two sounds are mixed with equal power. */
    private static final float EQUAL_POWER = (float) Math.sqrt(2);

    private final float[][] block = new float[2][BLOCK];
    private final float[] last = new float[2];
    private int silence;

    /** By track, the block in which it was last heard or fading in. */
    private final Map<Track, Integer> lastHeard = new IdentityHashMap<>();

    private final Map<Track, Float> largestSteps = new IdentityHashMap<>();

    @Test
    void randomEventsMakeNoGapAndNoClickAndKeepNoMemory() {
        Path bundle = Path.of(System.getProperty("acestep4j.models"), "random-small");
        try (AceStep aceStep = AceStep.open(bundle);
                MusicJobs jobs = MusicJobs.on(aceStep);
                AdaptiveMusic music = start(jobs)) {
            awaitPrepared(music);
            Random random = new Random(42);
            Map<String, Integer> heard = new HashMap<>();
            int transitions = 0;
            long usedEarly = 0;
            for (int number = 0; number < BLOCKS; number++) {
                if (random.nextInt(30) == 0) {
                    music.fire(EVENTS.get(random.nextInt(EVENTS.size())));
                }
                if (random.nextInt(50) == 0) {
                    music.intensity(random.nextDouble());
                }
                Part before = music.part().orElse(null);
                assertEquals(BLOCK, music.read(block));
                Part after = music.part().orElseThrow();
                lastHeard.put(after.track(), number);
                listen(number, music.score());
                heard.merge(after.state(), 1, Integer::sum);
                transitions += after.equals(before) ? 0 : 1;
                if (number == BLOCKS / 3) {
                    music.replace("home", piece(MusicStyle.JAZZ, 100, 7));
                    awaitPrepared(music);
                }
                if (number == BLOCKS / 6) {
                    awaitPrepared(music);
                    usedEarly = used();
                }
            }
            awaitPrepared(music);
            long usedLate = used();
            assertEquals(Set.of("explore", "combat", "victory", "home"), heard.keySet());
            assertFalse(music.score().bridges().isEmpty());
            assertEquals(Set.of(), music.score().failedBridges());
            assertTrue(transitions > 200, transitions + " transitions");
            assertTrue(
                    usedLate < usedEarly + 4_000_000,
                    usedEarly + " bytes in use after 5 minutes, " + usedLate + " after 30");
        }
    }

    private static AdaptiveMusic start(MusicJobs jobs) {
        return AdaptiveMusic.builder()
                .state("explore", loop(MusicStyle.AMBIENT, 90, 1), piece(MusicStyle.FOLK, 96, 2))
                .state("combat", loop(MusicStyle.METAL, 160, 3), loop(MusicStyle.TECHNO, 160, 4))
                .once("victory", piece(MusicStyle.CLASSICAL, 120, 5), "explore")
                .state("home", piece(MusicStyle.LO_FI, 80, 6))
                .event("enemy", "explore", "combat")
                .event("won", "combat", "victory")
                .event("lost", "combat", "home")
                .event("home", "explore", "home")
                .event("enemy", "home", "combat")
                .event("home", "home", "explore")
                .bridge("explore", "combat", 1)
                .crossfade("combat", "victory", 1)
                .crossfade("explore", "home", 4)
                .start(jobs);
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

    /** All states can be reached from each, so that only bridges of other intensities are made later. */
    private static void awaitPrepared(AdaptiveMusic music) {
        while (!music.isPrepared()) {
            Thread.onSpinWait();
        }
    }

    /**
     * No silence, and no step larger than the tracks that are heard have themselves; while they are heard together with
     * equal power, their steps together.
     */
    private void listen(int number, Score score) {
        float allowed = 0;
        int recent = 0;
        for (Map.Entry<Track, Integer> entry : lastHeard.entrySet()) {
            if (number - entry.getValue() <= BLOCKS_OF_A_TRANSITION) {
                allowed = Math.max(allowed, largestStep(entry.getKey()));
                recent++;
            }
        }
        for (Map.Entry<Score.Joint, Track> entry : score.bridges().entrySet()) {
            if (number - lastHeard.getOrDefault(entry.getKey().to(), -BLOCKS) <= BLOCKS_OF_A_TRANSITION) {
                float[][] samples = entry.getValue().samples();
                allowed = Math.max(allowed, Tracks.largestStep(samples[0]));
                allowed = Math.max(allowed, Tracks.largestStep(samples[1]));
            }
        }
        float most = recent > 1 ? EQUAL_POWER * allowed : allowed;
        for (int i = 0; i < BLOCK; i++) {
            for (int channel = 0; channel < 2; channel++) {
                float step = Math.abs(block[channel][i] - last[channel]);
                assertTrue(step <= most, () -> "a step of " + step + " above " + most + " in block " + number);
                last[channel] = block[channel][i];
            }
            silence = block[0][i] == 0 && block[1][i] == 0 ? silence + 1 : 0;
            assertTrue(silence < 10, () -> "silence in block " + number);
        }
    }

    private float largestStep(Track track) {
        return largestSteps.computeIfAbsent(track, ThirtyMinutesTest::largestStepOfTwoRounds);
    }

    /** With the step from the end to the beginning, where a piece fades over into itself. */
    private static float largestStepOfTwoRounds(Track track) {
        float[][] rounds = new float[2][2 * track.length()];
        new Voice(new Part("", 0, track, false), 0).read(rounds, 2 * track.length());
        float repeated = Math.max(Tracks.largestStep(rounds[0]), Tracks.largestStep(rounds[1]));
        float made = Math.max(Tracks.largestStep(track.samples()[0]), Tracks.largestStep(track.samples()[1]));
        assertTrue(repeated <= EQUAL_POWER * made, () -> repeated + " when it repeats, " + made + " as it was made");
        return repeated;
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
