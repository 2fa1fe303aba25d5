package acestep4j.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The small graphs beside this class, which {@code scripts/make_device_probe.py} writes. */
final class ProbeGraph {
    private ProbeGraph() {}

    static byte[] read(String name) {
        try (InputStream in = ProbeGraph.class.getResourceAsStream(name + ".onnx")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
