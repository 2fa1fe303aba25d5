package acestep4j.lora;

import acestep4j.LoraException;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An open safetensors file: 8 bytes with the header's length, the header in JSON, the values. The whole header is
 * checked when it is opened: every tensor lies inside the file, right behind the one before. Not thread-safe.
 */
final class SafetensorsFile implements AutoCloseable {
    private static final int PREFIX = 8;
    private static final long LONGEST_HEADER = 100_000_000; // the format's own limit
    private static final int READ_SIZE = 1 << 20;
    private static final String REMEDY = "; get the file again";

    private final Path path;
    private final FileChannel channel;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private long dataStart;

    /**
     * One tensor.
     *
     * @param type the type of its elements as the format names it, such as {@code BF16}
     * @param shape its sizes, outermost first
     * @param begin where its values begin, in bytes from the header's end
     * @param end where they end
     */
    record Entry(String key, String type, List<Long> shape, long begin, long end) {}

    private SafetensorsFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** @throws LoraException when there is no such file or it isn't a safetensors file */
    static SafetensorsFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new LoraException(path + ": expected a safetensors file, found "
                    + (Files.exists(path) ? "something else" : "nothing") + "; give the path of a LoRA file");
        }
        SafetensorsFile file;
        try {
            file = new SafetensorsFile(path, FileChannel.open(path, StandardOpenOption.READ));
        } catch (IOException e) {
            throw new LoraException(
                    path + ": expected a readable file, found " + e + "; check the disk and permissions", e);
        }
        try {
            file.readHeader();
            return file;
        } catch (RuntimeException | Error e) {
            try {
                file.close();
            } catch (RuntimeException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    Path path() {
        return path;
    }

    /** The file's free-form metadata. */
    Map<String, String> metadata() {
        return metadata;
    }

    /** Every tensor, in the order of their values in the file. */
    List<Entry> entries() {
        return entries;
    }

    /**
     * The values of a tensor of type F32, F16 or BF16.
     *
     * @throws LoraException naming the key when a value isn't finite
     */
    float[] read(Entry entry) {
        int size = sizeOf(entry.type());
        float[] values = new float[Math.toIntExact((entry.end() - entry.begin()) / size)];
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(READ_SIZE, entry.end() - entry.begin()))
                .order(ByteOrder.LITTLE_ENDIAN);
        int done = 0;
        while (done < values.length) {
            bytes.clear().limit((int) Math.min(bytes.capacity(), (long) (values.length - done) * size));
            fill(bytes, dataStart + entry.begin() + (long) done * size);
            for (bytes.flip(); bytes.hasRemaining(); done++) {
                values[done] = switch (entry.type()) {
                    case "F32" -> bytes.getFloat();
                    case "F16" -> halfToFloat(bytes.getShort());
                    default -> Float.intBitsToFloat(bytes.getShort() << 16);
                };
                if (!Float.isFinite(values[done])) {
                    throw new LoraException(path + ": '" + entry.key() + "' expected finite numbers, found "
                            + values[done] + "; the training went wrong: use another LoRA");
                }
            }
        }
        return values;
    }

    /** SHA-256 of the whole file, in hexadecimal. */
    String sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer bytes = ByteBuffer.allocate(READ_SIZE);
            long size = channel.size();
            for (long position = 0; position < size; position += bytes.limit()) {
                bytes.clear().limit((int) Math.min(READ_SIZE, size - position));
                fill(bytes, position);
                digest.update(bytes.flip());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private void readHeader() {
        String header;
        long dataSize;
        try {
            long size = channel.size();
            ByteBuffer prefix = ByteBuffer.allocate(PREFIX).order(ByteOrder.LITTLE_ENDIAN);
            if (size < PREFIX) {
                throw malformed("a header", "a file of " + size + " bytes");
            }
            fill(prefix, 0);
            long length = prefix.getLong(0);
            if (length < 2 || length > Math.min(LONGEST_HEADER, size - PREFIX)) {
                throw malformed(
                        "a header of 2 to " + Math.min(LONGEST_HEADER, size - PREFIX) + " bytes",
                        "a length of " + Long.toUnsignedString(length));
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) length);
            fill(bytes, PREFIX);
            header = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
            dataStart = PREFIX + length;
            dataSize = size - dataStart;
        } catch (CharacterCodingException e) {
            throw new LoraException(path + ": expected a header in UTF-8, found other bytes" + REMEDY, e);
        } catch (IOException e) {
            throw unreadable(e);
        }
        try {
            parse(header);
        } catch (JsonParseException | IOException | IllegalStateException e) {
            throw new LoraException(path + ": expected a header in JSON, found other text" + REMEDY, e);
        }
        checkLayout(dataSize);
    }

    private void parse(String header) throws IOException {
        JsonReader reader = new JsonReader(new StringReader(header.stripTrailing()));
        reader.setStrictness(Strictness.STRICT);
        Map<String, Entry> byKey = new LinkedHashMap<>();
        reader.beginObject();
        while (reader.hasNext()) {
            String key = reader.nextName();
            JsonElement value = JsonParser.parseReader(reader);
            if (key.equals("__metadata__")) {
                readMetadata(value);
            } else if (byKey.put(key, entry(key, value)) != null) {
                throw malformed("each key once", "'" + shorten(key) + "' twice");
            }
        }
        reader.endObject();
        if (reader.peek() != JsonToken.END_DOCUMENT) {
            throw malformed("one JSON object as header", "more behind it");
        }
        byKey.values().stream()
                .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
                .forEach(entries::add);
    }

    private void readMetadata(JsonElement value) {
        if (!value.isJsonObject()) {
            throw malformed("'__metadata__' with texts", "something else");
        }
        for (Map.Entry<String, JsonElement> entry : value.getAsJsonObject().entrySet()) {
            if (!entry.getValue().isJsonPrimitive()
                    || !entry.getValue().getAsJsonPrimitive().isString()) {
                throw malformed("'__metadata__' with texts", "something else under '" + shorten(entry.getKey()) + "'");
            }
            metadata.put(entry.getKey(), entry.getValue().getAsString());
        }
    }

    private Entry entry(String key, JsonElement value) {
        if (value instanceof JsonObject object
                && object.get("dtype") instanceof JsonPrimitive type
                && type.isString()
                && object.get("shape") instanceof JsonArray shape
                && object.get("data_offsets") instanceof JsonArray offsets
                && offsets.size() == 2
                && areSizes(shape)
                && areSizes(offsets)) {
            List<Long> sizes =
                    shape.asList().stream().map(JsonElement::getAsLong).toList();
            return new Entry(
                    key,
                    type.getAsString(),
                    sizes,
                    offsets.get(0).getAsLong(),
                    offsets.get(1).getAsLong());
        }
        throw malformed("dtype, shape and data_offsets of '" + shorten(key) + "'", shorten(value.toString()));
    }

    private static boolean areSizes(JsonArray array) {
        for (JsonElement element : array) {
            if (!element.isJsonPrimitive()
                    || !element.getAsJsonPrimitive().isNumber()
                    || !element.getAsString().matches("[0-9]{1,15}")) {
                return false;
            }
        }
        return true;
    }

    private void checkLayout(long dataSize) {
        long end = 0;
        for (Entry entry : entries) {
            if (entry.begin() != end || entry.end() < entry.begin() || entry.end() > dataSize) {
                throw malformed(
                        "'" + shorten(entry.key()) + "' at " + end + " of " + dataSize + " bytes",
                        "offsets [" + entry.begin() + ", " + entry.end() + "]");
            }
            end = entry.end();
            if (isReadable(entry.type()) && !fits(entry)) {
                throw malformed(
                        "'" + shorten(entry.key()) + "' with the values of " + entry.type() + " " + entry.shape(),
                        (entry.end() - entry.begin()) + " bytes");
            }
        }
        if (end != dataSize) {
            throw malformed("the end of the file behind " + end + " bytes of values", dataSize + " bytes");
        }
    }

    private static boolean fits(Entry entry) {
        long rest = entry.end() - entry.begin();
        long size = sizeOf(entry.type());
        for (long dimension : entry.shape()) {
            if (dimension != 0 && size > rest / dimension) {
                return false;
            }
            size *= dimension;
        }
        return size == rest;
    }

    /** Whether {@link #read} takes this type. */
    static boolean isReadable(String type) {
        return type.equals("F32") || type.equals("F16") || type.equals("BF16");
    }

    private static int sizeOf(String type) {
        return type.equals("F32") ? Float.BYTES : Short.BYTES;
    }

    static float halfToFloat(short half) {
        int exponent = half >> 10 & 0x1f;
        int mantissa = half & 0x3ff;
        float magnitude = exponent == 0
                ? mantissa * 0x1p-24f
                : Float.intBitsToFloat((exponent == 0x1f ? 0xff : exponent + 112) << 23 | mantissa << 13);
        return half < 0 ? -magnitude : magnitude;
    }

    private void fill(ByteBuffer target, long position) {
        try {
            long start = position - target.position();
            while (target.hasRemaining()) {
                if (channel.read(target, start + target.position()) < 0) {
                    throw new EOFException("the file became shorter");
                }
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private LoraException unreadable(IOException e) {
        return new LoraException(
                path + ": expected a readable file, found " + e + "; check the disk and permissions", e);
    }

    private LoraException malformed(String expected, String found) {
        return new LoraException(
                path + ": not a whole safetensors file: expected " + expected + ", found " + found + REMEDY);
    }

    private static String shorten(String text) {
        return text.length() <= 200 ? text : text.substring(0, 197) + "...";
    }
}
