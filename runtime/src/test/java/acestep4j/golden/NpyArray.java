package acestep4j.golden;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A NumPy file of the tests, format version 1.0.
 *
 * @param values in C order, whatever the file's number type
 */
public record NpyArray(int[] shape, double[] values) {
    private static final Pattern HEADER = Pattern.compile(
            "\\{'descr': '<(f4|f8|i2|i8)', 'fortran_order': False, 'shape': \\(([0-9, ]*)\\), \\} *\\n");

    /** @param name under the test resources' folder golden, without the extension */
    public static NpyArray golden(String name) {
        String resource = "/golden/" + name + ".npy";
        try (InputStream in = NpyArray.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException(resource + ": not among the test resources");
            }
            return parse(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static NpyArray parse(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[8];
        bytes.get(magic);
        if (!Arrays.equals(magic, new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})) {
            throw new IllegalArgumentException("not a .npy file of version 1.0");
        }
        byte[] header = new byte[Short.toUnsignedInt(bytes.getShort())];
        bytes.get(header);
        Matcher fields = HEADER.matcher(new String(header, StandardCharsets.US_ASCII));
        if (!fields.matches()) {
            throw new IllegalArgumentException("unexpected header " + new String(header, StandardCharsets.US_ASCII));
        }
        int[] shape = Arrays.stream(fields.group(2).split(","))
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
        double[] values = new double[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (fields.group(1)) {
                case "f4" -> bytes.getFloat();
                case "f8" -> bytes.getDouble();
                case "i2" -> bytes.getShort();
                default -> bytes.getLong();
            };
        }
        if (bytes.hasRemaining()) {
            throw new IllegalArgumentException(bytes.remaining() + " bytes too many");
        }
        return new NpyArray(shape, values);
    }

    /** The part under one index of the first dimension. */
    public NpyArray at(int index) {
        int[] rest = Arrays.copyOfRange(shape, 1, shape.length);
        int size = values.length / shape[0];
        return new NpyArray(rest, Arrays.copyOfRange(values, index * size, (index + 1) * size));
    }

    public float[] floats() {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    public long[] longShape() {
        return Arrays.stream(shape).asLongStream().toArray();
    }
}
