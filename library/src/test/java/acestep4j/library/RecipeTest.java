package acestep4j.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.InvalidRequestException;
import acestep4j.LoraReference;
import acestep4j.audio.AudioBuffer;
import acestep4j.diffusion.GuidanceType;
import acestep4j.diffusion.SchedulerType;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.ExtendRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.LoopRequest;
import acestep4j.request.LoopSeam;
import acestep4j.request.RepaintRequest;
import acestep4j.request.RetakeRequest;
import acestep4j.request.TextToMusicRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeTest {
    private static final AudioBuffer SOUND = new AudioBuffer(new float[][] {new float[48_000]}, 48_000);

    /** The key is what {@code sha256sum} says of these bytes: it may never change, or all libraries lose their entries. */
    @Test
    void theJsonAndItsKeyAreTheSameForever() {
        GenerationRequest request = RetakeRequest.builder()
                .prompt("funk \"live\", 105 BPM \u00e9\u2028")
                .lyrics("[verse]\nThe lamps")
                .duration(30.5)
                .seed(7)
                .retakeSeed(4_294_967_295L)
                .variance(0.1)
                .steps(27)
                .guidanceScale(1e-7)
                .omegaScale(-1e23)
                .build();
        Recipe recipe =
                Recipe.of(Synthetic.receipt(request, Optional.of(new LoraReference("rap", "cd".repeat(32), 0.8))), 0);
        assertEquals(
                "{\"bundle_id\":\"" + "ab".repeat(32) + "\",\"decoding\":\"whole\",\"duration\":30.5,"
                        + "\"erg_diffusion\":true,\"erg_lyric\":true,\"erg_tag\":true,\"format\":1,\"guidance\":\"apg\","
                        + "\"guidance_interval\":0.5,\"guidance_interval_decay\":0,\"guidance_scale\":1E-7,"
                        + "\"guidance_scale_lyric\":0,\"guidance_scale_text\":0,\"item\":0,"
                        + "\"lora\":{\"sha256\":\"" + "cd".repeat(32) + "\",\"weight\":0.8},"
                        + "\"lyrics\":\"[verse]\\nThe lamps\",\"min_guidance_scale\":3,\"omega_scale\":-1E+23,"
                        + "\"precision\":\"fp32\",\"prompt\":\"funk \\\"live\\\", 105 BPM \u00e9\\u2028\","
                        + "\"retake_seeds\":[4294967295],\"scheduler\":\"euler\",\"seeds\":[7],\"shift\":3,"
                        + "\"step_list\":[],\"steps\":27,\"task\":\"retake\",\"variance\":0.1}",
                recipe.toJson());
        assertEquals("59cb996c3402b2a0d4f322465e7cb81d63165d30f85598bea43bd4eb98b4116e", recipe.key());
        assertEquals(recipe, Recipe.parse(recipe.toJson()));
    }

    @ParameterizedTest
    @CsvSource({
        "60.0, 60",
        "0.1, 0.1",
        "1e23, 1E+23",
        "5.6843418860808015E-14, 5.6843418860808015E-14",
        "2e-3, 0.002",
        "123456789012.5, 123456789012.5",
        "4.9e-324, 5E-324",
        "-0.0, 0",
        "0.30000000000000004, 0.30000000000000004"
    })
    void numbersHaveTheFewestDigits(double number, String json) {
        assertEquals("{\"x\":" + json + "}", CanonicalJson.write(Map.of("x", number)));
        assertEquals(number, Double.parseDouble(json), 0);
    }

    static Stream<GenerationRequest> tasks() {
        return Stream.of(
                TextToMusicRequest.builder().prompt("a").seed(1).build(),
                TextToMusicRequest.builder()
                        .prompt("a")
                        .seeds(List.of(1L, 2L))
                        .batchSize(2)
                        .stepList(List.of(2, 5))
                        .doubleCondition(5, 1.5)
                        .scheduler(SchedulerType.HEUN)
                        .ergTag(false)
                        .build(),
                RetakeRequest.builder().prompt("a").seed(1).retakeSeed(2).build(),
                LoopRequest.builder()
                        .prompt("a")
                        .bpm(92.5)
                        .bars(3)
                        .beatsPerBar(7)
                        .seed(1)
                        .retakeSeed(2)
                        .build(),
                LoopRequest.builder()
                        .prompt("a")
                        .bpm(120)
                        .bars(4)
                        .seam(LoopSeam.CROSSFADE)
                        .seamSeconds(0.25)
                        .stepList(List.of(2, 5))
                        .scheduler(SchedulerType.PINGPONG)
                        .seed(1)
                        .build(),
                RepaintRequest.builder()
                        .prompt("a")
                        .source(SOUND)
                        .start(0.2)
                        .end(0.8)
                        .seed(1)
                        .retakeSeed(2)
                        .stepList(List.of(3, 4))
                        .build(),
                ExtendRequest.builder()
                        .prompt("a")
                        .source(SOUND)
                        .right(2)
                        .seed(1)
                        .retakeSeed(2)
                        .build(),
                EditRequest.builder()
                        .prompt("a")
                        .source(SOUND)
                        .targetLyrics("b")
                        .remix()
                        .seed(1)
                        .build(),
                AudioToAudioRequest.builder()
                        .prompt("a")
                        .reference(SOUND)
                        .strength(0.3)
                        .guidance(GuidanceType.CFG)
                        .seed(1)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void everyTaskIsReadBackAndAskedForAgain(GenerationRequest request) {
        int item = request.batchSize() - 1;
        Recipe recipe = Recipe.of(Synthetic.receipt(request, Optional.empty()), item);
        Recipe read = Recipe.parse(recipe.toJson());
        assertEquals(recipe, read);
        assertEquals(recipe.key(), read.key());
        assertTrue(recipe.toJson().length() < 1000, recipe.toJson());

        Optional<AudioBuffer> source = read.needsSource() ? Optional.of(SOUND) : Optional.empty();
        GenerationRequest again = read.request(source);
        assertEquals(request.getClass(), again.getClass());
        assertEquals(recipe, Recipe.of(Synthetic.receipt(again, Optional.empty()), item));
    }

    @Test
    void theSourceMustBeTheSame() {
        GenerationRequest request = AudioToAudioRequest.builder()
                .prompt("a")
                .reference(SOUND)
                .seed(1)
                .build();
        Recipe recipe = Recipe.of(Synthetic.receipt(request, Optional.empty()), 0);
        assertTrue(message(() -> recipe.request(Optional.empty())).contains("give the same sound again"));
        AudioBuffer other = new AudioBuffer(new float[][] {new float[47_999]}, 48_000);
        assertTrue(message(() -> recipe.request(Optional.of(other))).contains("another sound"));
        Recipe without = Synthetic.recipe(1);
        assertTrue(message(() -> without.request(Optional.of(SOUND))).contains("leave the source out"));
    }

    @Test
    void whatDecidesTheSoundDecidesTheKey() {
        String key = Synthetic.recipe(1).key();
        assertEquals(key, Synthetic.recipe(1).key());
        assertNotEquals(key, Synthetic.recipe(2).key());
        GenerationRequest request =
                Synthetic.result(1, 480).receipt().settings().request();
        assertNotEquals(
                key,
                Recipe.of(Synthetic.receipt(request, Optional.of(new LoraReference("x", "cd".repeat(32), 1))), 0)
                        .key());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"format\":1 | \"format\":2 | recipe: format: expected 1, found 2",
                "\"format\":1 | \"format\":1,\"mood\":1 | recipe: expected no key 'mood'",
                "\"item\":0, | '' | recipe: expected the key 'item', found none",
                "\"item\":0 | \"item\":1 | recipe: item: expected 0 to 0, found 1",
                "\"item\":0 | \"item\":0,\"item\":0 | recipe: expected each key once, found 'item' twice",
                "\"steps\":60 | \"steps\":0 | recipe: steps: expected 1 to 1000, found 0",
                "\"steps\":60 | \"steps\":1.5 | recipe: steps: expected a whole number, found 1.5",
                "\"steps\":60 | \"steps\":\"60\" | recipe: steps: expected a whole number, found \"60\"",
                "\"erg_tag\":true | \"erg_tag\":1 | recipe: erg_tag: expected true or false, found 1",
                "\"scheduler\":\"euler\" | \"scheduler\":\"dpm\" | recipe: scheduler: expected a scheduler, found dpm",
                "\"text2music\" | \"sing\" | recipe: task: expected one of",
                "\"text2music\" | \"retake\" | recipe: expected the key 'variance', found none",
                "\"seeds\":[1] | \"seeds\":1 | recipe: seeds: expected a list of whole numbers, found 1",
                "} | '' | recipe: expected a JSON object",
                "} | }{} | recipe: expected"
            })
    void refusesWhatIsNotARecipe(String part, String replacement, String problem) {
        String json = Synthetic.recipe(1).toJson();
        assertTrue(json.contains(part), json);
        String found = message(() -> Recipe.parse(json.replace(part, replacement)));
        assertTrue(found.startsWith(problem), found);
    }

    @Test
    void nothingMayBeDrawn() {
        assertDrawn("seeds", TextToMusicRequest.builder().prompt("a").build());
        assertDrawn("retakeSeeds", RetakeRequest.builder().prompt("a").seed(1).build());
        assertDrawn(
                "duration",
                TextToMusicRequest.builder()
                        .prompt("a")
                        .seed(1)
                        .randomDuration()
                        .build());
    }

    private static void assertDrawn(String field, GenerationRequest request) {
        InvalidRequestException refused =
                assertThrows(InvalidRequestException.class, () -> RecipeRequest.requireNothingDrawn(request));
        assertEquals(field, refused.field());
        assertFalse(refused.getMessage().isBlank());
    }

    private static String message(Runnable action) {
        return assertThrows(LibraryException.class, action::run).getMessage();
    }
}
