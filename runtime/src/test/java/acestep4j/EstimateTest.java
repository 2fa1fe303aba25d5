package acestep4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.audio.AudioBuffer;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.ExtendRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.RepaintRequest;
import acestep4j.request.RetakeRequest;
import acestep4j.request.TextToMusicRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a generation would take, before it and after others. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EstimateTest {
    private static final Path BUNDLE = Path.of(System.getProperty("acestep4j.models"), "random-small");
    private static final AceStepOptions OPTIONS = AceStepOptions.defaults().withThreads(1);

    private static AceStep aceStep;

    @BeforeAll
    static void open() {
        aceStep = AceStep.open(BUNDLE, OPTIONS);
    }

    @AfterAll
    static void close() {
        aceStep.close();
    }

    @Test
    void growsWithDurationBatchStepsAndLyrics() {
        Estimate small = aceStep.estimate(song(10, 1).build());
        for (TextToMusicRequest more : List.of(
                song(20, 1).build(),
                song(10, 2).build(),
                song(10, 1).steps(9).build(),
                song(10, 1)
                        .lyrics("[verse]\n" + "over the hills and far away\n".repeat(20))
                        .build())) {
            Estimate larger = aceStep.estimate(more);
            assertTrue(larger.time().compareTo(small.time()) > 0, small + " < " + larger);
            for (Stage stage : larger.stages().keySet()) {
                assertTrue(memory(larger, stage) >= memory(small, stage), stage + ": " + small + " <= " + larger);
            }
        }
        assertTrue(aceStep.estimate(song(200, 1).build()).memory() > small.memory());
        assertTrue(aceStep.estimate(song(10, 16).build()).memory() > small.memory());
    }

    @Test
    void addsUpAndHasThePeak() {
        Estimate estimate = aceStep.estimate(song(10, 1).build());
        Duration sum = Duration.ZERO;
        long most = 0;
        for (Estimate.StageEstimate stage : estimate.stages().values()) {
            sum = sum.plus(stage.time());
            most = Math.max(most, stage.memory());
        }
        assertEquals(sum, estimate.time());
        assertEquals(most, estimate.memory());
        assertEquals(new Plan(false, DecodingMode.WHOLE), estimate.plan());
    }

    @Test
    void hasTheStagesAndThePlanOfTheGeneration() {
        for (GenerationRequest request : everyTask()) {
            Estimate estimate = aceStep.estimate(request);
            Receipt receipt = aceStep.generate(request).receipt();
            assertEquals(receipt.timings().keySet(), estimate.stages().keySet(), request.task());
            assertEquals(receipt.plan(), estimate.plan());
        }
    }

    @Test
    void restsOnAProbeFirstAndThenOnWhatItHasSeen() {
        try (AceStep fresh = AceStep.open(BUNDLE, OPTIONS)) {
            TextToMusicRequest request = song(2, 1).build();
            Estimate before = fresh.estimate(request);
            assertEquals(Estimate.Basis.PROBED, before.basis());
            before.stages().values().forEach(stage -> assertTrue(stage.time().toNanos() > 0));

            Receipt receipt = fresh.generate(request).receipt();
            Estimate after = fresh.estimate(request);
            assertEquals(Estimate.Basis.MEASURED, after.basis());
            receipt.timings()
                    .forEach((stage, time) -> assertEquals(
                            time.toNanos(), after.stages().get(stage).time().toNanos(), 1e-6 * time.toNanos() + 2));
            double longer = fresh.estimate(song(4, 1).build())
                    .stages()
                    .get(Stage.DIFFUSION)
                    .time()
                    .toNanos();
            double ratio = longer / receipt.timings().get(Stage.DIFFUSION).toNanos();
            assertTrue(ratio > 1.8 && ratio < 2.2, "ratio " + ratio);

            Estimate withSource = fresh.estimate(everyTask().get(2));
            assertEquals(
                    Estimate.Basis.PROBED, withSource.stages().get(Stage.SOURCE).basis());
            assertEquals(
                    Estimate.Basis.MEASURED,
                    withSource.stages().get(Stage.DECODING).basis());
            assertEquals(Estimate.Basis.PROBED, withSource.basis());
        }
    }

    @Test
    void refusesWhatGenerateRefuses() {
        AudioBuffer tone = tone();
        for (GenerationRequest request : List.of(
                song(2, 1).lyrics("The river runs to the sea\n".repeat(1_000)).build(),
                RepaintRequest.builder()
                        .prompt("a")
                        .source(tone)
                        .start(0.2)
                        .end(0.21)
                        .build(),
                ExtendRequest.builder().prompt("a").source(tone).left(0.01).build())) {
            InvalidRequestException estimated =
                    assertThrows(InvalidRequestException.class, () -> aceStep.estimate(request));
            InvalidRequestException generated =
                    assertThrows(InvalidRequestException.class, () -> aceStep.generate(request));
            assertEquals(generated.getMessage(), estimated.getMessage());
        }
    }

    @Test
    void takesTheLongestOfARandomDuration() {
        TextToMusicRequest random = TextToMusicRequest.builder()
                .prompt("a")
                .randomDuration()
                .steps(3)
                .build();
        Estimate longest = aceStep.estimate(
                TextToMusicRequest.builder().prompt("a").duration(240).steps(3).build());
        assertEquals(longest.memory(), aceStep.estimate(random).memory());
    }

    @Test
    void needsLessMemoryWithOffload() {
        try (AceStep offloaded = AceStep.open(BUNDLE, OPTIONS.withOffload(true))) {
            Estimate estimate = offloaded.estimate(song(10, 1).build());
            assertEquals(new Plan(true, DecodingMode.WHOLE), estimate.plan());
            assertTrue(estimate.memory() < aceStep.estimate(song(10, 1).build()).memory());
        }
    }

    @Test
    void refusesWhenClosed() {
        AceStep closed = AceStep.open(BUNDLE, OPTIONS.withOffload(true));
        closed.close();
        assertThrows(ClosedException.class, () -> closed.estimate(song(2, 1).build()));
    }

    private static long memory(Estimate estimate, Stage stage) {
        return estimate.stages().get(stage).memory();
    }

    private static TextToMusicRequest.Builder song(double seconds, int items) {
        return TextToMusicRequest.builder()
                .prompt("jazz, piano")
                .lyrics("[verse]\nthe rain is here")
                .duration(seconds)
                .steps(3)
                .batchSize(items)
                .seed(1);
    }

    private static List<GenerationRequest> everyTask() {
        AudioBuffer tone = tone();
        return List.of(
                song(1, 2).build(),
                RetakeRequest.builder()
                        .prompt("a")
                        .duration(1)
                        .steps(2)
                        .variance(0.4)
                        .build(),
                RepaintRequest.builder()
                        .prompt("a")
                        .source(tone)
                        .start(0)
                        .end(0.5)
                        .steps(3)
                        .build(),
                ExtendRequest.builder()
                        .prompt("a")
                        .source(tone)
                        .right(0.5)
                        .steps(3)
                        .build(),
                EditRequest.builder()
                        .prompt("a")
                        .targetPrompt("b")
                        .source(tone)
                        .steps(3)
                        .build(),
                AudioToAudioRequest.builder()
                        .prompt("a")
                        .reference(tone)
                        .strength(0.5)
                        .steps(3)
                        .build(),
                AudioToAudioRequest.builder()
                        .prompt("a")
                        .reference(tone)
                        .strength(1)
                        .steps(3)
                        .build());
    }

    private static AudioBuffer tone() {
        float[] samples = new float[44_100];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (0.5 * Math.sin(i * 0.05));
        }
        return new AudioBuffer(new float[][] {samples}, 44_100);
    }
}
