package acestep4j.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** The loop of a game at 60 frames a second: it works, and then waits for the time of the next frame. */
final class GameLoop {
    /** The time from frame to frame in nanoseconds. */
    static final long FRAME = 16_666_667;

    private final LongSupplier clock;
    private final LongConsumer waiting;

    /**
     * @param clock nanoseconds
     * @param waiting returns when the clock shows at least so much
     */
    GameLoop(LongSupplier clock, LongConsumer waiting) {
        this.clock = clock;
        this.waiting = waiting;
    }

    /** By the system's clock, asleep between frames. */
    static GameLoop asleepBetweenFrames() {
        return new GameLoop(System::nanoTime, GameLoop::sleepUntil);
    }

    private static void sleepUntil(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /**
     * A frame in nanoseconds.
     *
     * @param lateness from the time when it should have begun to its beginning
     * @param work from its beginning to its end
     * @param stage what the generation beside it was at
     */
    record Frame(long lateness, long work, String stage) {
        /** From the time when it should have begun to its end. */
        long time() {
            return lateness + work;
        }
    }

    /**
     * Plays frames. One that ends after the time of the next drops that: the next is the first whose time is still to come, as
     * with a display's refresh.
     *
     * @param duration nanoseconds
     * @param game does a frame's work and says what the generation is at
     */
    List<Frame> play(long duration, Supplier<String> game) {
        List<Frame> frames = new ArrayList<>();
        long due = clock.getAsLong() + FRAME;
        long end = due + duration;
        while (due - end < 0) {
            waiting.accept(due);
            long begun = clock.getAsLong();
            String stage = game.get();
            Frame frame = new Frame(begun - due, clock.getAsLong() - begun, stage);
            frames.add(frame);
            due += FRAME * Math.max(1, (frame.time() + FRAME - 1) / FRAME);
        }
        return frames;
    }

    /** How frames went; at least one. */
    static Map<String, Object> describe(List<Frame> frames) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("frames", frames.size());
        row.put("work_seconds", distribution(frames, Frame::work));
        row.put("lateness_seconds", distribution(frames, Frame::lateness));
        row.put("frame_seconds", distribution(frames, Frame::time));
        row.put("late_share", lateShare(frames));
        return row;
    }

    /** The same in a line, times in milliseconds. */
    static String summary(List<Frame> frames) {
        Distribution work = distribution(frames, Frame::work);
        Distribution time = distribution(frames, Frame::time);
        return String.format(
                Locale.ROOT,
                "%d frames, %.2f %% late; work p50 %.1f, p99 %.1f, max %.1f ms; with lateness p50 %.1f, p99 %.1f, max %.1f ms",
                frames.size(),
                100 * lateShare(frames),
                1000 * work.p50(),
                1000 * work.p99(),
                1000 * work.max(),
                1000 * time.p50(),
                1000 * time.p99(),
                1000 * time.max());
    }

    private static Distribution distribution(List<Frame> frames, ToLongFunction<Frame> time) {
        return Distribution.of(frames.stream().mapToLong(time).toArray());
    }

    /** The share of frames that end after the time of the next. */
    private static double lateShare(List<Frame> frames) {
        return (double) frames.stream().filter(frame -> frame.time() > FRAME).count() / frames.size();
    }
}
