package acestep4j.music;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.AceStep;
import acestep4j.request.TextToMusicRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/**
 * That what comes out is music: a few prompts are recognised by their style, have pitch, and more onsets where a fast
 * tempo was asked for. Random weights have neither style nor pitch.
 */
class MusicTest {
    private static final Path MODELS = Path.of(System.getProperty("acestep4j.models"));
    private static final double SECONDS = 6;
    private static final Asked SLOW = new Asked("rock, slow tempo, minor", "rock");
    private static final Asked FAST = new Asked("rock, fast tempo, minor", "rock");
    private static final List<Asked> ASKED = List.of(
            SLOW,
            FAST,
            new Asked("ambient pads, slow tempo, major", "ambient"),
            new Asked("chiptune, fast tempo, major", "chiptune"),
            new Asked("solo piano, slow tempo, major", "piano"));

    private static final int LEAST_RECOGNISED = 4;
    private static final double LEAST_CLARITY = 0.4;
    private static final double LEAST_RATIO = 1.3;

    /** A prompt and the style that it asks for. */
    private record Asked(String prompt, String style) {}

    @Test
    void theNanoModelMakesMusic() throws IOException {
        assertEquals(List.of(), problems("nano", SECONDS, OptionalInt.empty()));
    }

    @Test
    void randomWeightsDoNot() throws IOException {
        List<String> problems = problems("random-small", SECONDS / 3, OptionalInt.of(1));
        for (String kind : List.of("style", "pitch")) {
            assertTrue(problems.stream().anyMatch(problem -> problem.startsWith(kind)), problems::toString);
        }
    }

    private static List<String> problems(String bundle, double seconds, OptionalInt steps) throws IOException {
        StyleProbe probe = new StyleProbe();
        List<String> problems = new ArrayList<>();
        List<String> heard = new ArrayList<>();
        Map<Asked, Double> onsets = new HashMap<>();
        int recognised = 0;
        try (AceStep aceStep = AceStep.open(MODELS.resolve(bundle))) {
            for (Asked asked : ASKED) {
                var request = TextToMusicRequest.builder()
                        .prompt(asked.prompt())
                        .duration(seconds)
                        .seed(1);
                steps.ifPresent(request::steps);
                Listening piece =
                        new Listening(aceStep.generate(request.build()).audio().get(0));
                String style = probe.style(piece);
                recognised += style.equals(asked.style()) ? 1 : 0;
                heard.add(asked.prompt() + ": " + style);
                onsets.put(asked, piece.onsetDensity());
                double clarity = piece.pitchClarity();
                if (!(clarity >= LEAST_CLARITY)) {
                    problems.add("pitch of '" + asked.prompt() + "': " + clarity);
                }
            }
        }
        if (recognised < LEAST_RECOGNISED) {
            problems.add("style of " + heard);
        }
        if (!(onsets.get(FAST) >= LEAST_RATIO * onsets.get(SLOW))) {
            problems.add("tempo: onsets a second " + onsets.get(SLOW) + " slow, " + onsets.get(FAST) + " fast");
        }
        return problems;
    }
}
