package acestep4j.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class DeviationTest {
    @Test
    void lengthChangesTheErrorAndNotTheCosine() {
        Deviation deviation = Deviation.of(new float[] {2, 4}, new float[] {1, 2});
        assertEquals(1, deviation.cosine(), 1e-12);
        assertEquals(1, deviation.relativeError(), 1e-12);
    }

    @Test
    void directionChangesBoth() {
        Deviation deviation = Deviation.of(new float[] {0, 3}, new float[] {4, 0});
        assertEquals(0, deviation.cosine(), 1e-12);
        assertEquals(5.0 / 4, deviation.relativeError(), 1e-12);
    }

    @Test
    void otherLengthsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Deviation.of(new float[1], new float[2]));
    }
}
