package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.golden.NpyArray;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Golden files: scripts/golden/make_maths_golden.py. */
class FlowMatchEulerSchedulerTest {
    @Test
    void stepsOfABatchAreTheOfficialOnes() {
        NpyArray golden = NpyArray.golden("maths/euler");
        double[] omegaScales = {0, 10, -5};
        for (int i = 0; i < 3; i++) {
            try (INDArray latents = Arrays4d.of(golden.at(i).at(0));
                    INDArray velocity = Arrays4d.of(golden.at(i).at(1))) {
                new FlowMatchEulerScheduler(SigmaSchedule.of(3, 3), omegaScales[i]).step(latents, velocity, i);
                assertArrayEquals(golden.at(i).at(2).floats(), Arrays4d.floats(latents), 1e-6f, "step " + i);
                assertArrayEquals(golden.at(i).at(1).floats(), Arrays4d.floats(velocity), "velocity was changed");
            }
        }
    }

    @Test
    void impossibleArgumentsAreRefused() {
        SigmaSchedule schedule = SigmaSchedule.of(1, 3);
        assertThrows(IllegalArgumentException.class, () -> new FlowMatchEulerScheduler(schedule, Double.NaN));
        try (INDArray latents = Latents.create(1, 2, 2, 2);
                INDArray velocity = Latents.create(1, 2, 2, 3)) {
            FlowMatchEulerScheduler scheduler = new FlowMatchEulerScheduler(schedule, 10);
            assertThrows(IllegalArgumentException.class, () -> scheduler.step(latents, velocity, 0));
        }
    }
}
