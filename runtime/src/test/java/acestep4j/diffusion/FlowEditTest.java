package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.InvalidRequestException;
import acestep4j.golden.NpyArray;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Golden files: scripts/golden/make_maths_golden.py. */
class FlowEditTest {
    @Test
    void everyVariationOfTheSettingsGivesTheOfficialLatents() {
        NpyArray settings = NpyArray.golden("maths/flow_edit_settings");
        for (int i = 0; i < settings.shape()[0]; i++) {
            double[] s = settings.at(i).values();
            FlowEditSettings edit = new FlowEditSettings(s[1], s[2], s[3], (int) s[4], s[5] == 1);
            try (INDArray source = AnalyticDenoiser.source((int) s[6], 2);
                    INDArray edited = edit(source, (int) s[0], edit, AnalyticDenoiser.NOBODY)) {
                AnalyticDenoiser.assertClose(NpyArray.golden("maths/flow_edit_" + i), edited, "case " + i);
            }
        }
    }

    /** The official code drops these steps. */
    @Test
    void pingPongStepsThatFollowTheSourceCount() {
        FlowEditSettings settings = new FlowEditSettings(1, 0.25, 0.75, 1, true);
        SigmaSchedule schedule = SigmaSchedule.of(4, 3);
        try (INDArray source = AnalyticDenoiser.source(1, 2);
                INDArray edited = edit(source, 4, settings, AnalyticDenoiser.NOBODY)) {
            float[] clean = Arrays4d.floats(source);
            double[] expected = new double[clean.length];
            for (int j = 0; j < clean.length; j++) {
                expected[j] = clean[j];
            }
            TorchGenerator generator = new TorchGenerator(3);
            for (int i = 1; i < 4; i++) {
                double sigma = schedule.sigma(i);
                double next = schedule.sigma(i + 1);
                float[] noise = draw(generator, clean.length);
                if (i == 3) {
                    for (int j = 0; j < clean.length; j++) {
                        expected[j] += sigma * (noise[j] - clean[j]);
                        expected[j] -= sigma * (expected[j] * sigma + 0.25);
                    }
                    break;
                }
                for (int j = 0; j < clean.length; j++) {
                    double noisySource = (1 - sigma) * clean[j] + sigma * noise[j];
                    double noisyTarget = expected[j] + noisySource - clean[j];
                    double velocity = noisyTarget * sigma + 0.25 - (noisySource * (sigma + 0.25) - 0.125);
                    expected[j] = (1 - next) * (expected[j] - sigma * velocity) + next * clean[j];
                }
            }
            float[] actual = Arrays4d.floats(edited);
            for (int j = 0; j < expected.length; j++) {
                assertEquals(expected[j], actual[j], 2e-6, "value " + j);
            }
        }
    }

    @Test
    void theSourceIsNotChangedAndComesBackWhenThereIsNothingToDo() {
        List<String> heard = new ArrayList<>();
        try (INDArray source = AnalyticDenoiser.source(2, 2);
                INDArray edited = edit(
                        source,
                        5,
                        new FlowEditSettings(15, 0.4, 0.8, 2, false),
                        (done, total) -> heard.add(done + " of " + total));
                INDArray same = edit(
                        source, 5, new FlowEditSettings(15, 1, 1, 2, false), (done, total) -> heard.add("nothing"))) {
            assertEquals(List.of("1 of 3", "2 of 3", "3 of 3"), heard);
            try (INDArray again = AnalyticDenoiser.source(2, 2)) {
                assertArrayEquals(Arrays4d.floats(again), Arrays4d.floats(source));
            }
            assertArrayEquals(Arrays4d.floats(source), Arrays4d.floats(same));
            assertFalse(java.util.Arrays.equals(Arrays4d.floats(source), Arrays4d.floats(edited)));
        }
    }

