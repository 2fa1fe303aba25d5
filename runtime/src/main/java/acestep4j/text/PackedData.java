package acestep4j.text;

import acestep4j.BundleException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/** The form of the bundle's language data: a magic word, then one zlib stream of little-endian numbers. */
final class PackedData {
    private PackedData() {}

    /**
     * Reads a file of that form.
     *
     * @param magic the word it begins with, which names its kind and version
     * @param what the kind in words, for the error
     * @param parser makes the data of the unpacked stream; whatever it throws says that the file is damaged
     * @throws BundleException naming the file and what is wrong with it
     */
    static <T> T read(Path file, String magic, String what, Function<ByteBuffer, T> parser) {
        try {
            byte[] content = Files.readAllBytes(file);
            byte[] word = magic.getBytes(StandardCharsets.US_ASCII);
            if (content.length < word.length || !Arrays.equals(content, 0, word.length, word, 0, word.length)) {
                throw unusable(file, "no " + what + " of this version", null);
            }
            try (var inflated = new InflaterInputStream(
                    new ByteArrayInputStream(content, word.length, content.length - word.length))) {
                return parser.apply(ByteBuffer.wrap(inflated.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN));
            }
        } catch (EOFException | ZipException e) {
            throw unusable(file, "damaged or truncated", e);
        } catch (IOException e) {
            throw new BundleException(file + ": can't be read: " + e.getMessage(), e);
        } catch (BundleException e) {
            throw e;
        } catch (RuntimeException e) {
            throw unusable(file, "damaged or truncated", e);
        }
    }

    /** The next bytes. */
    static byte[] bytes(ByteBuffer data, int count) {
        byte[] bytes = new byte[count];
        data.get(bytes);
        return bytes;
    }

    /** The next 16-bit numbers, of which all low bytes come first, then all high bytes. */
    static char[] chars(ByteBuffer data, int count) {
        byte[] low = bytes(data, count);
        byte[] high = bytes(data, count);
        char[] chars = new char[count];
        for (int i = 0; i < count; i++) {
            chars[i] = (char) (Byte.toUnsignedInt(high[i]) << 8 | Byte.toUnsignedInt(low[i]));
        }
        return chars;
    }

    private static BundleException unusable(Path file, String problem, Exception cause) {
        return new BundleException(file + ": " + problem + "; export the bundle again", cause);
    }
}
