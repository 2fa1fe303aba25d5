package acestep4j.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Writes NumPy's {@code .npy} files, format version 1.0: float32, little-endian, C order. */
public final class NpyWriter {
    private static final int ALIGNMENT = 64;
    private static final int PREFIX_BYTES = 10;
    private static final int BLOCK_FLOATS = 1 << 14;

    private NpyWriter() {}

    /**
     * @param values from position to limit, as many as the shape holds; not changed
     * @throws acestep4j.FileWriteException if the file can't be written; nothing is left behind then
     */
    public static void write(Path file, FloatBuffer values, long... shape) {
        long expected = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        if (values.remaining() != expected) {
            throw new IllegalArgumentException("values: expected " + expected + " for the shape "
                    + Arrays.toString(shape) + ", found " + values.remaining());
        }
        AtomicFile.write(file, out -> {
            out.write(header(shape));
            writeFloats(out, values.duplicate());
        });
    }

    private static byte[] header(long[] shape) {
        String dimensions = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String tuple = shape.length == 1 ? "(" + dimensions + ",)" : "(" + dimensions + ")";
        String fields = "{'descr': '<f4', 'fortran_order': False, 'shape': " + tuple + ", }";
        int unpadded = PREFIX_BYTES + fields.length() + 1;
        int padding = Math.floorMod(-unpadded, ALIGNMENT);
        ByteBuffer header = ByteBuffer.allocate(unpadded + padding).order(ByteOrder.LITTLE_ENDIAN);
        header.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        header.put((byte) 1).put((byte) 0).putShort((short) (header.capacity() - PREFIX_BYTES));
        header.put((fields + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII));
        return header.array();
    }

    private static void writeFloats(OutputStream out, FloatBuffer values) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            block.clear();
            while (values.hasRemaining() && block.hasRemaining()) {
                block.putFloat(values.get());
            }
            out.write(block.array(), 0, block.position());
        }
    }
}
