package acestep4j.pipeline;

import acestep4j.diffusion.Latents;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How fast the CPU multiplies matrices and moves memory, from some milliseconds of both.
 *
 * @param secondsPerMultiplyAdd of float32 numbers
 * @param secondsPerByte read or written
 */
record SpeedProbe(double secondsPerMultiplyAdd, double secondsPerByte) {
    private static final int ROWS = 128;
    private static final int WIDTH = 1024;
    private static final int VALUES = 1 << 21;
    private static final int ROUNDS = 30;
    private static final double NANOSECONDS = 1e9;

    static SpeedProbe measure() {
        try (INDArray rows = Latents.create(ROWS, WIDTH);
                INDArray matrix = Latents.create(WIDTH, WIDTH);
                INDArray product = Latents.create(ROWS, WIDTH);
                INDArray values = Latents.create(VALUES)) {
            double multiplying = seconds(() -> rows.mmuli(matrix, product));
            double adding = seconds(() -> values.addi(1));
            return new SpeedProbe(multiplying / ((double) ROWS * WIDTH * WIDTH), adding / (2.0 * Float.BYTES * VALUES));
        }
    }

    /** The shortest of some rounds: other programs disturb most of them. */
    private static double seconds(Runnable work) {
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            work.run();
            shortest = Math.min(shortest, System.nanoTime() - start);
        }
        return shortest / NANOSECONDS;
    }
}
