package acestep4j.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class QualityGateTest {
    private static final int RATE = 1_000;
    private static final QualityGate GATE = QualityGate.defaults();

    /** Ten seconds of a tone in stereo. */
    private static float[][] tone(float level) {
        float[] samples = new float[10 * RATE];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = i % 2 == 0 ? level : -level;
        }
        return new float[][] {samples, samples.clone()};
    }

    private static List<QualityProblem> problems(QualityGate gate, float[][] samples) {
        return gate.check(new AudioBuffer(samples, RATE)).findings().stream()
                .map(QualityFinding::problem)
                .toList();
    }

    @Test
    void aToneIsGoodAndMeasuresWhatItIs() {
        QualityReport report = GATE.check(new AudioBuffer(tone(0.25f), RATE));
        assertTrue(report.isGood());
        assertEquals("good", report.toString());
        assertEquals(List.of(new SoundMeasures(10, 0.25, 0.25, 0, 0, 0)), report.items());
    }

    @Test
    void quietSoundIsFound() {
        assertEquals(List.of(QualityProblem.SILENCE), problems(GATE, tone(0.002f)));
        assertEquals(List.of(), problems(GATE.withLeastRms(0.001), tone(0.002f)));
        assertEquals(List.of(QualityProblem.SILENCE, QualityProblem.SILENCE), problems(GATE, tone(0)));
    }

    @Test
    void aLongSilenceIsFoundOnlyWhereAllChannelsAreQuiet() {
        float[][] samples = tone(0.25f);
        Arrays.fill(samples[0], 2_000, 7_500, 0.0005f);
        assertEquals(List.of(), problems(GATE, samples));
        Arrays.fill(samples[1], 2_000, 7_500, -0.0005f);
        assertEquals(List.of(QualityProblem.SILENCE), problems(GATE, samples));
        assertEquals(
                "item 0: expected at most 5.00 s of silence at a time, found 5.50 s",
                GATE.check(new AudioBuffer(samples, RATE)).toString());
        assertEquals(List.of(), problems(GATE.withLongestQuiet(0.001, 6), samples));
        assertEquals(List.of(), problems(GATE.withLongestQuiet(0.0001, 5), samples));
    }

    @Test
    void clippingIsFound() {
        float[][] samples = tone(0.25f);
        Arrays.fill(samples[1], 0, 150, 1f);
        assertEquals(List.of(), problems(GATE, samples));
        Arrays.fill(samples[1], 150, 250, -1.5f);
        assertEquals(List.of(QualityProblem.CLIPPING), problems(GATE, samples));
        assertEquals(List.of(), problems(GATE.withMostClipped(0.02), samples));
    }

    @Test
    void samplesThatAreNoNumbersAreFoundAndLeftOutOfTheMeasures() {
        float[][] samples = tone(0.25f);
        samples[0][5] = Float.NaN;
        samples[1][6] = Float.NEGATIVE_INFINITY;
        assertEquals(List.of(QualityProblem.NOT_FINITE), problems(GATE, samples));
        SoundMeasures found = SoundMeasures.of(new AudioBuffer(samples, RATE), 0.001);
        assertEquals(2, found.notFinite());
        assertEquals(0.25, found.peak());
        assertEquals(0.25, found.rms(), 1e-9);
    }

    @Test
    void nothingAtAllIsSilence() {
        assertEquals(List.of(QualityProblem.SILENCE), problems(GATE, new float[2][0]));
    }

    @Test
    void limitsThatAreNoneAreRefused() {
        assertEquals(
                "mostClipped",
                assertThrows(InvalidRequestException.class, () -> GATE.withMostClipped(-1))
                        .field());
        assertEquals(
                "leastRms",
                assertThrows(InvalidRequestException.class, () -> GATE.withLeastRms(Double.NaN))
                        .field());
    }
}
