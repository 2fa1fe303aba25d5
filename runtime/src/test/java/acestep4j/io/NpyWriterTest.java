package acestep4j.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.golden.NpyArray;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyWriterTest {
    @TempDir
    Path folder;

    /** The golden file is NumPy's own. */
    @Test
    void writesTheBytesThatNumPyWrites() throws IOException {
        assertSameBytes("maths/euler");
        assertSameBytes("maths/resample_input");
    }

    private void assertSameBytes(String golden) throws IOException {
        Path file = folder.resolve("copy.npy");
        NpyArray array = NpyArray.golden(golden);
        NpyWriter.write(file, FloatBuffer.wrap(array.floats()), array.longShape());
        try (var expected = NpyWriterTest.class.getResourceAsStream("/golden/" + golden + ".npy")) {
            assertArrayEquals(expected.readAllBytes(), Files.readAllBytes(file));
        }
    }

    @Test
    void writesMoreThanABlockFromPositionToLimit() throws IOException {
        FloatBuffer values = FloatBuffer.allocate(40000);
        values.put(39999, 3).position(1);
        Path file = folder.resolve("long.npy");
        NpyWriter.write(file, values, 39999);
        assertEquals(1, values.position());
        NpyArray read = NpyArray.parse(Files.readAllBytes(file));
        assertArrayEquals(new int[] {39999}, read.shape());
        assertEquals(3, read.values()[39998]);
    }

    @Test
    void aShapeThatDoesNotFitIsRefused() {
        Path file = folder.resolve("no.npy");
        assertThrows(IllegalArgumentException.class, () -> NpyWriter.write(file, FloatBuffer.allocate(7), 2, 3));
    }
}
