package acestep4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.MusicRequest;
import acestep4j.request.MusicSide;
import acestep4j.request.MusicStyle;
import acestep4j.request.RetakeRequest;
import acestep4j.request.TextToMusicRequest;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.Arrays;
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
    void aRestyledThemeIsAsLongAndItsOwnRestylingStartsFromTheNewPrompt() {
        GenerationResult metal = aceStep.generate(
                MusicRequest.restyle(theme, MusicStyle.METAL.tags(), 0.7, 5).build());
        assertEquals(samples(theme).length, samples(metal).length, 4_500);
        EditRequest next =
                MusicRequest.restyle(metal, MusicStyle.JAZZ.tags(), 0.7, 5).build();
        assertEquals(MusicStyle.METAL.tags(), next.prompt());
        assertEquals(MusicStyle.JAZZ.tags(), next.targetPrompt());
    }

    private static float[] samples(GenerationResult result) {
        return result.audio().get(0).samples()[0];
    }
}
