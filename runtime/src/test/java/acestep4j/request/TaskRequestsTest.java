package acestep4j.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.diffusion.GuidanceType;
import acestep4j.diffusion.SchedulerType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that contradict themselves fail when they are built, and name the field. */
class TaskRequestsTest {
    private static final AudioBuffer TWO_SECONDS = new AudioBuffer(new float[2][16_000], 8_000);

    @Test
    void aTaskNeedsItsSource() {
        assertRefused("source", RepaintRequest.builder().end(1));
        assertRefused("source", ExtendRequest.builder().right(1));
        assertRefused("source", EditRequest.builder());
        assertRefused("reference", AudioToAudioRequest.builder());
    }

    @Test
    void aSourceHasSoundInOneOrTwoChannels() {
        AudioBuffer broken = new AudioBuffer(new float[][] {{0, Float.NaN}}, 8_000);
        for (AudioBuffer source :
                List.of(new AudioBuffer(new float[8][100], 8_000), new AudioBuffer(new float[1][0], 8_000), broken)) {
            assertRefused("source", repaint().source(source));
            assertRefused("source", EditRequest.builder().source(source));
            assertRefused("source", ExtendRequest.builder().right(1).source(source));
            assertRefused("reference", AudioToAudioRequest.builder().reference(source));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "start, -0.1, 1",
        "start, 2, 2.5",
        "start, NaN, 1",
        "end, 0.5, 2.01",
        "end, 1, 1",
        "end, 1, 0.5",
        "end, 0, Infinity"
    })
    void aRangeLiesInsideTheSource(String field, double start, double end) {
        assertRefused(field, repaint().start(start).end(end));
    }

    @Test
    void aRangeMayReachTheSourcesEnd() {
        assertEquals(2, repaint().start(0).end(2).build().end());
        InvalidRequestException problem =
                assertRefused("end", RepaintRequest.builder().source(TWO_SECONDS));
        assertTrue(problem.getMessage().contains("found none"), problem.getMessage());
    }

    @ParameterizedTest
    @ValueSource(doubles = {3, -0.1, 1.01, Double.NaN})
    void aVarianceIsAShare(double variance) {
        assertRefused("variance", RetakeRequest.builder().variance(variance));
        assertRefused("variance", repaint().variance(variance));
        assertRefused("variance", extend().variance(variance));
        assertRefused(
                "strength", AudioToAudioRequest.builder().reference(TWO_SECONDS).strength(variance));
    }

    @Test
    void anExtensionAddsSomething() {
        assertRefused("variance", extend().variance(0));
        assertRefused("right", ExtendRequest.builder().source(TWO_SECONDS));
        assertRefused("left", extend().left(-1));
        assertRefused("right", extend().right(240));
        assertRefused("left", extend().left(Double.NaN));
    }

    @ParameterizedTest
    @CsvSource({
        "nMin, 0.6, 0.4, 1",
        "nMin, -0.1, 1, 1",
        "nMax, 0, 1.1, 1",
        "nMin, NaN, 1, 1",
        "nAvg, 0, 1, 0",
        "nAvg, 0, 1, 17"
    })
    void anEditsStepsAreInOrder(String field, double nMin, double nMax, int nAvg) {
        assertRefused(field, edit().nMin(nMin).nMax(nMax).nAvg(nAvg));
    }

    @Test
    void anEditTakesWhatItIsNotGivenFromTheSource() {
        EditRequest request = edit().prompt("a").lyrics("b").build();
        assertEquals("a", request.targetPrompt());
        assertEquals("b", request.targetLyrics());
        assertEquals(0.6, edit().onlyLyrics().build().nMin());
        assertEquals(0.4, edit().remix().build().nMax());
        assertRefused("targetLyrics", edit().targetLyrics("\ud83d"));
        assertRefused("scheduler", edit().scheduler(SchedulerType.HEUN));
    }

    @Test
    void retakeSeedsFollowTheRulesOfSeeds() {
        assertRefused("retakeSeeds", RetakeRequest.builder().retakeSeeds(List.of(1L, 2L)));
        assertRefused("retakeSeeds", repaint().retakeSeed(-1));
        assertRefused("retakeSeeds", extend().retakeSeeds(Arrays.asList((Long) null)));
    }

    @Test
    void stepsAreANumberOrARisingList() {
        for (List<Integer> list : List.of(List.of(0, 1), List.of(2, 2), List.of(3, 1), List.of(1001))) {
            assertRefused("stepList", TextToMusicRequest.builder().stepList(list));
        }
        assertRefused("stepList", TextToMusicRequest.builder().stepList(Arrays.asList(1, null)));
        assertEquals(
                OptionalInt.empty(),
                TextToMusicRequest.builder()
                        .steps(5)
                        .stepList(List.of(1, 3))
                        .build()
                        .sampling()
                        .steps());
        assertEquals(
                List.of(),
                TextToMusicRequest.builder()
                        .stepList(List.of(1, 3))
                        .steps(5)
                        .build()
                        .sampling()
                        .stepList());
    }

    @Test
    void doubleConditionGuidanceHasTwoScalesAbove1() {
        assertRefused("guidanceScaleText", TextToMusicRequest.builder().doubleCondition(1, 2));
        assertRefused("guidanceScaleLyric", TextToMusicRequest.builder().doubleCondition(2, Double.NaN));
        assertRefused("guidanceScaleText", TextToMusicRequest.builder().guidance(GuidanceType.DOUBLE_CONDITION));
        SamplingOptions after = TextToMusicRequest.builder()
                .doubleCondition(2, 2)
                .guidance(GuidanceType.CFG)
                .build()
                .sampling();
        assertEquals(OptionalDouble.empty(), after.guidanceScaleText());
    }

    @Test
    void arecordRefusesSettingsThatItsTaskHasNot() {
        SamplingOptions heun = TextToMusicRequest.builder()
                .scheduler(SchedulerType.HEUN)
                .build()
                .sampling();
        InvalidRequestException problem = assertThrows(
                InvalidRequestException.class,
                () -> new ExtendRequest("", "", List.of(), 1, heun, TWO_SECONDS, 0, 1, 1, List.of()));
        assertEquals("scheduler", problem.field());
        assertEquals(Optional.of(SchedulerType.HEUN), heun.scheduler());
    }

    private static RepaintRequest.Builder repaint() {
        return RepaintRequest.builder().source(TWO_SECONDS).start(0.5).end(1);
    }

    private static ExtendRequest.Builder extend() {
        return ExtendRequest.builder().source(TWO_SECONDS).right(1);
    }

    private static EditRequest.Builder edit() {
        return EditRequest.builder().source(TWO_SECONDS);
    }

    private static InvalidRequestException assertRefused(String field, RequestBuilder<?> builder) {
        InvalidRequestException problem = assertThrows(InvalidRequestException.class, builder::build);
        assertEquals(field, problem.field(), problem.getMessage());
        assertTrue(problem.getMessage().startsWith(field + ": expected "), problem.getMessage());
        return problem;
    }
}
