package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.golden.NpyArray;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Golden files: scripts/golden/make_maths_golden.py, which has the same analytic denoiser. */
class SamplingLoopTest {
    private static final StepListener NOBODY = (done, total) -> {};
    private static final SamplingSettings SETTINGS = new SamplingSettings(15, 0.5, 0.4, 3, 10);

    @Test
    void everyVariationOfTheSettingsGivesTheOfficialLatents() {
        NpyArray settings = NpyArray.golden("maths/loop_settings");
        NpyArray golden = NpyArray.golden("maths/loop");
        for (int i = 0; i < settings.shape()[0]; i++) {
            double[] s = settings.at(i).values();
            float[] latents = run((int) s[0], new SamplingSettings(s[1], s[2], s[3], s[4], s[5]), 2, NOBODY);
            assertClose(golden.at(i).floats(), latents, "case " + i);
        }
    }

    @Test
    void theUnconditionalPassRunsOnlyInTheInterval() {
        List<String> calls = new ArrayList<>();
        Denoiser counting = (latents, timestep, pass, velocity) -> calls.add(Math.round(timestep) + " " + pass);
        try (INDArray latents = Latents.create(1, 8, 16, 2)) {
            FlowMatchEulerScheduler scheduler = new FlowMatchEulerScheduler(4, 3);
            SamplingLoop.run(counting, scheduler, new SamplingSettings(15, 0.5, 0, 3, 10), latents, NOBODY);
        }
        List<String> expected = List.of(
                "1000 CONDITIONAL",
                "858 CONDITIONAL",
                "858 UNCONDITIONAL",
                "602 CONDITIONAL",
                "602 UNCONDITIONAL",
                "9 CONDITIONAL");
        assertEquals(expected, calls);
    }

    @Test
    void aListenerHearsEachStepAndCanStopTheLoop() {
        List<String> heard = new ArrayList<>();
        IllegalStateException stop = new IllegalStateException("stop");
        StepListener listener = (done, total) -> {
            heard.add(done + " of " + total);
            if (done == 3) {
                throw stop;
            }
        };
        assertSame(stop, assertThrows(IllegalStateException.class, () -> run(5, SETTINGS, 2, listener)));
        assertEquals(List.of("1 of 5", "2 of 5", "3 of 5"), heard);
    }

    @Test
    void runsAreEqualToTheBitAloneAndAtOnce() throws InterruptedException, ExecutionException {
        float[] alone = run(12, SETTINGS, 100, NOBODY);
        assertArrayEquals(alone, run(12, SETTINGS, 100, NOBODY));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<float[]>> results = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                results.add(threads.submit(() -> run(12, SETTINGS, 100, NOBODY)));
            }
            for (Future<float[]> result : results) {
                assertArrayEquals(alone, result.get());
            }
        } finally {
            threads.shutdown();
        }
    }

    private static float[] run(int steps, SamplingSettings settings, int frames, StepListener listener) {
        try (INDArray latents = Latents.create(2, 8, 16, frames)) {
            FloatBuffer noise = Latents.values(latents);
            int item = noise.limit() / 2;
            new TorchGenerator(3).fillNormal(noise.duplicate().limit(item));
            new TorchGenerator(4).fillNormal(noise.duplicate().position(item));
            FlowMatchEulerScheduler scheduler = new FlowMatchEulerScheduler(steps, 3);
            SamplingLoop.run(SamplingLoopTest::analyticVelocity, scheduler, settings, latents, listener);
            return Arrays4d.floats(latents);
        }
    }

    private static void analyticVelocity(INDArray latents, float timestep, Pass pass, INDArray velocity) {
        FloatBuffer from = Latents.values(latents);
        FloatBuffer to = Latents.values(velocity);
        float noise = timestep / 1000;
        for (int i = 0; i < from.limit(); i++) {
            to.put(
                    i,
                    switch (pass) {
                        case CONDITIONAL -> from.get(i) * (noise + 0.25f) - 0.125f;
                        case UNCONDITIONAL -> from.get(i) * 0.5f + noise;
                    });
        }
    }

    private static void assertClose(float[] expected, float[] actual, String message) {
        double error = 0;
        double power = 0;
        for (int i = 0; i < expected.length; i++) {
            error += Math.pow(expected[i] - actual[i], 2);
            power += Math.pow(expected[i], 2);
        }
        assertEquals(expected.length, actual.length, message);
        assertEquals(0, Math.sqrt(error / power), 2e-6, message + ": relative RMS");
    }
}
