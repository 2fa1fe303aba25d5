package acestep4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.AceStepOptions;
import acestep4j.Cancellation;
import acestep4j.CancelledException;
import acestep4j.audio.AudioBuffer;
import acestep4j.bundle.Bundle;
import acestep4j.diffusion.Latents;
import acestep4j.golden.NpyArray;
import acestep4j.golden.SyntheticSound;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Golden files: scripts/golden/make_latent_golden.py, which describes the sounds and synthesises the same. */
class LatentEncoderTest {
    private static final double TOLERANCE = 1e-4;

    private static AceStepModel model;

    @BeforeAll
    static void open() {
        Path folder = Path.of(System.getProperty("acestep4j.models"), "random-small");
        model = AceStepModel.open(Bundle.open(folder, false), AceStepOptions.defaults());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @ParameterizedTest
    @MethodSource("acestep4j.golden.SyntheticSound#all")
    void latentsAreTheOfficialOnes(SyntheticSound sound) {
        NpyArray expected = NpyArray.golden("latents/" + sound.name());
        try (INDArray latents = encode(sound.synthesise())) {
            int[] shape = expected.shape();
            assertArrayEquals(new long[] {1, shape[0], shape[1], shape[2]}, latents.shape());
            double error = relativeError(Latents.values(latents), expected.values());
            assertTrue(error < TOLERANCE, "relative RMS error " + error);
        }
    }

    @Test
    void monoIsStereoWithTwoEqualChannels() {
        float[] channel = tone(5000);
        try (INDArray mono = encode(new AudioBuffer(new float[][] {channel}, 32000));
                INDArray stereo = encode(new AudioBuffer(new float[][] {channel, channel}, 32000))) {
            assertEquals(stereo, mono);
        }
    }

    @Test
    void silenceAfterTheEndFillsTheLastFrame() {
        try (INDArray begun = encode(new AudioBuffer(new float[][] {new float[4097]}, 44100));
                INDArray whole = encode(new AudioBuffer(new float[][] {new float[8192]}, 44100))) {
            assertEquals(whole, begun);
            assertEquals(2, whole.size(3));
        }
    }

    @Test
    void refusesWhatIsNoMonoOrStereoSound() {
        assertRefused(
                "audio: expected 1 or 2 channels, found 8; mix them down first",
                new AudioBuffer(new float[8][100], 44100));
        assertRefused("audio: expected at least one sample, found none", new AudioBuffer(new float[2][0], 44100));
        float[][] broken = new float[2][100];
        broken[1][7] = Float.NaN;
        assertRefused(
                "audio: expected finite samples, found NaN in channel 1 at sample 7", new AudioBuffer(broken, 44100));
        broken[0][3] = Float.NEGATIVE_INFINITY;
        assertRefused(
                "audio: expected finite samples, found -Infinity in channel 0 at sample 3",
                new AudioBuffer(broken, 44100));
    }

    @Test
    void endsWhenCancelled() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        AudioBuffer audio = new AudioBuffer(new float[][] {tone(5000)}, 48000);
        assertThrows(CancelledException.class, () -> model.latentEncoder().encode(audio, cancellation));
    }

    private static void assertRefused(String message, AudioBuffer audio) {
        IllegalArgumentException problem = assertThrows(IllegalArgumentException.class, () -> encode(audio));
        assertEquals(message, problem.getMessage());
    }

    private static INDArray encode(AudioBuffer audio) {
        return model.latentEncoder().encode(audio, new Cancellation());
    }

    private static float[] tone(int length) {
        return new SyntheticSound("tone", 44100, 1, length, 440, 0.1, 0.5, false, 0)
                .synthesise()
                .samples()[0];
    }

    private static double relativeError(FloatBuffer actual, double[] expected) {
        assertEquals(expected.length, actual.remaining());
        double difference = 0;
        double energy = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual.get(i) - expected[i], 2);
            energy += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / energy);
    }
}
