package acestep4j.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CompactLatentsTest {
    private static final int ROWS = 128;
    private static final int FRAMES = 300;

    @Test
    void eachValueIsWithinHalfAStepOfItsBlock() {
        float[] latents = noise();
        byte[] compact = CompactLatents.encode(FloatBuffer.wrap(latents), ROWS, FRAMES);
        assertEquals(CompactLatents.size(ROWS, FRAMES), compact.length);
        float[] decoded = CompactLatents.decode(compact, ROWS, FRAMES);
        double error = 0;
        double energy = 0;
        for (int i = 0; i < latents.length; i++) {
            // Noise of deviation 2 stays within 11 of its mean.
            assertEquals(latents[i], decoded[i], 22.0 / 255 / 2);
            error += Math.pow(latents[i] - decoded[i], 2);
            energy += Math.pow(latents[i], 2);
        }
        assertTrue(10 * Math.log10(energy / error) > 42, "SNR " + 10 * Math.log10(energy / error));
        double framesPerSecond = 44_100.0 / 512 / 8;
        double bytesPerSecond = compact.length / (FRAMES / framesPerSecond);
        assertTrue(bytesPerSecond < 1500, bytesPerSecond + " bytes per second");
    }

    @Test
    void constantRowsAreExact() {
        float[] latents = new float[ROWS * FRAMES];
        Arrays.fill(latents, -1.25f);
        byte[] compact = CompactLatents.encode(FloatBuffer.wrap(latents), ROWS, FRAMES);
        assertArrayEquals(latents, CompactLatents.decode(compact, ROWS, FRAMES));
    }

    private static float[] noise() {
        Random random = new Random(5);
        float[] latents = new float[ROWS * FRAMES];
        for (int i = 0; i < latents.length; i++) {
            latents[i] = (float) (random.nextGaussian() * 2 + i / FRAMES % 3);
        }
        return latents;
    }
}
