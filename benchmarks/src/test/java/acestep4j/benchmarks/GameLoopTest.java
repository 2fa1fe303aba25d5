package acestep4j.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GameLoopTest {
    private static final long MILLISECOND = 1_000_000;

    private long now = Long.MAX_VALUE - MILLISECOND;
    private long oversleeping;
    private final GameLoop loop = new GameLoop(() -> now, time -> now = time + oversleeping);

    @Test
    void framesBeginAtTheirTimes() {
        long start = now;
        List<GameLoop.Frame> frames = loop.play(10 * GameLoop.FRAME, () -> {
            now += 5 * MILLISECOND;
            return "none";
        });
        assertEquals(10, frames.size());
        frames.forEach(frame -> assertEquals(new GameLoop.Frame(0, 5 * MILLISECOND, "none"), frame));
        assertEquals(start + 10 * GameLoop.FRAME + 5 * MILLISECOND, now);
    }

    @Test
    void aLongFrameDropsThoseWhoseTimeItTakes() {
        long[] works = {5, 40, 5, 16, 17, 5};
        int[] next = {0};
        List<GameLoop.Frame> frames = loop.play(9 * GameLoop.FRAME, () -> {
            now += works[next[0]++] * MILLISECOND;
            return "diffusion";
        });
        assertEquals(6, frames.size());
        frames.forEach(frame -> assertEquals(0, frame.lateness()));
        Map<String, Object> row = GameLoop.describe(frames);
        assertEquals(2.0 / 6, row.get("late_share"));
    }

    @Test
    void aFrameThatBeginsLateIsLateWhenItsWorkDoesntFitAnyMore() {
        oversleeping = 12 * MILLISECOND;
        Map<String, Object> row = GameLoop.describe(loop.play(2 * GameLoop.FRAME, () -> {
            now += 5 * MILLISECOND;
            return "none";
        }));
        assertEquals(1, row.get("frames"));
        assertEquals(0.012, ((Distribution) row.get("lateness_seconds")).max());
        assertEquals(0.005, ((Distribution) row.get("work_seconds")).max());
        assertEquals(0.017, ((Distribution) row.get("frame_seconds")).max());
        assertEquals(1.0, row.get("late_share"));
    }

    @Test
    void percentilesAreTimesThatWereMeasured() {
        long[] times = new long[2_000];
        for (int i = 0; i < times.length; i++) {
            times[i] = (times.length - i) * MILLISECOND;
        }
        assertEquals(new Distribution(1, 1.9, 1.98, 1.998, 2), Distribution.of(times));
        assertEquals(new Distribution(0.003, 0.003, 0.003, 0.003, 0.003), Distribution.of(3 * MILLISECOND));
    }
}
