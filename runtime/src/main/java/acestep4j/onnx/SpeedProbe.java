package acestep4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * How fast a device multiplies matrices in a precision, from some milliseconds of products as linear layers have them. {@code
 * scripts/make_device_probe.py} writes its graphs.
 */
final class SpeedProbe {
    private static final int ROWS = 256;
    private static final int WIDTH = 1024;
    private static final int PRODUCTS = 4;
    private static final int ROUNDS = 8;
    private static final double NANOSECONDS = 1e9;

    private SpeedProbe() {}

    /** Seconds for one multiplication and addition: in the shortest round, as other programs disturb most of them. */
    static double secondsPerMultiplyAdd(OrtEnvironment environment, OrtSession.SessionOptions options, String precision)
            throws OrtException {
        try (OrtSession session = environment.createSession(graph(precision), options);
                OnnxTensor input = OnnxTensor.createTensor(
                        environment, FloatBuffer.allocate(ROWS * WIDTH), new long[] {ROWS, WIDTH})) {
            long shortest = Long.MAX_VALUE;
            for (int i = 0; i < ROUNDS; i++) {
                long start = System.nanoTime();
                session.run(Map.of("x", input)).close();
                shortest = Math.min(shortest, System.nanoTime() - start);
            }
            return shortest / NANOSECONDS / ((double) PRODUCTS * ROWS * WIDTH * WIDTH);
        }
    }

    /** A compact graph computes in float32. */
    private static byte[] graph(String precision) {
        String type = precision.equals("compact") ? "fp32" : precision;
        return ProbeGraph.read("speed_" + type);
    }
}