    @Test
    void theModelRunsAsOftenAsTheSettingsSay() {
        FlowEditSettings guided = new FlowEditSettings(15, 0.2, 0.6, 3, false);
        FlowEditSettings unguided = new FlowEditSettings(1, 0.2, 0.6, 3, false);
        assertEquals(List.of(12, 12, 2, 2), evaluations(guided));
        assertEquals(List.of(6, 6, 1, 1), evaluations(unguided));
        assertEquals(1, guided.firstStep(5));
        for (int i = 1; i < 5; i++) {
            assertEquals(evaluations(guided).get(i - 1), guided.evaluations(i, 5));
            assertEquals(evaluations(unguided).get(i - 1), unguided.evaluations(i, 5));
        }
    }

    @Test
    void aListenerCanStopTheEdit() {
        IllegalStateException stop = new IllegalStateException("stop");
        StepListener listener = (done, total) -> {
            throw stop;
        };
        try (INDArray source = AnalyticDenoiser.source(1, 2)) {
            FlowEditSettings settings = new FlowEditSettings(15, 0, 1, 1, false);
            assertSame(stop, assertThrows(IllegalStateException.class, () -> edit(source, 5, settings, listener)));
        }
    }

    @Test
    void impossibleSettingsAreRefusedByName() {
        assertRefused("guidanceScale", () -> new FlowEditSettings(-1, 0, 1, 1, false));
        assertRefused("guidanceScale", () -> new FlowEditSettings(Double.NaN, 0, 1, 1, false));
        assertRefused("nMin", () -> new FlowEditSettings(15, -0.1, 1, 1, false));
        assertRefused("nMin", () -> new FlowEditSettings(15, 0.6, 0.5, 1, false));
        assertRefused("nMax", () -> new FlowEditSettings(15, 0, 1.1, 1, false));
        assertRefused("nMax", () -> new FlowEditSettings(15, 0, Double.NaN, 1, false));
        assertRefused("nAvg", () -> new FlowEditSettings(15, 0, 1, 0, false));
        try (INDArray source = AnalyticDenoiser.source(2, 2)) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> FlowEdit.run(
                            AnalyticDenoiser::velocity,
                            AnalyticDenoiser::targetVelocity,
                            SigmaSchedule.of(2, 3),
                            new FlowEditSettings(15, 0, 1, 1, false),
                            List.of(new TorchGenerator(3)),
                            source,
                            AnalyticDenoiser.NOBODY));
        }
    }

    private static void assertRefused(String field, Runnable made) {
        assertEquals(
                field, assertThrows(InvalidRequestException.class, made::run).field());
    }

    /** Number of the model's evaluations in each of the five steps which is taken. */
    private static List<Integer> evaluations(FlowEditSettings settings) {
        List<Integer> counts = new ArrayList<>();
        int[] count = {0};
        Denoiser counting = (latents, timestep, pass, velocity) -> count[0]++;
        StepListener listener = (done, total) -> {
            counts.add(count[0]);
            count[0] = 0;
        };
        try (INDArray source = AnalyticDenoiser.source(1, 2)) {
            FlowEdit.run(
                            counting,
                            counting,
                            SigmaSchedule.of(5, 3),
                            settings,
                            List.of(new TorchGenerator(3)),
                            source,
                            listener)
                    .close();
        }
        return counts;
    }

    private static INDArray edit(INDArray source, int steps, FlowEditSettings settings, StepListener listener) {
        List<TorchGenerator> generators = List.of(new TorchGenerator(3), new TorchGenerator(4));
        return FlowEdit.run(
                AnalyticDenoiser::velocity,
                AnalyticDenoiser::targetVelocity,
                SigmaSchedule.of(steps, 3),
                settings,
                generators.subList(0, (int) source.size(0)),
                source,
                listener);
    }

    private static float[] draw(TorchGenerator generator, int length) {
        FloatBuffer noise = FloatBuffer.allocate(length);
        generator.fillNormal(noise);
        return noise.array();
    }
}
