package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.golden.NpyArray;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Golden file: scripts/golden/make_maths_golden.py. */
class FlowMatchPingPongSchedulerTest {
    @Test
    void stepsOfABatchAreTheOfficialOnes() {
        NpyArray golden = NpyArray.golden("maths/pingpong");
        FlowMatchPingPongScheduler scheduler =
                FlowMatchPingPongScheduler.fromNoise(SigmaSchedule.of(3, 3), new TorchGenerator(13));
        assertEquals(golden.shape()[0], scheduler.evaluations());
        assertEquals(3, scheduler.steps());
        for (int i = 0; i < scheduler.evaluations(); i++) {
            try (INDArray latents = Arrays4d.of(golden.at(i).at(0));
                    INDArray velocity = Arrays4d.of(golden.at(i).at(1))) {
                scheduler.step(latents, velocity, i);
                AnalyticDenoiser.assertClose(golden.at(i).at(2), latents, "step " + i);
                assertArrayEquals(golden.at(i).at(1).floats(), Arrays4d.floats(velocity), "velocity was changed");
            }
        }
    }

    @Test
    void velocitiesOfAnotherSizeAreRefused() {
        try (INDArray latents = Latents.create(1, 2, 2, 2);
                INDArray velocity = Latents.create(1, 2, 2, 3)) {
            FlowMatchPingPongScheduler scheduler =
                    FlowMatchPingPongScheduler.fromNoise(SigmaSchedule.of(1, 3), new TorchGenerator(1));
            assertThrows(IllegalArgumentException.class, () -> scheduler.step(latents, velocity, 0));
        }
    }
}
