package acestep4j.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.InvalidRequestException;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.GuidanceType;
import acestep4j.diffusion.SchedulerType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextToMusicRequestTest {
    private static final Manifest.Defaults DEFAULTS = new Manifest.Defaults(
            60, 27, 15, 10, 0.5, 0, 3, true, false, true, SchedulerType.EULER, GuidanceType.APG, 3);

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0, -1, 0.999, 240.001, 10_000, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesADurationOutsideItsRange(double seconds) {
        assertRefused("duration", TextToMusicRequest.builder().duration(seconds));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1001, Integer.MIN_VALUE})
    void refusesAStepCountOutsideItsRange(int steps) {
        assertRefused("steps", TextToMusicRequest.builder().steps(steps));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 17})
    void refusesABatchSizeOutsideItsRange(int items) {
        assertRefused("batchSize", TextToMusicRequest.builder().batchSize(items));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refusesNegativeAndUnboundedSettings(double value) {
        assertRefused("guidanceScale", TextToMusicRequest.Builder::guidanceScale, value);
        assertRefused("minGuidanceScale", TextToMusicRequest.Builder::minGuidanceScale, value);
        assertRefused("guidanceInterval", TextToMusicRequest.Builder::guidanceInterval, value);
        assertRefused("guidanceIntervalDecay", TextToMusicRequest.Builder::guidanceIntervalDecay, value);
    }

    @Test
    void refusesSharesAbove1() {
        assertRefused("guidanceInterval", TextToMusicRequest.Builder::guidanceInterval, 1.01);
        assertRefused("guidanceIntervalDecay", TextToMusicRequest.Builder::guidanceIntervalDecay, 1.01);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void refusesAnOmegaScaleThatIsNotFinite(double value) {
        assertRefused("omegaScale", TextToMusicRequest.Builder::omegaScale, value);
        assertEquals(
                -5,
                TextToMusicRequest.builder()
                        .omegaScale(-5)
                        .build()
                        .sampling()
                        .omegaScale()
                        .orElseThrow());
    }

    @Test
    void refusesMissingTextsAndLoneSurrogatesWithTheirIndex() {
        assertRefused("prompt", TextToMusicRequest.builder().prompt(null));
        assertRefused("lyrics", TextToMusicRequest.builder().lyrics(null));
        InvalidRequestException high =
                assertRefused("prompt", TextToMusicRequest.builder().prompt("ab\ud83dc"));
        assertTrue(high.getMessage().contains("lone surrogate U+D83D at index 2"), high.getMessage());
        InvalidRequestException low =
                assertRefused("lyrics", TextToMusicRequest.builder().lyrics("\ude00"));
        assertTrue(low.getMessage().contains("lone surrogate U+DE00 at index 0"), low.getMessage());
        InvalidRequestException last =
                assertRefused("lyrics", TextToMusicRequest.builder().lyrics("x\ud83d"));
        assertTrue(last.getMessage().contains("at index 1"), last.getMessage());
        assertEquals(
                "\ud83d\ude00",
                TextToMusicRequest.builder().prompt("\ud83d\ude00").build().prompt());
    }

    @Test
    void refusesSeedsThatAreMissingNegativeOrTooMany() {
        assertRefused("seeds", TextToMusicRequest.builder().seeds(List.of(-1L)));
        assertRefused("seeds", TextToMusicRequest.builder().seeds(Arrays.asList((Long) null)));
        assertRefused("seeds", TextToMusicRequest.builder().seeds(List.of(1L, 2L)));
        assertEquals(
                "seeds",
                assertThrows(InvalidRequestException.class, () -> TextToMusicRequest.builder()
                                .seeds(null))
                        .field());
    }

    @Test
    void keepsItsOwnCopyOfTheSeeds() {
        List<Long> seeds = new ArrayList<>(List.of(1L));
        TextToMusicRequest request = TextToMusicRequest.builder().seeds(seeds).build();
        seeds.set(0, 2L);
        assertEquals(List.of(1L), request.seeds());
    }

    @Test
    void takesOpenSettingsFromTheBundle() {
        GenerationSettings settings = GenerationSettings.of(
                TextToMusicRequest.builder()
                        .prompt("pop")
                        .guidanceScale(7)
                        .ergTag(false)
                        .build(),
                DEFAULTS);
        assertEquals(60, settings.duration().orElseThrow());
        assertEquals(27, settings.sampling().steps());
        assertEquals(7, settings.sampling().guidanceScale());
        assertEquals(false, settings.sampling().ergTag());
        assertEquals(false, settings.sampling().ergLyric());
        assertEquals(true, settings.sampling().ergDiffusion());
    }

    @Test
    void repeatsTheLastSeedForTheRestOfTheBatch() {
        TextToMusicRequest.Builder builder = TextToMusicRequest.builder().batchSize(3);
        assertEquals(
                List.of(5L, 5L, 5L),
                GenerationSettings.of(builder.seed(5).build(), DEFAULTS).seeds());
        assertEquals(
                List.of(5L, 6L, 6L),
                GenerationSettings.of(builder.seeds(List.of(5L, 6L)).build(), DEFAULTS)
                        .seeds());
    }

    @Test
    void drawsSeedsOf32Bits() {
        TextToMusicRequest request = TextToMusicRequest.builder().batchSize(16).build();
        List<Long> seeds = GenerationSettings.of(request, DEFAULTS).seeds();
        assertEquals(16, seeds.size());
        seeds.forEach(seed -> assertTrue(seed >= 0 && seed < 1L << 32, "seed " + seed));
        assertNotEquals(seeds, GenerationSettings.of(request, DEFAULTS).seeds());
    }

    @Test
    void drawsARandomDurationFrom30To240Seconds() {
        TextToMusicRequest request =
                TextToMusicRequest.builder().randomDuration().build();
        double first = GenerationSettings.of(request, DEFAULTS).duration().orElseThrow();
        boolean changes = false;
        for (int i = 0; i < 20; i++) {
            double duration =
                    GenerationSettings.of(request, DEFAULTS).duration().orElseThrow();
            assertTrue(duration >= 30 && duration < 240, "duration " + duration);
            changes |= duration != first;
        }
        assertTrue(changes);
    }

    private static InvalidRequestException assertRefused(String field, TextToMusicRequest.Builder builder) {
        InvalidRequestException problem = assertThrows(InvalidRequestException.class, builder::build);
        assertEquals(field, problem.field());
        assertTrue(problem.getMessage().startsWith(field + ": expected "), problem.getMessage());
        return problem;
    }

    private static void assertRefused(
            String field,
            BiFunction<TextToMusicRequest.Builder, Double, TextToMusicRequest.Builder> setting,
            double value) {
        assertRefused(field, setting.apply(TextToMusicRequest.builder(), value));
    }
}
