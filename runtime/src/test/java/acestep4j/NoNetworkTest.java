package acestep4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nothing of a generation goes through the network. Each process here is a new one, in which nothing is loaded yet. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class NoNetworkTest {
    /** Host names under which ONNX Runtime from 1.29 and other Microsoft natives report their use. */
    private static final List<String> COLLECTORS = List.of(
            "events.data.microsoft.com",
            "vortex.data.microsoft.com",
            "ORT_DISABLE_TELEMETRY",
            "in.applicationinsights");

    @Test
    void generatesWithoutANetworkConnection() throws IOException, InterruptedException {
        assertEquals("seen []", outputOf(Generation.class));
    }

    @Test
    void wouldSeeAConnectionOfJava() throws IOException, InterruptedException {
        String output = outputOf(JavaConnection.class);
        assertTrue(output.contains("http://127.0.0.1:9/"), output);
    }

    @Test
    void wouldSeeASocketInTheKernelsTables() throws IOException, InterruptedException {
        String output = outputOf(OpenSocket.class);
        assertEquals(System.getProperty("os.name").equals("Linux"), output.contains("udp"), output);
    }

    @Test
    void hasAnOnnxRuntimeWithoutTelemetryEndpoints() throws IOException {
        int searched = 0;
        for (String library : List.of(
                "linux-x64/libonnxruntime.so",
                "linux-aarch64/libonnxruntime.so",
                "osx-aarch64/libonnxruntime.dylib",
                "win-x64/onnxruntime.dll")) {
            try (InputStream in = NoNetworkTest.class.getResourceAsStream("/ai/onnxruntime/native/" + library)) {
                assertTrue(in != null, "no " + library);
                byte[] bytes = in.readAllBytes();
                String narrow = new String(bytes, StandardCharsets.ISO_8859_1);
                assertTrue(narrow.contains("onnxruntime"), library);
                String wide = narrow.replace("\0", "");
                for (String collector : COLLECTORS) {
                    assertFalse(narrow.contains(collector) || wide.contains(collector), library + " has " + collector);
                }
                searched++;
            }
        }
        assertEquals(4, searched);
    }

    private static String outputOf(Class<?> main) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dacestep4j.models=" + System.getProperty("acestep4j.models"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output.strip();
    }

    static final class Generation {
        public static void main(String[] args) {
            try (NetworkWatch watch = new NetworkWatch()) {
                Path bundle = Path.of(System.getProperty("acestep4j.models"), "random-small");
                try (AceStep aceStep = AceStep.open(bundle)) {
                    aceStep.generate(GenerationRequest.builder()
                            .prompt("folk")
                            .lyrics("The river runs to the sea")
                            .duration(1)
                            .steps(2)
                            .build());
                }
                System.out.println("seen " + watch.seen());
            }
        }
    }

    static final class JavaConnection {
        public static void main(String[] args) throws IOException {
            try (NetworkWatch watch = new NetworkWatch()) {
                HttpURLConnection connection = (HttpURLConnection)
                        URI.create("http://127.0.0.1:9/").toURL().openConnection();
                try {
                    connection.connect();
                } catch (IOException e) {
                    // Nobody listens there; the attempt is what counts.
                }
                System.out.println("seen " + watch.seen());
            }
        }
    }

    static final class OpenSocket {
        public static void main(String[] args) throws IOException, InterruptedException {
            try (NetworkWatch watch = new NetworkWatch();
                    DatagramSocket socket = new DatagramSocket()) {
                TimeUnit.SECONDS.sleep(socket.isClosed() ? 0 : 1);
                System.out.println("seen " + watch.seen());
            }
        }
    }
}
