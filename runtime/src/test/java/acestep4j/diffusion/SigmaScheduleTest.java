package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.golden.NpyArray;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Golden files: scripts/golden/make_maths_golden.py. */
class SigmaScheduleTest {
    static final List<List<Integer>> STEP_LISTS = List.of(
            List.of(1),
            List.of(3),
            List.of(1, 2),
            List.of(1, 2, 3, 4),
            List.of(1, 4, 9, 16),
            List.of(16, 29, 52, 96, 129, 158, 172, 183, 189, 200));

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 27, 60, 1000})
    void sigmasAndTimestepsAreTheOfficialOnesToTheBit(int steps) {
        NpyArray golden = NpyArray.golden("maths/schedule_" + steps);
        SigmaSchedule schedule = SigmaSchedule.of(steps, 3);
        assertArrayEquals(golden.at(0).floats(), sigmas(schedule));
        assertArrayEquals(golden.at(1).floats(), timesteps(schedule));
        assertEquals(1, schedule.noiseSigma());
    }

    @Test
    void everyShiftIsTheOfficialOneToTheBit() {
        NpyArray golden = NpyArray.golden("maths/shifts");
        for (int i = 0; i < golden.shape()[0]; i++) {
            float[] row = golden.at(i).floats();
            SigmaSchedule schedule = SigmaSchedule.of(5, golden.at(i).values()[0]);
            assertArrayEquals(Arrays.copyOfRange(row, 1, row.length), sigmas(schedule), "shift " + row[0]);
        }
    }

    @Test
    void aStartBelowFullNoiseIsTheOfficialOneToTheBit() {
        NpyArray golden = NpyArray.golden("maths/starts");
        for (int i = 0; i < golden.shape()[0]; i++) {
            double[] row = golden.at(i).values();
            int steps = (int) row[1];
            SigmaSchedule schedule = SigmaSchedule.from(row[0], steps, 3);
            String message = "sigma maximum " + row[0];
            assertEquals(row[2], schedule.noiseSigma(), message);
            float[] expected = Arrays.copyOfRange(golden.at(i).floats(), 3, 4 + steps);
            assertArrayEquals(expected, sigmas(schedule), message);
        }
    }

    @Test
    void chosenStepsAreTheOfficialOnesToTheBit() {
        for (int i = 0; i < STEP_LISTS.size(); i++) {
            SigmaSchedule schedule = SigmaSchedule.ofSteps(STEP_LISTS.get(i), 3);
            NpyArray golden = NpyArray.golden("maths/steps_" + i);
            float[] timesteps = Arrays.copyOf(timesteps(schedule), schedule.steps());
            assertArrayEquals(golden.floats(), timesteps, "list " + i);
            assertEquals(0, schedule.sigma(schedule.steps()), "list " + i);
        }
    }

    @Test
    void impossibleArgumentsAreRefused() {
        assertRefused("steps: expected at least 1, found 0", () -> SigmaSchedule.of(0, 3));
        assertRefused("shift: expected a number above 0, found 0.0", () -> SigmaSchedule.of(10, 0));
        assertRefused("shift: expected a number above 0, found NaN", () -> SigmaSchedule.of(10, Double.NaN));
        assertRefused(
                "shift: expected a number above 0, found NaN", () -> SigmaSchedule.ofSteps(List.of(1, 2), Double.NaN));
        assertRefused(
                "sigmaMax: expected a number from 0.001 to 1, found 9.0E-4", () -> SigmaSchedule.from(0.0009, 10, 3));
        assertRefused("sigmaMax: expected a number from 0.001 to 1, found 1.01", () -> SigmaSchedule.from(1.01, 10, 3));
        assertRefused(
                "sigmaMax: expected a number from 0.001 to 1, found NaN", () -> SigmaSchedule.from(Double.NaN, 10, 3));
        assertRefused(
                "steps: expected at least one step number, found none", () -> SigmaSchedule.ofSteps(List.of(), 3));
        assertRefused(
                "steps: expected rising step numbers from 1, found 0 after 0",
                () -> SigmaSchedule.ofSteps(List.of(0, 1), 3));
        assertRefused(
                "steps: expected rising step numbers from 1, found 4 after 4",
                () -> SigmaSchedule.ofSteps(List.of(2, 4, 4), 3));
    }

    private static void assertRefused(String message, Runnable made) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, made::run).getMessage());
    }

    private static float[] sigmas(SigmaSchedule schedule) {
        float[] sigmas = new float[schedule.steps() + 1];
        for (int i = 0; i < sigmas.length; i++) {
            sigmas[i] = schedule.sigma(i);
        }
        return sigmas;
    }

    private static float[] timesteps(SigmaSchedule schedule) {
        float[] timesteps = new float[schedule.steps() + 1];
        for (int i = 0; i < timesteps.length; i++) {
            timesteps[i] = schedule.timestep(i);
        }
        return timesteps;
    }
}
