package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.golden.NpyArray;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Golden files: scripts/golden/make_maths_golden.py. */
class RepaintSchedulerTest {
    private static final int FRAMES = 5;
    private static final SamplingSettings SETTINGS = new SamplingSettings(15, 0.5, 0, 3);

    @Test
    void repaintsAndExtensionsAreTheOfficialOnes() {
        NpyArray settings = NpyArray.golden("maths/loop_repaint_settings");
        for (int i = 0; i < settings.shape()[0]; i++) {
            double[] s = settings.at(i).values();
            int start = frames(s[2]);
            int end = frames(s[3]);
            int left = Math.max(0, -start);
            int right = Math.max(0, end - FRAMES);
            boolean[] painted = new boolean[left + FRAMES + right];
            if (left + right > 0) {
                Arrays.fill(painted, 0, left, true);
                Arrays.fill(painted, left + FRAMES, painted.length, true);
            } else {
                Arrays.fill(painted, start, end, true);
            }
            NpyArray golden = NpyArray.golden("maths/loop_repaint_" + i);
            try (INDArray piece = AnalyticDenoiser.source((int) s[4], FRAMES);
                    INDArray source = padded(piece, left, right);
                    INDArray noise = left + right > 0 ? extendingNoise(left, right) : repaintingNoise(painted, s[1]);
                    INDArray latents = Latents.create(noise.shape())) {
                int firstStep = (int) (s[0] * (1 - s[1]));
                run((int) s[0], source, noise, painted, firstStep, latents);
                AnalyticDenoiser.assertClose(golden, latents, "case " + i);
            }
        }
    }

    @Test
    void keptFramesAreTheSourceToTheBit() {
        boolean[] painted = {false, true, false, true, false};
        try (INDArray source = AnalyticDenoiser.source(1, FRAMES);
                INDArray noise = AnalyticDenoiser.noise(FRAMES, new TorchGenerator(3), new TorchGenerator(4));
                INDArray latents = Latents.create(noise.shape())) {
            run(10, source, noise, painted, 3, latents);
            float[] before = Arrays4d.floats(source);
            float[] after = Arrays4d.floats(latents);
            for (int i = 0; i < after.length; i++) {
                if (painted[i % FRAMES]) {
                    assertNotEquals(before[i % before.length], after[i]);
                } else {
                    assertEquals(before[i % before.length], after[i]);
                }
            }
        }
    }

    @Test
    void withoutAStepToTakeTheSourceStaysAsItIs() {
        boolean[] painted = {true, true, true, true, true};
        try (INDArray source = AnalyticDenoiser.source(2, FRAMES);
                INDArray noise = AnalyticDenoiser.noise(FRAMES, new TorchGenerator(3), new TorchGenerator(4));
                INDArray latents = Latents.create(noise.shape())) {
            run(10, source, noise, painted, 10, latents);
            assertArrayEquals(Arrays4d.floats(source), Arrays4d.floats(latents));
        }
    }

    @Test
    void arraysThatDontFitAreRefused() {
        SigmaSchedule schedule = SigmaSchedule.of(4, 3);
        try (INDArray three = Latents.create(3, 8, 16, 2);
                INDArray two = Latents.create(2, 8, 16, 2);
                INDArray longer = Latents.create(1, 8, 16, 3)) {
            assertRefused("source", () -> new RepaintScheduler(schedule, two, three, new boolean[2], 0));
            assertRefused("source", () -> new RepaintScheduler(schedule, longer, three, new boolean[2], 0));
            assertRefused("paintedFrames", () -> new RepaintScheduler(schedule, two, two, new boolean[3], 0));
            assertRefused("firstStep", () -> new RepaintScheduler(schedule, two, two, new boolean[2], 5));
            assertRefused("firstStep", () -> new RepaintScheduler(schedule, two, two, new boolean[2], -1));
        }
    }

    private static void assertRefused(String argument, Runnable made) {
        String message = assertThrows(IllegalArgumentException.class, made::run).getMessage();
        assertEquals(argument + ":", message.split(" ")[0]);
    }

    private static void run(
            int steps, INDArray source, INDArray noise, boolean[] painted, int firstStep, INDArray latents) {
        RepaintScheduler scheduler =
                new RepaintScheduler(SigmaSchedule.of(steps, 3), source, noise, painted, firstStep);
        SamplingLoop.run(
                AnalyticDenoiser::velocity,
                scheduler,
                new ApgGuidance(),
                SETTINGS,
                latents,
                (done, total) -> assertEquals(steps - firstStep, total));
    }

    private static int frames(double seconds) {
        return (int) (seconds * 44100 / 512 / 8);
    }

    private static INDArray padded(INDArray piece, int left, int right) {
        INDArray padded = Latents.create(piece.size(0), 8, 16, left + FRAMES + right);
        copyFrames(piece, 0, padded, left, FRAMES);
        return padded;
    }

    /** The retake's noise turned in where frames are painted. */
    private static INDArray repaintingNoise(boolean[] painted, double variance) {
        INDArray noise = AnalyticDenoiser.noise(FRAMES, new TorchGenerator(3), new TorchGenerator(4));
        try (INDArray retake = AnalyticDenoiser.noise(FRAMES, new TorchGenerator(5), new TorchGenerator(6))) {
            float angle = (float) (variance * Math.PI / 2);
            FloatBuffer values = Latents.values(noise);
            FloatBuffer others = Latents.values(retake);
            for (int i = 0; i < values.limit(); i++) {
                if (painted[i % FRAMES]) {
                    values.put(i, (float) Math.cos(angle) * values.get(i) + (float) Math.sin(angle) * others.get(i));
                }
            }
        }
        return noise;
    }

    /** The retake's noise on both sides. */
    private static INDArray extendingNoise(int left, int right) {
        INDArray extended = Latents.create(2, 8, 16, left + FRAMES + right);
        try (INDArray noise = AnalyticDenoiser.noise(FRAMES, new TorchGenerator(3), new TorchGenerator(4));
                INDArray retake = AnalyticDenoiser.noise(FRAMES, new TorchGenerator(5), new TorchGenerator(6))) {
            copyFrames(retake, 0, extended, 0, left);
            copyFrames(noise, 0, extended, left, FRAMES);
            copyFrames(retake, FRAMES - right, extended, left + FRAMES, right);
        }
        return extended;
    }

    private static void copyFrames(INDArray from, int fromFrame, INDArray to, int toFrame, int frames) {
        int rows = (int) (from.length() / from.size(3));
        for (int row = 0; row < rows; row++) {
            int source = (int) (row * from.size(3)) + fromFrame;
            int target = (int) (row * to.size(3)) + toFrame;
            Latents.values(to).put(target, Latents.values(from), source, frames);
        }
    }
}
