package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.golden.NpyArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Golden files: scripts/golden/make_maths_golden.py. */
class FlowMatchEulerSchedulerTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 27, 60, 1000})
    void sigmasAndTimestepsAreTheOfficialOnesToTheBit(int steps) {
        NpyArray golden = NpyArray.golden("maths/schedule_" + steps);
        FlowMatchEulerScheduler scheduler = new FlowMatchEulerScheduler(steps, 3);
        assertEquals(steps, scheduler.steps());
        float[] sigmas = new float[steps + 1];
        float[] timesteps = new float[steps + 1];
        for (int i = 0; i <= steps; i++) {
            sigmas[i] = scheduler.sigma(i);
            timesteps[i] = scheduler.timestep(i);
        }
        assertArrayEquals(golden.at(0).floats(), sigmas);
        assertArrayEquals(golden.at(1).floats(), timesteps);
    }

    @Test
    void stepsOfABatchAreTheOfficialOnes() {
        NpyArray golden = NpyArray.golden("maths/euler");
        FlowMatchEulerScheduler scheduler = new FlowMatchEulerScheduler(3, 3);
        double[] omegaScales = {0, 10, -5};
        for (int i = 0; i < 3; i++) {
            try (INDArray latents = Arrays4d.of(golden.at(i).at(0));
                    INDArray velocity = Arrays4d.of(golden.at(i).at(1))) {
                scheduler.step(latents, velocity, i, omegaScales[i]);
                assertArrayEquals(golden.at(i).at(2).floats(), Arrays4d.floats(latents), 1e-6f, "step " + i);
                assertArrayEquals(golden.at(i).at(1).floats(), Arrays4d.floats(velocity), "velocity was changed");
            }
        }
    }

    @Test
    void impossibleArgumentsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new FlowMatchEulerScheduler(0, 3));
        assertThrows(IllegalArgumentException.class, () -> new FlowMatchEulerScheduler(10, 0));
        assertThrows(IllegalArgumentException.class, () -> new FlowMatchEulerScheduler(10, Double.NaN));
        try (INDArray latents = Latents.create(1, 2, 2, 2);
                INDArray velocity = Latents.create(1, 2, 2, 3)) {
            FlowMatchEulerScheduler scheduler = new FlowMatchEulerScheduler(1, 3);
            assertThrows(IllegalArgumentException.class, () -> scheduler.step(latents, velocity, 0, 10));
        }
    }
}
