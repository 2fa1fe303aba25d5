package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.golden.NpyArray;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Golden file: scripts/golden/make_maths_golden.py. */
class ApgGuidanceTest {
    @Test
    void threeCallsOnOneMomentumAreTheOfficialOnes() {
        NpyArray golden = NpyArray.golden("maths/apg");
        double[] scales = {15, 3, 1.5};
        ApgGuidance guidance = new ApgGuidance();
        for (int call = 0; call < 3; call++) {
            try (INDArray conditional = Arrays4d.of(golden.at(call).at(0));
                    INDArray unconditional = Arrays4d.of(golden.at(call).at(1))) {
                guidance.guide(conditional, unconditional, scales[call]);
                float[] expected = golden.at(call).at(2).floats();
                assertArrayEquals(expected, Arrays4d.floats(conditional), 2e-6f, "call " + call);
                float[] untouched = golden.at(call).at(1).floats();
                assertArrayEquals(untouched, Arrays4d.floats(unconditional), "unconditional was changed");
            }
        }
    }

    @Test
    void equalPassesStayAsTheyAre() {
        NpyArray golden = NpyArray.golden("maths/apg").at(1).at(0);
        try (INDArray conditional = Arrays4d.of(golden);
                INDArray unconditional = Arrays4d.of(golden)) {
            new ApgGuidance().guide(conditional, unconditional, 15);
            assertArrayEquals(golden.floats(), Arrays4d.floats(conditional));
        }
    }

    @Test
    void velocitiesOfAnotherSizeAreRefused() {
        ApgGuidance guidance = new ApgGuidance();
        try (INDArray conditional = Latents.create(1, 2, 2, 2);
                INDArray unconditional = Latents.create(1, 2, 2, 3)) {
            assertThrows(IllegalArgumentException.class, () -> guidance.guide(conditional, unconditional, 15));
        }
    }
}
