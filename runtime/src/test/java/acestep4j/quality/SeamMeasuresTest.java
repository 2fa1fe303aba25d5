package acestep4j.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.audio.AudioBuffer;
import org.junit.jupiter.api.Test;

class SeamMeasuresTest {
    private static final int RATE = 48_000;
    private static final int BEAT = RATE / 2;

    /** Beats of a decaying tone, over a quiet one; both fit into a second a whole number of times. */
    private static AudioBuffer beats(int length) {
        float[] left = new float[length];
        float[] right = new float[length];
        for (int i = 0; i < length; i++) {
            double decay = Math.exp(-(i % BEAT) / 6000.0);
            left[i] = (float) (0.1 * tone(220, i) + 0.5 * decay * tone(1000, i % BEAT));
            right[i] = (float) (0.1 * tone(330, i));
        }
        return new AudioBuffer(new float[][] {left, right}, RATE);
    }

    private static double tone(double frequency, int sample) {
        return Math.sin(2 * Math.PI * frequency * sample / RATE);
    }

    @Test
    void aPeriodicSoundRunsOn() {
        SeamMeasures seam = SeamMeasures.of(beats(8 * BEAT));
        assertTrue(seam.stepQuantile() < 1, seam::toString);
        assertTrue(seam.spectralChangeQuantile() < 1, seam::toString);
    }

    @Test
    void aCutInTheMiddleOfAToneClicks() {
        SeamMeasures seam = SeamMeasures.of(beats(8 * BEAT - 160));
        assertEquals(1, seam.stepQuantile(), seam::toString);
    }

    @Test
    void aClickIsHeardInAQuietPlaceToo() {
        AudioBuffer audio = beats(8 * BEAT - 160);
        for (float[] channel : audio.samples()) {
            for (int i = 0; i < BEAT / 2; i++) {
                float gain = (float) (0.01 + 0.99 * Math.pow(2.0 * i / BEAT, 2));
                channel[i] *= gain;
                channel[channel.length - 1 - i] *= gain;
            }
        }
        SeamMeasures seam = SeamMeasures.of(audio);
        assertTrue(seam.step() < 0.01, seam::toString);
        assertEquals(1, seam.stepQuantile(), seam::toString);
    }

    @Test
    void aPieceThatFadesOutJumpsWhereItBeginsAgain() {
        float[] fading = new float[4 * RATE];
        for (int i = 0; i < fading.length; i++) {
            fading[i] = (float) (tone(220, i) * (1 - 0.99 * i / fading.length));
        }
        SeamMeasures seam = SeamMeasures.of(new AudioBuffer(new float[][] {fading}, RATE));
        assertEquals(1, seam.spectralChangeQuantile(), seam::toString);
        assertTrue(seam.spectralChange() > 10, seam::toString);
    }

    @Test
    void silenceHasNoSeam() {
        assertEquals(new SeamMeasures(0, 0, 0, 0), SeamMeasures.of(new AudioBuffer(new float[2][RATE], RATE)));
    }

    @Test
    void tooShortASoundIsRefused() {
        AudioBuffer shortOne = new AudioBuffer(new float[1][8191], RATE);
        assertThrows(IllegalArgumentException.class, () -> SeamMeasures.of(shortOne));
    }
}
