package acestep4j.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ResidentMemoryTest {
    @Test
    void peakResidentMemoryIsReadInBytes() {
        assertEquals(
                2048L * 1024,
                ResidentMemory.parsePeak("VmPeak:\t 9 kB\nVmHWM:\t    2048 kB\n")
                        .getAsLong());
        assertTrue(ResidentMemory.parsePeak("VmPeak:\t 9 kB\n").isEmpty());
    }
}
