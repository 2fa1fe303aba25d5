package acestep4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.audio.AudioBuffer;
import acestep4j.diffusion.SchedulerType;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.ExtendRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.RepaintRequest;
import acestep4j.request.RetakeRequest;
import acestep4j.request.TextToMusicRequest;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the tasks keep and what they change, and where they do what the official code only means. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TasksTest {
    private static final Path BUNDLE = Path.of(System.getProperty("acestep4j.models"), "random-small");
    private static final String PROMPT = "folk, guitar";

    private static AceStep aceStep;

    @BeforeAll
    static void open() {
        aceStep = AceStep.open(BUNDLE);
    }

    @AfterAll
    static void close() {
        aceStep.close();
    }

    @Test
    void aRetakeGoesFromTheOriginalToTheOtherSeed() {
        float[][] original = rows(TextToMusicRequest.builder()
                .prompt(PROMPT)
                .duration(2)
                .steps(3)
                .seed(1)
                .build());
        float[][] other = rows(TextToMusicRequest.builder()
                .prompt(PROMPT)
                .duration(2)
                .steps(3)
                .seed(2)
                .build());
        assertArrayEquals(original, rows(retake(0)));
        assertTrue(relativeError(rows(retake(1)), other) < 1e-4);
        float[][] half = rows(retake(0.5));
        assertTrue(relativeError(half, original) > 0.01 && relativeError(half, other) > 0.01);
    }

    private static RetakeRequest retake(double variance) {
        return RetakeRequest.builder()
                .prompt(PROMPT)
                .duration(2)
                .steps(3)
                .seed(1)
                .retakeSeed(2)
                .variance(variance)
                .build();
    }

    @Test
    void aRepaintKeepsTheLatentsOutsideItsRangeBitForBit() {
        AudioBuffer source = sound(4.05, 44_100);
        float[][] kept = latentsOf(source);
        float[][] painted = rows(repaint(source).variance(0.8).build());
        int start = 10; // 1 s
        int end = 21; // 2 s
        assertEquals(kept[0].length, painted[0].length);
        for (int row = 0; row < kept.length; row++) {
            for (int frame = 0; frame < kept[row].length; frame++) {
                boolean isInside = frame >= start && frame < end;
                if (isInside) {
                    assertNotEquals(kept[row][frame], painted[row][frame]);
                } else {
                    assertEquals(kept[row][frame], painted[row][frame]);
                }
            }
        }
    }

    /** The decoder looks a little way around each frame, and over the whole length in its attention. */
    @Test
    void aRepaintIsHeardInsideItsRangeAndFadesOutsideIt() {
        AudioBuffer source = sound(8.05, 44_100);
        float[] kept = aceStep.generate(reference(source, 1)).audio().get(0).samples()[0];
        float[] painted = aceStep.generate(repaint(source).variance(1).build())
                .audio()
                .get(0)
                .samples()[0];
        assertEquals(kept.length, painted.length);
        double inside = snr(kept, painted, 1.2, 1.8);
        double far = snr(kept, painted, 5, 8);
        double near = snr(kept, painted, 2.2, 3);
        String found = "SNR inside " + inside + ", beside " + near + ", three seconds away " + far + " dB";
        assertTrue(inside + 10 < near && near > 50 && near < far, found);
        double within = steepest(painted, 1.1, 1.9);
        double seams = Math.max(steepest(painted, 0.9, 1.1), steepest(painted, 1.9, 2.1));
        assertTrue(
                seams < 2 * Math.max(within, steepest(painted, 2.1, 8)),
                "steepest at the seams " + seams + ", within " + within);
    }

    @Test
    void aRepaintWithoutVarianceGivesTheSourceBack() {
        AudioBuffer source = sound(3, 48_000);
        assertArrayEquals(latentsOf(source), rows(repaint(source).variance(0).build()));
    }

    @Test
    void aRepaintStartsItsStepsAtTheVarianceOfAStepList() {
        AudioBuffer source = sound(3, 48_000);
        float[][] kept = latentsOf(source);
        // Of 4 listed steps the last 2 are run; the longest step's number of the list has no part in it.
        float[][] painted = rows(RepaintRequest.builder()
                .prompt(PROMPT)
                .source(source)
                .start(1)
                .end(2)
                .stepList(List.of(5, 20, 60, 100))
                .variance(0.5)
                .seed(1)
                .retakeSeed(2)
                .build());
        assertTrue(relativeError(painted, kept) > 0.01);
        assertTrue(relativeError(painted, kept) < 10);
    }

    @Test
    void aRangeBetweenTwoFramesIsRefused() {
        AudioBuffer source = sound(3, 48_000);
        InvalidRequestException problem = assertThrows(
                InvalidRequestException.class,
                () -> aceStep.generate(repaint(source).start(1.03).end(1.05).build()));
        assertEquals("end", problem.field());
    }

    @ParameterizedTest
    @CsvSource({"0, 1.5", "1.5, 0", "1, 1.5", "3.5, 5"})
    void anExtensionKeepsTheLatentsOfTheSourceBitForBit(double left, double right) {
        AudioBuffer source = sound(3.01, 22_050);
        float[][] kept = latentsOf(source);
        float[][] extended = rows(extend(source, left, right));
        int before = (int) (left * 44_100 / 4096);
        int whole = right == 0 ? before + kept[0].length : before + (int) ((3.01 + right) * 44_100 / 4096);
        assertEquals(whole, extended[0].length);
        assertKept(kept, extended, before);
    }

    @ParameterizedTest
    @CsvSource({"left, 0.05, 0", "left, 0.05, 1", "right, 0, 0.01"})
    void anExtensionByLessThanAFrameIsRefused(String field, double left, double right) {
        AudioBuffer source = sound(3, 22_050);
        InvalidRequestException problem =
                assertThrows(InvalidRequestException.class, () -> rows(extend(source, left, right)));
        assertEquals(field, problem.field());
    }

    @Test
    void whatAListenerThrowsComesOutOfEveryTask() {
        AudioBuffer source = sound(1, 44_100);
        for (GenerationRequest request : List.of(
                retake(0.5),
                repaint(sound(3, 44_100)).build(),
                extend(source, 0.5, 0.5),
                edit(source).build(),
                reference(source, 0.5))) {
            IllegalStateException stop = new IllegalStateException("stop");
            IllegalStateException thrown = assertThrows(
                    IllegalStateException.class,
                    () -> aceStep.generate(request, progress -> {
                        if (progress.stage() == Stage.DIFFUSION) {
                            throw stop;
                        }
                    }));
            assertEquals(stop, thrown, request.task());
            assertEquals(0, thrown.getSuppressed().length, request.task());
        }
    }

    @Test
    void eachItemOfABatchIsExtendedInItsOwnWay() {
        AudioBuffer source = sound(2, 44_100);
        GenerationResult result = aceStep.generate(ExtendRequest.builder()
                .prompt(PROMPT)
                .source(source)
                .right(1)
                .steps(2)
                .batchSize(2)
                .seeds(List.of(1L, 2L))
                .retakeSeeds(List.of(3L, 4L))
                .build());
        float[][] both = rows(result);
        float[][] kept = latentsOf(source);
        for (int item = 0; item < 2; item++) {
            for (int row = 0; row < kept.length; row++) {
                for (int frame = 0; frame < kept[row].length; frame++) {
                    assertEquals(kept[row][frame], both[item * kept.length + row][frame]);
                }
            }
        }
        int painted = kept[0].length;
        assertNotEquals(both[0][painted], both[kept.length][painted]);
    }

    @Test
    void anExtensionIsHeardAfterTheSourceAndFadesInsideIt() {
        AudioBuffer source = sound(8.05, 44_100);
        float[] kept = aceStep.generate(reference(source, 1)).audio().get(0).samples()[0];
        float[] extended = aceStep.generate(extend(source, 0, 2)).audio().get(0).samples()[0];
        double far = snr(kept, extended, 0, 5);
        double near = snr(kept, extended, 7, 8);
        double after = steepest(extended, 8.3, 9.9);
        double seam = steepest(extended, 7.9, 8.3);
        String found = "SNR three seconds before the seam " + far + ", just before it " + near
                + " dB; steepest at the seam " + seam + ", after it " + after;
        assertTrue(near > 40 && far > 50 && near < far, found);
        assertTrue(seam < 2 * Math.max(after, steepest(extended, 0, 7.9)), found);
    }

    /** The official code cuts the new part off here, or fails. */
    @Test
    void aWholeBeyond240SecondsKeepsAllOfTheSource() {
        double left = 3;
        double right = 3;
        AudioBuffer source = sound(238, 8_000);
        float[][] kept = latentsOf(source);
        float[][] extended = rows(extend(source, left, right));
        int before = (int) (left * 44_100 / 4096);
        assertEquals(before + (int) ((238 + right) * 44_100 / 4096), extended[0].length);
        assertKept(kept, extended, before);
    }

    @Test
    void anEditWithoutStepsGivesTheSourceBack() {
        AudioBuffer source = sound(2, 44_100);
        assertArrayEquals(latentsOf(source), rows(edit(source).nMin(1).nMax(1).build()));
    }

    /** The official code computes the ping-pong steps of the averaged part and drops them: there this is the source. */
    @Test
    void anEditWithPingPongMoves() {
        AudioBuffer source = sound(2, 44_100);
        float[][] kept = latentsOf(source);
        float[][] euler = rows(edit(source).build());
        float[][] pingPong = rows(edit(source).scheduler(SchedulerType.PINGPONG).build());
        assertTrue(relativeError(euler, kept) > 0.01);
        assertTrue(relativeError(pingPong, kept) > 0.01);
        assertTrue(relativeError(pingPong, euler) > 0.01);
    }

    @Test
    void anEditOfABatchDrawsEachItemsOwnNoise() {
        AudioBuffer source = sound(2, 44_100);
        float[][] both = rows(edit(source).batchSize(2).seeds(List.of(1L, 2L)).build());
        float[][] first = rows(edit(source).seed(1).build());
        float[][] second = rows(edit(source).seed(2).build());
        for (int row = 0; row < first.length; row++) {
            assertArrayEquals(first[row], both[row], 1e-3f);
            assertArrayEquals(second[row], both[first.length + row], 1e-3f);
        }
    }

    @Test
    void audioToAudioKeepsTheMoreTheStrongerTheReference() {
        AudioBuffer source = sound(3, 44_100);
        float[][] kept = latentsOf(source);
        double weak = relativeError(rows(reference(source, 0.1)), kept);
        double strong = relativeError(rows(reference(source, 0.9)), kept);
        assertTrue(strong < weak, "strong " + strong + ", weak " + weak);
        // Above 1 - 1 / steps the official code runs no step and hands out the reference with noise in it.
        assertTrue(relativeError(rows(reference(source, 0.95)), kept) > 0);
    }

    @Test
    void theReceiptSaysWhatTheMusicWasMadeFrom() {
        AudioBuffer source = sound(2, 22_050);
        GenerationResult result =
                aceStep.generate(repaint(source).start(0.5).end(1).variance(0.4).build());
        String json = result.receipt().toJson(0);
        assertTrue(json.contains("\"task\":\"repaint\""), json);
        assertTrue(json.contains("\"start\":0.5"), json);
        assertTrue(json.contains("\"variance\":0.4"), json);
        assertTrue(json.contains("\"retake_seeds\":[2]"), json);
        assertTrue(json.contains("\"sample_rate\":22050"), json);
        @SuppressWarnings("unchecked")
        Map<String, Object> digest = (Map<String, Object>)
                result.receipt().settings().request().taskSettings().get("source");
        assertEquals(64, digest.get("sha256").toString().length());
    }

    private static RepaintRequest.Builder repaint(AudioBuffer source) {
        return RepaintRequest.builder()
                .prompt(PROMPT)
                .source(source)
                .start(1)
                .end(2)
                .steps(4)
                .seed(1)
                .retakeSeed(2);
    }

    private static ExtendRequest extend(AudioBuffer source, double left, double right) {
        return ExtendRequest.builder()
                .prompt(PROMPT)
                .source(source)
                .left(left)
                .right(right)
                .steps(2)
                .guidanceScale(1)
                .seed(1)
                .retakeSeed(2)
                .build();
    }

    private static EditRequest.Builder edit(AudioBuffer source) {
        return EditRequest.builder()
                .prompt(PROMPT)
                .targetPrompt("metal, drums")
                .targetLyrics("[verse]\nThe river runs")
                .source(source)
                .steps(4)
                .seed(1);
    }

    private static AudioToAudioRequest reference(AudioBuffer source, double strength) {
        return AudioToAudioRequest.builder()
                .prompt(PROMPT)
                .reference(source)
                .strength(strength)
                .steps(10)
                .seed(1)
                .build();
    }

    /** Full strength leaves the latents of the reference as they are. */
    private static float[][] latentsOf(AudioBuffer source) {
        return rows(reference(source, 1));
    }

    private static float[][] rows(GenerationRequest request) {
        return rows(aceStep.generate(request));
    }

    /** One row of frames for each item, channel and height. */
    private static float[][] rows(GenerationResult result) {
        FloatBuffer latents = result.latents();
        int frames = result.latentsShape().get(3);
        float[][] rows = new float[latents.remaining() / frames][frames];
        for (float[] row : rows) {
            latents.get(row);
        }
        return rows;
    }

    private static void assertKept(float[][] kept, float[][] extended, int before) {
        for (int row = 0; row < kept.length; row++) {
            for (int frame = 0; frame < kept[row].length; frame++) {
                assertEquals(kept[row][frame], extended[row][before + frame], "row " + row + ", frame " + frame);
            }
        }
        for (int frame = 0; frame < extended[0].length; frame++) {
            boolean isNew = frame < before || frame >= before + kept[0].length;
            if (isNew) {
                assertNotEquals(0, extended[0][frame]);
            }
        }
    }

    private static double relativeError(float[][] actual, float[][] expected) {
        double difference = 0;
        double energy = 0;
        for (int row = 0; row < expected.length; row++) {
            for (int i = 0; i < expected[row].length; i++) {
                difference += Math.pow(actual[row][i] - expected[row][i], 2);
                energy += Math.pow(expected[row][i], 2);
            }
        }
        return Math.sqrt(difference / energy);
    }

    private static double snr(float[] expected, float[] actual, double from, double to) {
        double difference = 0;
        double energy = 0;
        for (int i = (int) (from * 48_000); i < (int) (to * 48_000); i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            energy += Math.pow(expected[i], 2);
        }
        return 10 * Math.log10(energy / difference);
    }

    private static double steepest(float[] samples, double from, double to) {
        double steepest = 0;
        for (int i = (int) (from * 48_000) + 1; i < (int) (to * 48_000); i++) {
            steepest = Math.max(steepest, Math.abs(samples[i] - samples[i - 1]));
        }
        return steepest;
    }

    private static AudioBuffer sound(double seconds, int sampleRate) {
        float[][] samples = new float[2][(int) (seconds * sampleRate)];
        for (int channel = 0; channel < 2; channel++) {
            for (int i = 0; i < samples[channel].length; i++) {
                double t = (double) i / sampleRate;
                samples[channel][i] = (float)
                        (0.4 * Math.sin(440 * (channel + 1) * t) * Math.cos(3 * t) + 0.2 * Math.sin(1234 * t * t));
            }
        }
        return new AudioBuffer(samples, sampleRate);
    }
}
