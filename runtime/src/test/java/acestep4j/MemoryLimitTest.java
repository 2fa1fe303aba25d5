package acestep4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.MemoryLimit.Policy;
import acestep4j.bundle.Bundle;
import acestep4j.model.Memory;
import acestep4j.request.TextToMusicRequest;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A limit on memory, and the two plans that keep it: offload and overlapped decoding. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class MemoryLimitTest {
    private static final Path BUNDLE = Path.of(System.getProperty("acestep4j.models"), "random-small");
    private static final AceStepOptions OPTIONS = AceStepOptions.defaults().withThreads(1);
    private static final AceStepOptions OFFLOADED = OPTIONS.withOffload(true);
    private static final TextToMusicRequest SONG = song(1.5);

    /** Of more than the 48 s that are decoded as a whole in any case. */
    private static final TextToMusicRequest LONG_SONG = song(49);

    @Test
    void decodesInWindowsWhenAskedToWhatIsLongerThan48Seconds() {
        try (AceStep aceStep = AceStep.open(BUNDLE, OPTIONS.withOverlappedDecode(true))) {
            assertEquals(
                    DecodingMode.WHOLE, aceStep.generate(SONG).receipt().plan().decoding());
            assertEquals(
                    DecodingMode.OVERLAPPED, aceStep.estimate(LONG_SONG).plan().decoding());
            assertEquals(DecodingMode.WHOLE, aceStep.estimate(song(48)).plan().decoding());
        }
    }

    @Test
    void runsWithinTheLimitAsAsked() {
        long needed = needed(OPTIONS, SONG);
        try (AceStep aceStep = AceStep.open(BUNDLE, OPTIONS.withMemoryLimit(needed, Policy.REFUSE))) {
            Receipt receipt = aceStep.generate(SONG).receipt();
            assertEquals(new Plan(false, DecodingMode.WHOLE), receipt.plan());
            JsonObject json = JsonParser.parseString(receipt.toJson(0)).getAsJsonObject();
            assertEquals("whole", json.get("decoding").getAsString());
            assertFalse(json.get("offload").getAsBoolean());
        }
    }

    @Test
    void refusesWhatIsOverTheLimitBeforeAnythingRuns() {
        long needed = needed(OPTIONS, SONG);
        try (AceStep aceStep = AceStep.open(BUNDLE, OPTIONS.withMemoryLimit(needed - 1, Policy.REFUSE))) {
            List<Progress> heard = new ArrayList<>();
            InvalidRequestException refused =
                    assertThrows(InvalidRequestException.class, () -> aceStep.generate(SONG, heard::add));
            assertEquals("duration", refused.field());
            assertTrue(refused.getMessage().contains("memory limit of "), refused.getMessage());
            assertTrue(refused.getMessage().contains("it fits with a smaller plan: "), refused.getMessage());
            assertEquals(List.of(), heard);
            assertEquals(
                    refused.getMessage(),
                    assertThrows(InvalidRequestException.class, () -> aceStep.estimate(SONG))
                            .getMessage());
            assertEquals(
                    "batchSize",
                    assertThrows(InvalidRequestException.class, () -> aceStep.generate(song(1.5, 2)))
                            .field());
            aceStep.generate(song(1));
        }
    }

    @Test
    void offloadsWhatFitsNoOtherWayAndChangesNoSample() {
        long needed = needed(OPTIONS, SONG);
        try (AceStep plain = AceStep.open(BUNDLE, OPTIONS);
                AceStep limited = AceStep.open(BUNDLE, OPTIONS.withMemoryLimit(needed - 1, Policy.SMALLER_PLAN))) {
            assertFalse(limited.estimate(song(1)).plan().offload());
            assertTrue(limited.estimate(SONG).plan().offload());
            GenerationResult result = limited.generate(SONG);
            assertEquals(new Plan(true, DecodingMode.WHOLE), result.receipt().plan());
            assertTrue(result.receipt().toJson(0).contains("\"offload\":true"));
            assertSame(plain.generate(SONG), result);
            assertTrue(limited.estimate(song(1)).plan().offload());
        }
    }

    @Test
    void decodesInWindowsWhatFitsNoOtherWay() {
        long overlapped = needed(OFFLOADED.withOverlappedDecode(true), LONG_SONG);
        assertTrue(overlapped < needed(OFFLOADED, LONG_SONG));
        try (AceStep limited = AceStep.open(BUNDLE, OPTIONS.withMemoryLimit(overlapped, Policy.SMALLER_PLAN))) {
            GenerationResult result = limited.generate(LONG_SONG);
            assertEquals(
                    new Plan(true, DecodingMode.OVERLAPPED), result.receipt().plan());
            assertTrue(result.receipt().toJson(0).contains("\"decoding\":\"overlapped\""));
            assertEquals((int) (result.latentsShape().get(3) * 4096L * 48_000.0 / 44_100), samples(result).length);
            InvalidRequestException refused =
                    assertThrows(InvalidRequestException.class, () -> limited.generate(song(200)));
            assertTrue(refused.getMessage().contains("overlapped decoding, offload"), refused.getMessage());
        }
    }

    @Test
    void theLimitHoldsForOpeningToo() {
        long loaded = Memory.loaded(Bundle.open(BUNDLE, false), "fp32");
        InvalidRequestException refused = assertThrows(
                InvalidRequestException.class,
                () -> AceStep.open(BUNDLE, OPTIONS.withMemoryLimit(loaded - 1, Policy.REFUSE)));
        assertEquals("memoryLimit", refused.field());
        assertTrue(refused.getMessage().contains("take offload"), refused.getMessage());
        for (Policy policy : Policy.values()) {
            assertThrows(
                    InvalidRequestException.class,
                    () -> AceStep.open(BUNDLE, OFFLOADED.withMemoryLimit(1_000_000, policy)));
        }
        AceStepOptions limited = OPTIONS.withMemoryLimit(loaded - 1, Policy.SMALLER_PLAN);
        try (AceStep aceStep = AceStep.open(BUNDLE, limited)) {
            InvalidRequestException tooMuch =
                    assertThrows(InvalidRequestException.class, () -> aceStep.generate(song(200)));
            assertFalse(tooMuch.getMessage().contains("it fits"), tooMuch.getMessage());
            Plan plan = aceStep.estimate(song(1)).plan();
            assertTrue(plan.offload());
        }
    }

    @Test
    void generationsUnderALimitTakeTurns() {
        long needed = needed(OPTIONS, SONG);
        try (AceStep aceStep = AceStep.open(BUNDLE, OPTIONS.withMemoryLimit(needed, Policy.REFUSE))) {
            GenerationResult alone = aceStep.generate(SONG);
            Cancellation waiting = new Cancellation();
            List<CompletableFuture<GenerationResult>> others = new ArrayList<>();
            aceStep.generate(SONG, progress -> {
                if (progress.stage() == Stage.TEXT && progress.step() == 0) {
                    others.add(CompletableFuture.supplyAsync(() -> aceStep.generate(SONG)));
                    CompletableFuture<GenerationResult> cancelled = CompletableFuture.supplyAsync(
                            () -> aceStep.generate(SONG, ProgressListener.none(), waiting));
                    waiting.cancel();
                    assertThrows(RuntimeException.class, cancelled::join);
                    assertFalse(others.get(0).isDone());
                }
            });
            assertSame(alone, others.get(0).join());
        }
    }

    @Test
    void refusesLimitsThatAreNone() {
        assertThrows(InvalidRequestException.class, () -> OPTIONS.withMemoryLimit(0, Policy.REFUSE));
        assertThrows(InvalidRequestException.class, () -> OPTIONS.withMemoryLimit(1, null));
        assertEquals("smaller-plan", Policy.SMALLER_PLAN.label());
        assertEquals(Policy.REFUSE, Policy.labelled("refuse").orElseThrow());
        assertTrue(Policy.labelled("none").isEmpty());
    }

    private static long needed(AceStepOptions options, TextToMusicRequest request) {
        try (AceStep aceStep = AceStep.open(BUNDLE, options)) {
            return aceStep.estimate(request).memory();
        }
    }

    private static TextToMusicRequest song(double seconds) {
        return song(seconds, 1);
    }

    private static TextToMusicRequest song(double seconds, int items) {
        return TextToMusicRequest.builder()
                .prompt("jazz, piano")
                .duration(seconds)
                .steps(1)
                .batchSize(items)
                .seed(5)
                .build();
    }

    private static float[] samples(GenerationResult result) {
        return result.audio().get(0).samples()[0];
    }

    private static void assertSame(GenerationResult expected, GenerationResult actual) {
        assertEquals(expected.latents(), actual.latents());
        assertArrayEquals(samples(expected), samples(actual));
    }
}
