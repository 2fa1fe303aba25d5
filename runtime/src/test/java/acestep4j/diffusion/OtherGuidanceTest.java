package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.golden.NpyArray;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** CFG, CFG-zero-star and double condition. Golden file: scripts/golden/make_maths_golden.py. */
class OtherGuidanceTest {
    private static final Pass[] PASSES = {Pass.CONDITIONAL, Pass.UNCONDITIONAL, Pass.TEXT_ONLY};

    @Test
    void cfgIsTheOfficialOne() {
        assertOfficial(new CfgGuidance(), 0, 0, 15);
        assertOfficial(new CfgGuidance(), 1, 9, 3);
    }

    @Test
    void cfgZeroStarIsTheOfficialOneAndBeginsWith0() {
        assertOfficial(new CfgZeroStarGuidance(), 2, 0, 7);
        assertOfficial(new CfgZeroStarGuidance(), 3, 1, 7);
        assertOfficial(new CfgZeroStarGuidance(), 4, 2, 7);
        assertOfficial(new CfgZeroStarGuidance(), 5, 7, 7);
        assertArrayEquals(
                new float[120], NpyArray.golden("maths/guidance").at(3).at(3).floats(), 1e-30f);
    }

    @Test
    void doubleConditionIsTheOfficialOne() {
        assertOfficial(new DoubleConditionGuidance(5, 1.5), 6, 3, 15);
        assertOfficial(new DoubleConditionGuidance(2, 3), 7, 4, 1);
        assertEquals(List.of(Pass.TEXT_ONLY, Pass.UNCONDITIONAL), new DoubleConditionGuidance(2, 3).passes());
    }

    @Test
    void impossibleArgumentsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new DoubleConditionGuidance(Double.NaN, 2));
        assertThrows(IllegalArgumentException.class, () -> new DoubleConditionGuidance(2, Double.POSITIVE_INFINITY));
        try (INDArray two = Latents.create(1, 2, 2, 2);
                INDArray three = Latents.create(1, 2, 2, 3)) {
            Map<Pass, INDArray> velocities = Map.of(Pass.CONDITIONAL, two, Pass.UNCONDITIONAL, three);
            assertThrows(IllegalArgumentException.class, () -> new CfgGuidance().guide(velocities, 0, 2));
            assertThrows(IllegalArgumentException.class, () -> new CfgZeroStarGuidance().guide(velocities, 0, 2));
        }
    }

    private static void assertOfficial(Guidance guidance, int call, int evaluation, double scale) {
        NpyArray golden = NpyArray.golden("maths/guidance").at(call);
        try (INDArray conditional = Arrays4d.of(golden.at(0));
                INDArray unconditional = Arrays4d.of(golden.at(1));
                INDArray textOnly = Arrays4d.of(golden.at(2))) {
            Map<Pass, INDArray> velocities = Map.of(
                    PASSES[0], conditional,
                    PASSES[1], unconditional,
                    PASSES[2], textOnly);
            guidance.guide(velocities, evaluation, scale);
            float[] expected = golden.at(3).floats();
            float[] actual = Arrays4d.floats(conditional);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], actual[i], 1e-6 * Math.max(1, Math.abs(expected[i])), "call " + call);
            }
            assertArrayEquals(golden.at(1).floats(), Arrays4d.floats(unconditional), "unconditional was changed");
            assertArrayEquals(golden.at(2).floats(), Arrays4d.floats(textOnly), "text only was changed");
        }
    }
}
