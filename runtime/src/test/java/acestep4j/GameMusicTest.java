package acestep4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioStream;
import acestep4j.job.JobOptions;
import acestep4j.job.JobState;
import acestep4j.job.MusicJob;
import acestep4j.job.MusicJobs;
import acestep4j.quality.QualityGate;
import acestep4j.quality.QualityProblem;
import acestep4j.quality.QualityReport;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.MusicDuration;
import acestep4j.request.MusicRequest;
import acestep4j.request.MusicSide;
import acestep4j.request.MusicStyle;
import acestep4j.request.RepaintRequest;
import acestep4j.request.RetakeRequest;
import acestep4j.request.TextToMusicRequest;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a game asks for, with the small bundle of random weights. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class GameMusicTest {
    private static final Path BUNDLE = Path.of(System.getProperty("acestep4j.models"), "random-small");

    private static AceStep aceStep;
    private static GenerationResult theme;

    @BeforeAll
    static void open() {
        aceStep = AceStep.open(BUNDLE);
        TextToMusicRequest request = MusicRequest.builder()
                .style(MusicStyle.CHIPTUNE)
                .bpm(150)
                .duration(2)
                .seed(-12)
                .full()
                .steps(3)
                .omegaScale(2)
                .build();
        theme = aceStep.generate(request);
    }

    @AfterAll
    static void close() {
        aceStep.close();
    }

    @Test
    void theReceiptShowsWhatTheWordsBecame() {
        JsonObject json = JsonParser.parseString(theme.receipt().toJson(0)).getAsJsonObject();
        assertEquals(
                "chiptune, 8-bit, video game music, square wave, arpeggio, 150 bpm, instrumental",
                json.get("prompt").getAsString());
        assertEquals("[inst]", json.get("lyrics").getAsString());
        assertEquals(MusicRequest.seed(-12), json.getAsJsonArray("seeds").get(0).getAsLong());
    }

    @Test
    void aVariationOfStrength0IsTheThemeAndAnyOtherIsNot() {
        assertArrayEquals(samples(theme), samples(aceStep.generate(varied(theme, 0))));
        GenerationRequest request = varied(theme, 0.3);
        assertInstanceOf(RetakeRequest.class, request);
        float[] variation = samples(aceStep.generate(request));
        assertEquals(samples(theme).length, variation.length);
        assertFalse(Arrays.equals(samples(theme), variation));
    }

    @Test
    void aVariationOfAVariationStartsFromItsSound() {
        GenerationResult variation = aceStep.generate(varied(theme, 0.3));
        AudioToAudioRequest again = assertInstanceOf(AudioToAudioRequest.class, varied(variation, 0.3));
        assertEquals(theme.receipt().settings().request().prompt(), again.prompt());
        assertEquals(variation.audio().get(0), again.reference());
        assertEquals(3, again.sampling().steps().orElseThrow());
        assertEquals(samples(theme).length, samples(aceStep.generate(again)).length, 4_500);
    }

    private static GenerationRequest varied(GenerationResult original, double strength) {
        return MusicRequest.variation(original, strength, 5).build();
    }

    @Test
    void theThemeGrowsAtItsEnd() {
        GenerationResult longer = aceStep.generate(
                MusicRequest.extend(theme, MusicSide.AFTER, 1, 5).build());
        assertEquals(3, longer.audio().get(0).seconds(), 0.15);
        assertEquals(
                theme.receipt().settings().request().prompt(),
                longer.receipt().settings().request().prompt());
    }

    @Test
    void aBridgeLeadsFromTheThemeToItsVariationUnderItsPrompt() {
        GenerationResult variation = aceStep.generate(varied(theme, 0.5));
        RepaintRequest request = MusicRequest.bridge(theme, variation, 1, 5).build();
        assertEquals(theme.receipt().settings().request().prompt(), request.prompt());
        assertEquals(3, request.sampling().steps().orElseThrow());
        AudioBuffer whole = aceStep.generate(request).audio().get(0);
        assertEquals(request.source().seconds(), whole.seconds(), 0.1);
        AudioBuffer other = aceStep.generate(
                        MusicRequest.bridge(theme, variation, 1, 6).build())
                .audio()
                .get(0);
        assertFalse(Arrays.equals(whole.samples()[0], other.samples()[0]));
    }

    @Test
    void aRestyledThemeIsAsLongAndItsOwnRestylingStartsFromTheNewPrompt() {
        GenerationResult metal = aceStep.generate(
                MusicRequest.restyle(theme, MusicStyle.METAL.tags(), 0.7, 5).build());
        assertEquals(samples(theme).length, samples(metal).length, 4_500);
        EditRequest next =
                MusicRequest.restyle(metal, MusicStyle.JAZZ.tags(), 0.7, 5).build();
        assertEquals(MusicStyle.METAL.tags(), next.prompt());
        assertEquals(MusicStyle.JAZZ.tags(), next.targetPrompt());
    }

    @Test
    void aStreamIsHeardWhileItIsMadeAndIsTheResult() {
        TextToMusicRequest request = MusicRequest.builder()
                .style(MusicStyle.AMBIENT)
                .duration(8)
                .seed(3)
                .full()
                .steps(2)
                .build();
        JobOptions options = JobOptions.defaults().withLookAhead(Duration.ofMillis(200));
        try (MusicJobs jobs = MusicJobs.on(aceStep, options)) {
            MusicJob job = jobs.stream(request);
            AudioStream stream = job.stream();
            assertEquals(2, stream.channels());
            assertEquals(48_000, stream.sampleRate());
            float[][] block = new float[2][2_400];
            FloatBuffer heard = FloatBuffer.allocate(9 * 48_000);
            for (int frames = stream.read(block); frames != AudioStream.END; frames = stream.read(block)) {
                heard.put(block[0], 0, frames);
                if (heard.position() < 7 * 48_000) {
                    assertEquals(JobState.RUNNING, job.state());
                }
            }
            GenerationResult result = job.result().toCompletableFuture().join();
            assertArrayEquals(samples(result), Arrays.copyOf(heard.array(), heard.position()));
            assertArrayEquals(samples(aceStep.generate(request)), samples(result), 2e-5f);
            assertEquals(List.of(3L), result.receipt().settings().seeds());
            assertEquals(1, result.quality().size());
        }
    }

    @Test
    void aStreamThatIsClosedCancelsItsJob() {
        try (MusicJobs jobs = MusicJobs.on(aceStep)) {
            MusicJob job = jobs.stream(
                    MusicRequest.builder().mood("calm").full().steps(1_000).build());
            job.stream().close();
            CompletionException problem = assertThrows(
                    CompletionException.class,
                    () -> job.result().toCompletableFuture().join());
            assertInstanceOf(CancelledException.class, problem.getCause());
        }
    }

    @Test
    void aJobIsCancelledWithinAStep() throws InterruptedException {
        try (MusicJobs jobs = MusicJobs.on(aceStep)) {
            MusicJob job = jobs.submit(MusicRequest.builder()
                    .mood("calm")
                    .duration(MusicDuration.EXTENDED)
                    .full()
                    .steps(1_000)
                    .build());
            CountDownLatch stepping = new CountDownLatch(1);
            job.onProgress(progress -> {
                if (progress.stage() == Stage.DIFFUSION && progress.step() == 1) {
                    stepping.countDown();
                }
            });
            stepping.await();
            job.cancel();
            CompletionException problem = assertThrows(
                    CompletionException.class,
                    () -> job.result().toCompletableFuture().join());
            assertInstanceOf(CancelledException.class, problem.getCause());
            assertTrue(job.progress().orElseThrow().step() < 100, job.progress()::toString);
        }
    }

    @Test
    void severalRuntimesMakeTheSameMusicAtOnce() {
        TextToMusicRequest request =
                (TextToMusicRequest) theme.receipt().settings().request();
        try (AceStep other = AceStep.open(BUNDLE);
                MusicJobs jobs = MusicJobs.on(aceStep);
                MusicJobs otherJobs = MusicJobs.on(other)) {
            List<MusicJob> all = List.of(
                    jobs.submit(request), otherJobs.submit(request), jobs.submit(request), otherJobs.submit(request));
            for (MusicJob job : all) {
                assertArrayEquals(
                        samples(theme),
                        samples(job.result().toCompletableFuture().join()));
            }
        }
    }

    @Test
    void aBatchHasNoStream() {
        TextToMusicRequest batch =
                MusicRequest.builder().mood("calm").full().batchSize(2).build();
        try (MusicJobs jobs = MusicJobs.on(aceStep)) {
            InvalidRequestException problem = assertThrows(InvalidRequestException.class, () -> jobs.stream(batch));
            assertEquals("batchSize", problem.field());
            assertThrows(IllegalStateException.class, () -> jobs.submit(varied(theme, 0)).stream());
        }
    }

    @Test
    void everyTaskHasTheLengthThatTheQualityGateExpects() {
        AudioBuffer sound = theme.audio().get(0);
        List<GenerationRequest> requests = List.of(
                varied(theme, 0.5),
                MusicRequest.variation(sound, 0.5, 5).steps(2).build(),
                MusicRequest.extend(sound, MusicSide.BEFORE, 1, 5).steps(2).build(),
                MusicRequest.restyle(sound, "metal", 0.5, 5).steps(2).build(),
                RepaintRequest.builder().source(sound).end(1).steps(2).build());
        QualityGate exact = QualityGate.defaults().withLengthTolerance(0.1);
        for (GenerationRequest request : requests) {
            QualityReport report = exact.check(aceStep.generate(request));
            assertTrue(
                    report.findings().stream().noneMatch(finding -> finding.problem() == QualityProblem.LENGTH),
                    request.task() + ": " + report);
        }
    }

    private static float[] samples(GenerationResult result) {
        return result.audio().get(0).samples()[0];
    }
}
