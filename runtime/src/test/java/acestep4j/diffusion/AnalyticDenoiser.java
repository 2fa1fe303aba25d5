package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acestep4j.golden.NpyArray;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The model of the golden loops: scripts/golden/make_maths_golden.py has the same one. */
final class AnalyticDenoiser {
    static final StepListener NOBODY = (done, total) -> {};

    private AnalyticDenoiser() {}

    static void velocity(INDArray latents, float timestep, Pass pass, INDArray velocity) {
        FloatBuffer from = Latents.values(latents);
        FloatBuffer to = Latents.values(velocity);
        float noise = timestep / 1000;
        for (int i = 0; i < from.limit(); i++) {
            to.put(
                    i,
                    switch (pass) {
                        case CONDITIONAL -> from.get(i) * (noise + 0.25f) - 0.125f;
                        case UNCONDITIONAL -> from.get(i) * 0.5f + noise;
                        case TEXT_ONLY -> from.get(i) * 0.75f - noise * 0.5f;
                    });
        }
    }

    /** The velocity under the prompt and lyrics of an edit's target. */
    static void targetVelocity(INDArray latents, float timestep, Pass pass, INDArray velocity) {
        if (pass != Pass.CONDITIONAL) {
            velocity(latents, timestep, pass, velocity);
            return;
        }
        FloatBuffer from = Latents.values(latents);
        FloatBuffer to = Latents.values(velocity);
        for (int i = 0; i < from.limit(); i++) {
            to.put(i, from.get(i) * (timestep / 1000) + 0.25f);
        }
    }

    /** What stands for the latents of an existing piece. */
    static INDArray source(int batch, int frames) {
        INDArray source = Latents.create(batch, 8, 16, frames);
        new TorchGenerator(20).fillNormal(Latents.values(source));
        return source;
    }

    /** Latents of noise, each item's from a generator of its own. */
    static INDArray noise(int frames, TorchGenerator... generators) {
        INDArray noise = Latents.create(generators.length, 8, 16, frames);
        int item = 8 * 16 * frames;
        for (int i = 0; i < generators.length; i++) {
            generators[i].fillNormal(Latents.values(noise).slice(i * item, item));
        }
        return noise;
    }

    static void assertClose(NpyArray golden, INDArray latents, String message) {
        float[] expected = golden.floats();
        float[] actual = Arrays4d.floats(latents);
        double error = 0;
        double power = 0;
        assertEquals(expected.length, actual.length, message);
        for (int i = 0; i < expected.length; i++) {
            error += Math.pow(expected[i] - actual[i], 2);
            power += Math.pow(expected[i], 2);
        }
        assertEquals(0, Math.sqrt(error / power), 1e-6, message + ": relative RMS");
    }
}
