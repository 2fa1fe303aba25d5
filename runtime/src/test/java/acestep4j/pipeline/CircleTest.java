package acestep4j.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.AceStepOptions;
import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.audio.AudioSink;
import acestep4j.bundle.Bundle;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.TorchGenerator;
import acestep4j.model.AceStepModel;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class CircleTest {
    /** So many latent frames are a whole number of samples at 48 kHz. */
    private static final int WHOLE_FRAMES = 147;

    private static final int WHOLE_SAMPLES = 4096 * 160;

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

    private static float[] decode(INDArray latents, DecodingMode mode) {
        ProgressMeter meter = new ProgressMeter(progress -> {});
        return new Decoding(model)
                .decode(latents, mode, AudioSink.none(), meter, new Cancellation())
                .get(0)
                .samples()[0];
    }

    private static INDArray noise(int frames) {
        INDArray latents = Latents.create(1, 8, 16, frames);
        new TorchGenerator(frames).fillNormal(Latents.values(latents));
        return latents;
    }

    @Test
    void turnedLatentsSoundTurned() {
        assertTrue(errorOfTurning(DecodingMode.CIRCULAR) < 5e-4, () -> "" + errorOfTurning(DecodingMode.CIRCULAR));
    }

    /** Without a circle the two ends sound otherwise than in its middle. */
    @Test
    void latentsDecodedFromEndToEndDoNot() {
        assertTrue(errorOfTurning(DecodingMode.WHOLE) > 5e-3, () -> "" + errorOfTurning(DecodingMode.WHOLE));
    }

    /** The relative RMS difference between the sound of turned latents and the turned sound. */
    private static double errorOfTurning(DecodingMode mode) {
        int frames = 2 * WHOLE_FRAMES;
        try (INDArray latents = noise(frames);
                INDArray turned = Latents.create(1, 8, 16, frames)) {
            Latents.copyFrames(latents, WHOLE_FRAMES, WHOLE_FRAMES, turned, 0);
            Latents.copyFrames(latents, 0, WHOLE_FRAMES, turned, WHOLE_FRAMES);
            float[] sound = decode(latents, mode);
            float[] turnedSound = decode(turned, mode);
            double error = 0;
            double power = 0;
            for (int i = 0; i < sound.length; i++) {
                double difference = turnedSound[(i + WHOLE_SAMPLES) % sound.length] - sound[i];
                error += difference * difference;
                power += (double) sound[i] * sound[i];
            }
            return Math.sqrt(error / power);
        }
    }

    /** 5 frames are fewer than their context, 147 a whole number of samples, the others none. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 86, 147})
    void aTurnLastsTheNearestNumberOfSamples(int frames) {
        try (INDArray latents = noise(frames)) {
            int expected = (int) Math.round(frames * 4096 * 160 / 147.0);
            assertEquals(expected, decode(latents, DecodingMode.CIRCULAR).length);
        }
    }

    @Test
    void turnsOfOtherLengthsSoundTheSame() {
        try (INDArray once = noise(WHOLE_FRAMES);
                INDArray twice = Latents.create(1, 8, 16, 2 * WHOLE_FRAMES)) {
            Latents.copyFrames(once, 0, WHOLE_FRAMES, twice, 0);
            Latents.copyFrames(once, 0, WHOLE_FRAMES, twice, WHOLE_FRAMES);
            float[] turn = decode(once, DecodingMode.CIRCULAR);
            float[] turns = decode(twice, DecodingMode.CIRCULAR);
            for (int i = 0; i < turns.length; i++) {
                assertEquals(turn[i % turn.length], turns[i], 2e-3f, "sample " + i);
            }
        }
    }
}
