package acestep4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.request.TextToMusicRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Nothing of a generation goes through the network. Each process here is a new one, in which nothing is loaded yet. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class NoNetworkTest {
    /** What the natives of ONNX Runtime from 1.29 hold, which report their use, and those of other telemetry. */
    private static final List<String> COLLECTORS = List.of(
            "events.data.microsoft.com",
            "vortex.data.microsoft.com",
            "ORT_DISABLE_TELEMETRY",
            "in.applicationinsights");

    @Test
    @EnabledOnOs(OS.LINUX)
    void aGenerationOpensNoSocket() throws IOException, InterruptedException {
        assertEquals(0, exitStatusOf(Generation.class));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theGuardKillsAProcessThatOpensASocket() throws IOException, InterruptedException {
        assertEquals(SocketGuard.KILLED, exitStatusOf(OpenSocket.class));
    }

    @Test
    void hasAnOnnxRuntimeWithoutTelemetryEndpoints() throws IOException {
        for (String library : List.of(
                "linux-x64/libonnxruntime.so",
                "linux-aarch64/libonnxruntime.so",
                "osx-aarch64/libonnxruntime.dylib",
                "win-x64/onnxruntime.dll")) {
            try (InputStream in = NoNetworkTest.class.getResourceAsStream("/ai/onnxruntime/native/" + library)) {
                assertTrue(in != null, "no " + library);
                String narrow = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
                assertTrue(narrow.contains("onnxruntime"), library);
                String wide = narrow.replace("\0", "");
                for (String collector : COLLECTORS) {
                    assertFalse(narrow.contains(collector) || wide.contains(collector), library + " has " + collector);
                }
            }
        }
    }

    private static int exitStatusOf(Class<?> main) throws IOException, InterruptedException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-CreateCoredumpOnCrash",
                        "-Dacestep4j.models=" + System.getProperty("acestep4j.models"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    static final class Generation {
        public static void main(String[] args) {
            SocketGuard.install();
            Path bundle = Path.of(System.getProperty("acestep4j.models"), "random-small");
            try (AceStep aceStep = AceStep.open(bundle)) {
                aceStep.generate(TextToMusicRequest.builder()
                        .prompt("folk")
                        .lyrics("The river runs to the sea")
                        .duration(1)
                        .steps(2)
                        .build());
            }
        }
    }

    static final class OpenSocket {
        public static void main(String[] args) throws IOException {
            SocketGuard.install();
            new DatagramSocket().close();
        }
    }
}
