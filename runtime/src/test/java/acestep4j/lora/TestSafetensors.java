package acestep4j.lora;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A safetensors file that a test makes, or spoils. */
public final class TestSafetensors {
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private record Tensor(String type, List<Integer> shape, byte[] values) {}

    /** A file with the content of another one. */
    public static TestSafetensors copyOf(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int start =
                8 + (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        JsonObject header = JsonParser.parseString(new String(bytes, 8, start - 8, StandardCharsets.UTF_8))
                .getAsJsonObject();
        TestSafetensors copy = new TestSafetensors();
        header.entrySet().stream()
                .sorted((a, b) -> Integer.compare(
                        offset(a.getValue().getAsJsonObject(), 0),
                        offset(b.getValue().getAsJsonObject(), 0)))
                .forEach(entry -> {
                    JsonObject value = entry.getValue().getAsJsonObject();
                    if (entry.getKey().equals("__metadata__")) {
                        value.entrySet()
                                .forEach(text -> copy.metadata.put(
                                        text.getKey(), text.getValue().getAsString()));
                    } else {
                        List<Integer> shape = new ArrayList<>();
                        value.getAsJsonArray("shape").forEach(size -> shape.add(size.getAsInt()));
                        copy.tensors.put(
                                entry.getKey(),
                                new Tensor(
                                        value.get("dtype").getAsString(),
                                        shape,
                                        Arrays.copyOfRange(bytes, start + offset(value, 0), start + offset(value, 1))));
                    }
                });
        return copy;
    }

    private static int offset(JsonObject entry, int index) {
        return entry.has("data_offsets")
                ? entry.getAsJsonArray("data_offsets").get(index).getAsInt()
                : -1;
    }

    public TestSafetensors metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /** The text of the metadata under which diffusers keeps PEFT's configuration. */
    public String config() {
        return metadata.get("lora_adapter_metadata");
    }

    public TestSafetensors config(String json) {
        return metadata("lora_adapter_metadata", json);
    }

    public TestSafetensors remove(String key) {
        tensors.remove(key);
        return this;
    }

    public TestSafetensors rename(String key, String name) {
        tensors.put(name, tensors.remove(key));
        return this;
    }

    public TestSafetensors type(String key, String type) {
        tensors.computeIfPresent(key, (k, t) -> new Tensor(type, t.shape(), t.values()));
        return this;
    }

    /** Float32 values that count up from 1. */
    public TestSafetensors tensor(String key, Integer... shape) {
        int count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        ByteBuffer values = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            values.putFloat(i + 1);
        }
        return tensor(key, "F32", List.of(shape), values.array());
    }

    public TestSafetensors tensor(String key, String type, List<Integer> shape, byte[] values) {
        tensors.put(key, new Tensor(type, shape, values));
        return this;
    }

    public Path write(Path file) throws IOException {
        Map<String, Object> header = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            header.put("__metadata__", metadata);
        }
        int size = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            int end = size + tensor.values().length;
            header.put(
                    entry.getKey(),
                    Map.of("dtype", tensor.type(), "shape", tensor.shape(), "data_offsets", List.of(size, end)));
            size = end;
        }
        ByteBuffer data = ByteBuffer.allocate(size);
        tensors.values().forEach(tensor -> data.put(tensor.values()));
        return write(file, new Gson().toJson(header), data.array());
    }

    public static Path write(Path file, String header, byte[] data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(text.length).put(text).put(data).array());
        return file;
    }
}
