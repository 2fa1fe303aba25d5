package acestep4j.benchmarks;

import java.util.Arrays;

/**
 * What a frame of the simulated game computes, the same in each: bodies that fall, bounce and look where the player is, in as
 * many rounds as take so long on this machine. Their 320 kB go through the caches that a generation wants too. Not thread-safe.
 */
final class FrameWork {
    private static final int BODIES = 16_384;
    private static final float TICK = 1 / 60f;
    private static final long WARM_UP_NANOS = 500_000_000L;
    private static final int TIMED_ROUNDS = 10;
    private static final int TIMINGS = 51;

    private final float[] x = new float[BODIES];
    private final float[] y = new float[BODIES];
    private final float[] speedX = new float[BODIES];
    private final float[] speedY = new float[BODIES];
    private final float[] distance = new float[BODIES];
    private final int rounds;

    private FrameWork(int rounds) {
        this.rounds = rounds;
        for (int i = 0; i < BODIES; i++) {
            x[i] = i % 128;
            y[i] = i / 128f;
            speedX[i] = i % 7 - 3;
            speedY[i] = i % 5;
        }
    }

    /** Work that takes about so many nanoseconds by the median of what rounds take now. */
    static FrameWork lasting(long nanos) {
        FrameWork timed = new FrameWork(TIMED_ROUNDS);
        long start = System.nanoTime();
        while (System.nanoTime() - start < WARM_UP_NANOS) {
            timed.run();
        }
        long[] times = new long[TIMINGS];
        for (int i = 0; i < TIMINGS; i++) {
            long begun = System.nanoTime();
            timed.run();
            times[i] = System.nanoTime() - begun;
        }
        Arrays.sort(times);
        return new FrameWork((int) Math.max(1, nanos * TIMED_ROUNDS / times[TIMINGS / 2]));
    }

    void run() {
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < BODIES; i++) {
                move(i);
            }
        }
    }

    private void move(int i) {
        speedY[i] -= 9.81f * TICK;
        x[i] += speedX[i] * TICK;
        y[i] += speedY[i] * TICK;
        if (x[i] < 0 || x[i] > 128) {
            speedX[i] = -speedX[i];
            x[i] = Math.max(0, Math.min(128, x[i]));
        }
        if (y[i] < 0) {
            speedY[i] = -speedY[i];
            y[i] = 0;
        }
        float sideways = x[i] - 64;
        float upwards = y[i] - 64;
        distance[i] = (float) Math.sqrt(sideways * sideways + upwards * upwards);
    }
}
