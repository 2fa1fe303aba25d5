package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import acestep4j.golden.NpyArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The lists are those of scripts/golden/make_maths_golden.py, which made the golden files. */
class TorchGeneratorTest {
    private static final long[] SEEDS = {0, 1, 42, 1L << 31, (1L << 32) - 1, (1L << 32) + 5, -1, -5};
    private static final int[] SHORT_SIZES = {1, 2, 3, 4, 15, 16, 17, 5, 31, 32, 33, 1, 40};
    private static final int[] LONG_SIZES = {100, 1000, 12800, 330000};
    private static final float TOLERANCE = 1e-6f;

    @Test
    void shortDrawsFollowEachOtherLikeTorchs() {
        NpyArray golden = NpyArray.golden("maths/randn_short");
        for (int s = 0; s < SEEDS.length; s++) {
            TorchGenerator generator = new TorchGenerator(SEEDS[s]);
            FloatBuffer drawn = FloatBuffer.allocate(golden.shape()[1]);
            for (int size : SHORT_SIZES) {
                drawn.put(normals(generator, size));
            }
            assertArrayEquals(golden.at(s).floats(), drawn.array(), TOLERANCE, "seed " + SEEDS[s]);
        }
    }

    @Test
    void longDrawsAndTheUniformsAfterThemAreTorchs() {
        NpyArray golden = NpyArray.golden("maths/randn_long");
        for (int s = 0; s < SEEDS.length; s++) {
            TorchGenerator generator = new TorchGenerator(SEEDS[s]);
            float[] expected = golden.at(s).floats();
            for (int k = 0; k < LONG_SIZES.length; k++) {
                float[] drawn = normals(generator, LONG_SIZES[k]);
                float[] kept = Arrays.copyOfRange(expected, 42 * k, 42 * k + 42);
                String draw = "seed " + SEEDS[s] + ", size " + LONG_SIZES[k];
                assertArrayEquals(Arrays.copyOf(kept, 20), Arrays.copyOf(drawn, 20), TOLERANCE, draw);
                float[] end = Arrays.copyOfRange(drawn, drawn.length - 20, drawn.length);
                assertArrayEquals(Arrays.copyOfRange(kept, 20, 40), end, TOLERANCE, draw);
                assertEquals(kept[40], generator.nextUniform(), draw);
                assertEquals(kept[41], generator.nextUniform(), draw);
            }
        }
    }

    @Test
    void onlyTheLow32BitsOfTheSeedMatter() {
        assertArrayEquals(normals(new TorchGenerator(5), 20), normals(new TorchGenerator((7L << 32) + 5), 20));
        assertArrayEquals(normals(new TorchGenerator(-1), 20), normals(new TorchGenerator((1L << 32) - 1), 20));
    }

    @Test
    void fillsFromPositionToLimitOfAnyBuffer() {
        FloatBuffer direct =
                ByteBuffer.allocateDirect(30 * 4).order(ByteOrder.nativeOrder()).asFloatBuffer();
        direct.position(5).limit(25);
        new TorchGenerator(3).fillNormal(direct);
        assertEquals(5, direct.position());
        float[] drawn = new float[20];
        direct.get(drawn);
        assertArrayEquals(normals(new TorchGenerator(3), 20), drawn);
        direct.clear();
        assertEquals(0, direct.get(4));
        assertEquals(0, direct.get(25));
    }

    private static float[] normals(TorchGenerator generator, int size) {
        FloatBuffer target = FloatBuffer.allocate(size);
        generator.fillNormal(target);
        return target.array();
    }
}
