package acestep4j.music;

import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.AceStep;
import acestep4j.GenerationResult;
import acestep4j.quality.SeamMeasures;
import acestep4j.request.LoopRequest;
import acestep4j.request.LoopSeam;
import acestep4j.request.TextToMusicRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten seeds, each with a style of its own: what the end of the music does when it runs into the beginning. */
class LoopSeamTest {
    private static final int SEEDS = 10;
    private static final int STEPS = 15;

    private static final List<String> PROMPTS = List.of(
            "ambient pads, slow tempo, major",
            "rocking vibes, played faster",
            "electronic, synth, medium tempo, minor",
            "a jazzy trio, medium tempo",
            "filmic theme, slowly, sadly",
            "metal, fast tempo, minor",
            "8-bit chiptune, fast, cheerful",
            "folky campfire song, cheerful",
            "lofi, chilled, slow tempo",
            "solo piano, melancholic, slow tempo");

    private static AceStep aceStep;

    @BeforeAll
    static void open() {
        aceStep = AceStep.open(Path.of(System.getProperty("acestep4j.models"), "nano"));
    }

    @AfterAll
    static void close() {
        aceStep.close();
    }

    private static String prompt(long seed) {
        return PROMPTS.get((int) seed % PROMPTS.size());
    }

    @ParameterizedTest
    @EnumSource
    void neitherClicksNorJumpsMoreThanTheMusicItself(LoopSeam seam) {
        for (long seed = 0; seed < SEEDS; seed++) {
            GenerationResult result = aceStep.generate(LoopRequest.builder()
                    .prompt(prompt(seed))
                    .bpm(120)
                    .bars(4)
                    .seam(seam)
                    .seed(seed)
                    .steps(STEPS)
                    .build());
            SeamMeasures found = result.loop().orElseThrow().seams().get(0);
            assertTrue(!standsOut(found), seam + ", seed " + seed + ": " + found);
        }
    }

    /** The same music, repeated as it is. */
    @Test
    void mostMusicThatIsNoLoopDoes() {
        List<SeamMeasures> found = LongStream.range(0, SEEDS)
                .mapToObj(seed -> SeamMeasures.of(aceStep.generate(TextToMusicRequest.builder()
                                .prompt(prompt(seed))
                                .duration(8)
                                .seed(seed)
                                .steps(STEPS)
                                .build())
                        .audio()
                        .get(0)))
                .toList();
        long standingOut = found.stream().filter(LoopSeamTest::standsOut).count();
        assertTrue(standingOut >= 7, found::toString);
    }

    /** More than anything in the rest of the music. */
    private static boolean standsOut(SeamMeasures seam) {
        return seam.stepQuantile() == 1 || seam.spectralChangeQuantile() == 1;
    }
}
