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
    private static final StepListener NOBODY = AnalyticDenoiser.NOBODY;
    private static final SamplingSettings SETTINGS = new SamplingSettings(15, 0.5, 0.4, 3);

    @Test
    void everyVariationOfTheSettingsGivesTheOfficialLatents() {
        NpyArray settings = NpyArray.golden("maths/loop_settings");
        NpyArray golden = NpyArray.golden("maths/loop");
        for (int i = 0; i < settings.shape()[0]; i++) {
            double[] s = settings.at(i).values();
            try (INDArray latents = AnalyticDenoiser.noise(2, new TorchGenerator(3), new TorchGenerator(4))) {
                Scheduler scheduler = new FlowMatchEulerScheduler(SigmaSchedule.of((int) s[0], 3), s[5]);
                SamplingSettings sampling = new SamplingSettings(s[1], s[2], s[3], s[4]);
                SamplingLoop.run(AnalyticDenoiser::velocity, scheduler, new ApgGuidance(), sampling, latents, NOBODY);
                AnalyticDenoiser.assertClose(golden.at(i), latents, "case " + i);
            }
        }
    }

    @Test
    void everySchedulerAndGuidanceGivesTheOfficialLatents() {
        NpyArray settings = NpyArray.golden("maths/loop_variant_settings");
        NpyArray golden = NpyArray.golden("maths/loop_variant");
        for (int i = 0; i < settings.shape()[0]; i++) {
            double[] s = settings.at(i).values();
            TorchGenerator first = new TorchGenerator(3);
            try (INDArray latents = AnalyticDenoiser.noise(2, first, new TorchGenerator(4))) {
                SamplingLoop.run(
                        AnalyticDenoiser::velocity,
                        scheduler((int) s[0], SigmaSchedule.of((int) s[2], 3), s[7], first),
                        guidance((int) s[1], s[8], s[9]),
                        new SamplingSettings(s[3], s[4], s[5], s[6]),
                        latents,
                        NOBODY);
                AnalyticDenoiser.assertClose(golden.at(i), latents, "case " + i);
            }
        }
    }

    @Test
    void chosenStepsGiveTheOfficialLatents() {
        for (int i = 0; i < SigmaScheduleTest.STEP_LISTS.size(); i++) {
            SigmaSchedule schedule = SigmaSchedule.ofSteps(SigmaScheduleTest.STEP_LISTS.get(i), 3);
            NpyArray golden = NpyArray.golden("maths/loop_steps_" + i);
            for (int k = 0; k < 2; k++) {
                TorchGenerator first = new TorchGenerator(3);
                try (INDArray latents = AnalyticDenoiser.noise(2, first, new TorchGenerator(4))) {
                    SamplingLoop.run(
                            AnalyticDenoiser::velocity,
                            scheduler(2 * k, schedule, 10, first),
                            new ApgGuidance(),
                            new SamplingSettings(15, 1, 0, 3),
                            latents,
                            NOBODY);
                    AnalyticDenoiser.assertClose(golden.at(k), latents, "list " + i + ", scheduler " + 2 * k);
                }
            }
        }
    }

    @Test
    void aReferenceGivesTheOfficialLatents() {
        NpyArray settings = NpyArray.golden("maths/loop_reference_settings");
        NpyArray golden = NpyArray.golden("maths/loop_reference");
        for (int i = 0; i < settings.shape()[0]; i++) {
            double[] s = settings.at(i).values();
            double sigmaMax = 1 - s[2];
            SigmaSchedule schedule = SigmaSchedule.from(sigmaMax, (int) (sigmaMax * s[1]), 3);
            TorchGenerator first = new TorchGenerator(3);
            try (INDArray latents = AnalyticDenoiser.noise(2, first, new TorchGenerator(4));
                    INDArray reference = AnalyticDenoiser.source(1, 2)) {
                FloatBuffer values = Latents.values(latents);
                FloatBuffer kept = Latents.values(reference);
                float share = schedule.noiseSigma();
                for (int j = 0; j < values.limit(); j++) {
                    values.put(j, kept.get(j % kept.limit()) * (float) (1.0 - share) + values.get(j) * share);
                }
                SamplingLoop.run(
                        AnalyticDenoiser::velocity,
                        schedulerFromSource((int) s[0], schedule, first),
                        new ApgGuidance(),
                        new SamplingSettings(15, 0.5, 0, 3),
                        latents,
                        NOBODY);
                AnalyticDenoiser.assertClose(golden.at(i), latents, "case " + i);
            }
        }
    }

    @Test
    void theUnconditionalPassRunsOnlyInTheInterval() {
        List<String> calls = new ArrayList<>();
        Denoiser counting = (latents, timestep, pass, velocity) -> calls.add(Math.round(timestep) + " " + pass);
        try (INDArray latents = Latents.create(1, 8, 16, 2)) {
            FlowMatchEulerScheduler scheduler = new FlowMatchEulerScheduler(SigmaSchedule.of(4, 3), 10);
            SamplingLoop.run(
                    counting, scheduler, new ApgGuidance(), new SamplingSettings(15, 0.5, 0, 3), latents, NOBODY);
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
    void aGuidedStepRunsThePassesOfItsGuidance() {
        List<Pass> passes = new ArrayList<>();
        Denoiser listing = (latents, timestep, pass, velocity) -> passes.add(pass);
        try (INDArray latents = Latents.create(1, 8, 16, 2)) {
            Scheduler scheduler = new FlowMatchHeunScheduler(SigmaSchedule.of(2, 3), 10);
            Guidance guidance = new DoubleConditionGuidance(2, 3);
            SamplingLoop.run(listing, scheduler, guidance, new SamplingSettings(15, 0.5, 0, 3), latents, NOBODY);
        }
        // Three evaluations; of two steps the first is guided.
        List<Pass> expected = List.of(Pass.CONDITIONAL, Pass.TEXT_ONLY, Pass.UNCONDITIONAL);
        assertEquals(expected, passes.subList(0, 3));
        assertEquals(List.of(Pass.CONDITIONAL, Pass.CONDITIONAL), passes.subList(3, passes.size()));
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
        assertSame(stop, assertThrows(IllegalStateException.class, () -> run(5, SETTINGS, 10, 2, listener)));
        assertEquals(List.of("1 of 5", "2 of 5", "3 of 5"), heard);
    }

    @Test
    void runsAreEqualToTheBitAloneAndAtOnce() throws InterruptedException, ExecutionException {
        float[] alone = run(12, SETTINGS, 10, 100, NOBODY);
        assertArrayEquals(alone, run(12, SETTINGS, 10, 100, NOBODY));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<float[]>> results = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                results.add(threads.submit(() -> run(12, SETTINGS, 10, 100, NOBODY)));
            }
            for (Future<float[]> result : results) {
                assertArrayEquals(alone, result.get());
            }
        } finally {
            threads.shutdown();
        }
    }

    private static float[] run(
            int steps, SamplingSettings settings, double omegaScale, int frames, StepListener listener) {
        try (INDArray latents = AnalyticDenoiser.noise(frames, new TorchGenerator(3), new TorchGenerator(4))) {
            Scheduler scheduler = new FlowMatchEulerScheduler(SigmaSchedule.of(steps, 3), omegaScale);
            SamplingLoop.run(AnalyticDenoiser::velocity, scheduler, new ApgGuidance(), settings, latents, listener);
            return Arrays4d.floats(latents);
        }
    }

    /** @param generator the first item's, which has drawn that item's noise already */
    private static Scheduler scheduler(int index, SigmaSchedule schedule, double omegaScale, TorchGenerator generator) {
        return switch (index) {
            case 0 -> new FlowMatchEulerScheduler(schedule, omegaScale);
            case 1 -> new FlowMatchHeunScheduler(schedule, omegaScale);
            default -> FlowMatchPingPongScheduler.fromNoise(schedule, generator);
        };
    }

    private static Scheduler schedulerFromSource(int index, SigmaSchedule schedule, TorchGenerator generator) {
        return index == 2
                ? FlowMatchPingPongScheduler.fromSource(schedule, generator)
                : scheduler(index, schedule, 10, generator);
    }

    private static Guidance guidance(int index, double textScale, double lyricScale) {
        return switch (index) {
            case 0 -> new ApgGuidance();
            case 1 -> new CfgGuidance();
            case 2 -> new CfgZeroStarGuidance();
            default -> new DoubleConditionGuidance(textScale, lyricScale);
        };
    }
}
