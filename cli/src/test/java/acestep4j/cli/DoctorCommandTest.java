package acestep4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code doctor} on a machine whose ONNX Runtime has the CPU only. */
class DoctorCommandTest {
    private static final String BUNDLE =
            Path.of(System.getProperty("acestep4j.models"), "random-small").toString();

    @TempDir
    private Path folder;

    @Test
    void saysWhatComputesABundleAndWhy() {
        Outcome outcome = Outcome.of("doctor", "--bundle", BUNDLE, "--verify");
        assertEquals(0, outcome.exitCode(), outcome.err());
        assertTrue(outcome.out().contains("all hashes right"), outcome.out());
        assertTrue(outcome.out().contains("cuda:0: this ONNX Runtime has no CUDA provider"), outcome.out());
        assertTrue(outcome.out().lines().anyMatch(line -> line.matches("device +cpu")), outcome.out());
        assertEquals("", outcome.err());
    }

    @Test
    void saysTheSameAsJson() {
        JsonObject json = JsonParser.parseString(
                        Outcome.of("doctor", "--bundle", BUNDLE, "--json").out())
                .getAsJsonObject();
        assertTrue(json.get("can_compute").getAsBoolean());
        assertEquals("cpu", json.get("device").getAsString());
        assertEquals(
                "NO_PROVIDER",
                json.getAsJsonArray("device_attempts")
                        .get(0)
                        .getAsJsonObject()
                        .get("cause")
                        .getAsString());
        assertTrue(json.get("cores").getAsInt() > 0);
    }

    @Test
    void checksTheMachineAlone() {
        Outcome outcome = Outcome.of("doctor");
        assertEquals(0, outcome.exitCode(), outcome.err());
        assertFalse(outcome.out().contains("bundle"), outcome.out());
        assertTrue(outcome.out().lines().anyMatch(line -> line.matches("precision +int8")), outcome.out());
    }

    @Test
    void failsWhenNothingCanCompute() {
        Outcome cuda = Outcome.of("doctor", "--device", "cuda");
        assertEquals(1, cuda.exitCode());
        assertTrue(cuda.out().lines().anyMatch(line -> line.matches(" *remedy +put .*onnxruntime_gpu.*")), cuda.out());
        Outcome empty = Outcome.of("doctor", "--bundle", folder.toString());
        assertEquals(1, empty.exitCode());
        assertTrue(empty.out().contains("can't be opened: "), empty.out());
    }

    @Test
    void refusesADeviceThatIsNone() {
        Outcome outcome = Outcome.of("doctor", "--device", "gpu");
        assertEquals(2, outcome.exitCode());
        assertTrue(outcome.err().contains("expected auto, cpu, cuda or cuda:N, found gpu"), outcome.err());
        assertEquals(2, Outcome.of("doctor", "--device", "cpu:1").exitCode());
    }
}
