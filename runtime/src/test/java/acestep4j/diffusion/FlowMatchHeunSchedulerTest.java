package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.golden.NpyArray;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Golden file: scripts/golden/make_maths_golden.py. */
class FlowMatchHeunSchedulerTest {
    @Test
    void evaluationsOfABatchAreTheOfficialOnes() {
        NpyArray golden = NpyArray.golden("maths/heun");
        FlowMatchHeunScheduler scheduler = new FlowMatchHeunScheduler(SigmaSchedule.of(3, 3), 10);
        assertEquals(golden.shape()[0], scheduler.evaluations());
        for (int i = 0; i < scheduler.evaluations(); i++) {
            try (INDArray latents = Arrays4d.of(golden.at(i).at(0));
                    INDArray velocity = Arrays4d.of(golden.at(i).at(1))) {
                scheduler.step(latents, velocity, i);
                AnalyticDenoiser.assertClose(golden.at(i).at(2), latents, "evaluation " + i);
                assertArrayEquals(golden.at(i).at(1).floats(), Arrays4d.floats(velocity), "velocity was changed");
            }
        }
    }

    @Test
    void everyStepButTheLastEvaluatesBothItsEnds() {
        SigmaSchedule schedule = SigmaSchedule.ofSteps(List.of(2, 3, 7), 3);
        FlowMatchHeunScheduler scheduler = new FlowMatchHeunScheduler(schedule, 10);
        assertEquals(3, scheduler.steps());
        assertEquals(5, scheduler.evaluations());
        assertEquals(0, scheduler.firstEvaluation());
        int[] steps = {0, 1, 1, 2, 2};
        for (int i = 0; i < steps.length; i++) {
            assertEquals(schedule.timestep(steps[i]), scheduler.timestep(i));
        }
        assertEquals(1, new FlowMatchHeunScheduler(SigmaSchedule.of(1, 3), 10).evaluations());
    }

    /** The official class can't take chosen steps. The velocity is linear in sigma, where Heun's steps are exact. */
    @Test
    void chosenStepsLeadWhereTheVelocityLeads() {
        SigmaSchedule schedule = SigmaSchedule.ofSteps(List.of(2, 3, 7), 3);
        try (INDArray latents = Latents.create(1, 8, 16, 1)) {
            Denoiser linear = (at, timestep, pass, velocity) -> velocity.assign(timestep / 1000);
            SamplingLoop.run(
                    linear,
                    new FlowMatchHeunScheduler(schedule, 0),
                    new CfgGuidance(),
                    new SamplingSettings(1, 1, 0, 3),
                    latents,
                    AnalyticDenoiser.NOBODY);
            double first = schedule.sigma(0);
            double last = schedule.sigma(2);
            // The last step has one evaluation: a rectangle instead of a triangle.
            double expected = (last * last - first * first) / 2 - last * last;
            for (float value : Arrays4d.floats(latents)) {
                assertEquals(expected, value, 1e-6);
            }
        }
    }

    @Test
    void impossibleArgumentsAreRefused() {
        SigmaSchedule schedule = SigmaSchedule.of(2, 3);
        assertThrows(
                IllegalArgumentException.class, () -> new FlowMatchHeunScheduler(schedule, Double.POSITIVE_INFINITY));
        try (INDArray latents = Latents.create(1, 2, 2, 2);
                INDArray velocity = Latents.create(1, 2, 2, 3)) {
            FlowMatchHeunScheduler scheduler = new FlowMatchHeunScheduler(schedule, 10);
            assertThrows(IllegalArgumentException.class, () -> scheduler.step(latents, velocity, 0));
        }
    }
}
