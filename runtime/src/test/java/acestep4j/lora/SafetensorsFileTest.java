package acestep4j.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.LoraException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
    private static final String ONE = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";

    @TempDir
    private Path folder;

    @Test
    void readsTensorsInTheOrderOfTheirValues() throws IOException {
        Path file = TestSafetensors.write(
                folder.resolve("x"),
                "{\"__metadata__\":{\"k\":\"v\"},\"b\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[4,12]},"
                        + "\"a\":{\"dtype\":\"I8\",\"shape\":[4],\"data_offsets\":[0,4]}}   ",
                ByteBuffer.allocate(12)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(7)
                        .putFloat(1.5f)
                        .putFloat(-2)
                        .array());
        try (SafetensorsFile safetensors = SafetensorsFile.open(file)) {
            assertEquals("v", safetensors.metadata().get("k"));
            assertEquals(
                    List.of("a", "b"),
                    safetensors.entries().stream()
                            .map(SafetensorsFile.Entry::key)
                            .toList());
            assertEquals(List.of(1L, 2L), safetensors.entries().get(1).shape());
            assertArrayEquals(
                    new float[] {1.5f, -2},
                    safetensors.read(safetensors.entries().get(1)));
        }
    }

    @Test
    void readsEachType() throws IOException {
        byte[] halves = shorts(0x3c00, 0xc000, 0x3555, 0x0001, 0x8000, 0x7bff);
        byte[] brain = shorts(0x3f80, 0xc000, 0x3eab, 0x0001, 0x8000, 0x7f7f);
        Path file = new TestSafetensors()
                .tensor("half", "F16", List.of(6), halves)
                .tensor("brain", "BF16", List.of(6), brain)
                .write(folder.resolve("x"));
        try (SafetensorsFile safetensors = SafetensorsFile.open(file)) {
            assertArrayEquals(
                    new float[] {1, -2, 0.33325195f, 0x1p-24f, -0f, 65504},
                    safetensors.read(safetensors.entries().get(0)));
            assertArrayEquals(
                    new float[] {1, -2, 0.33398438f, 0x1p-133f, -0f, Float.intBitsToFloat(0x7f7f0000)},
                    safetensors.read(safetensors.entries().get(1)));
        }
    }

    @Test
    void readsATensorLargerThanItsBuffer() throws IOException {
        Path file = new TestSafetensors().tensor("a", 700, 1000).write(folder.resolve("x"));
        try (SafetensorsFile safetensors = SafetensorsFile.open(file)) {
            float[] values = safetensors.read(safetensors.entries().get(0));
            assertEquals(700_000, values.length);
            for (int i = 0; i < values.length; i++) {
                assertEquals(i + 1, values[i]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x7c00, 0xfc00, 0x7e00})
    void refusesNumbersThatArentFinite(int half) throws IOException {
        Path file = new TestSafetensors()
                .tensor("a", "F16", List.of(1), shorts(half))
                .write(folder.resolve("x"));
        try (SafetensorsFile safetensors = SafetensorsFile.open(file)) {
            LoraException e = assertThrows(
                    LoraException.class,
                    () -> safetensors.read(safetensors.entries().get(0)));
            assertTrue(e.getMessage().contains("'a' expected finite numbers"), e.getMessage());
        }
    }

    @Test
    void refusesEachCutThatIsMissingSomething() throws IOException {
        byte[] whole = Files.readAllBytes(
                new TestSafetensors().tensor("a", 2, 3).tensor("b", 1).write(folder.resolve("x")));
        for (int length = 0; length < whole.length; length++) {
            Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(whole, length));
            assertThrows(LoraException.class, () -> SafetensorsFile.open(cut).close(), "length " + length);
        }
        Path longer = Files.write(folder.resolve("longer"), Arrays.copyOf(whole, whole.length + 1));
        assertThrows(LoraException.class, () -> SafetensorsFile.open(longer).close());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,16]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,1e1]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[999999999999999,999999999999999,2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":\"2\",\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":5,\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":[]}",
                "{\"a\":null}",
                "{\"__metadata__\":[],\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"__metadata__\":{\"k\":5},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                ONE + "{}",
                ONE + "x",
                "[]",
                "5",
                "{}",
                "  ",
                "\u0000\u0000",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
            })
    void refusesHeadersThatLie(String header) throws IOException {
        Path file = TestSafetensors.write(folder.resolve("x"), header, new byte[8]);
        LoraException e = assertThrows(
                LoraException.class, () -> SafetensorsFile.open(file).close());
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        assertTrue(e.getMessage().length() < 600 && !e.getMessage().contains("\n"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 0, 1, 1L << 31, 100_000_001})
    void refusesHeaderLengthsThatLie(long length) throws IOException {
        byte[] text = ONE.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(16 + text.length).order(ByteOrder.LITTLE_ENDIAN);
        Path file =
                Files.write(folder.resolve("x"), bytes.putLong(length).put(text).array());
        assertThrows(LoraException.class, () -> SafetensorsFile.open(file).close());
    }

    @Test
    void refusesNestingWithoutEnd() throws IOException {
        Path file = TestSafetensors.write(folder.resolve("x"), "{\"a\":" + "[".repeat(1_000_000), new byte[0]);
        assertThrows(LoraException.class, () -> SafetensorsFile.open(file).close());
    }

    @Test
    void refusesWhatIsNoFile() {
        assertThrows(LoraException.class, () -> SafetensorsFile.open(folder));
        assertThrows(LoraException.class, () -> SafetensorsFile.open(folder.resolve("missing")));
    }

    private static byte[] shorts(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            bytes.putShort((short) value);
        }
        return bytes.array();
    }
}
