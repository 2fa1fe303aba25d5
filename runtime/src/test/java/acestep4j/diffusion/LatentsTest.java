package acestep4j.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class LatentsTest {
    @Test
    void theBufferIsTheArraysMemory() {
        try (INDArray latents = Latents.create(2, 8, 16, 3)) {
            FloatBuffer values = Latents.values(latents);
            assertTrue(values.isDirect());
            assertEquals(2 * 8 * 16 * 3, values.remaining());
            assertEquals(0, latents.sumNumber().floatValue());
            values.put(((1 * 8 + 2) * 16 + 5) * 3 + 2, 7);
            assertEquals(7, latents.getFloat(1, 2, 5, 2));
        }
    }

    @Test
    void aBatchItemIsItsOwnMemory() {
        try (INDArray latents = Latents.create(2, 2, 2, 2)) {
            INDArray second = latents.get(NDArrayIndex.interval(1, 2));
            FloatBuffer values = Latents.values(second);
            assertEquals(8, values.remaining());
            values.put(0, 5);
            assertEquals(5, latents.getFloat(1, 0, 0, 0));
        }
    }

    @Test
    void otherTypesAndLayoutsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Latents.values(Nd4j.create(DataType.DOUBLE, 2, 3)));
        assertThrows(
                IllegalArgumentException.class,
                () -> Latents.values(Nd4j.create(DataType.FLOAT, 2, 3).transpose()));
        assertThrows(
                IllegalArgumentException.class,
                () -> Latents.values(
                        Nd4j.create(DataType.FLOAT, 2, 4).get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2))));
    }
}
