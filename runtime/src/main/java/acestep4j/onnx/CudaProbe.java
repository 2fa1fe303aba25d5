package acestep4j.onnx;

import acestep4j.Device;
import acestep4j.DeviceAttempt;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * Lets a CUDA device compute a convolution and a matrix product, so that a missing library or too old a card shows before
 * any weights are loaded. {@code scripts/make_device_probe.py} writes its graphs.
 */
final class CudaProbe {
    private static final long[] SHAPE = {1, 8, 16};
    private static final int VALUES = 8 * 16;

    /** Puts a device's provider into the options of a session. */
    @FunctionalInterface
    interface Provider {
        void addTo(OrtSession.SessionOptions options) throws OrtException;
    }

    private CudaProbe() {}

    /** @return why the device can't compute in the precision; empty if it can */
    static Optional<DeviceAttempt> failure(OrtEnvironment environment, Provider cuda, Device device, String precision) {
        if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            return Optional.of(CudaFailure.noProvider(device.label()));
        }
        try {
            run(environment, cuda, precision);
            return Optional.empty();
        } catch (OrtException e) {
            return Optional.of(CudaFailure.explain(device.label(), Failures.message(e)));
        }
    }

    /** Runs the probe's graph with a provider, on nothing but it. */
    static float run(OrtEnvironment environment, Provider provider, String precision) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            provider.addTo(options);
            try (OrtSession session = environment.createSession(graph(precision), options);
                    OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.allocate(VALUES), SHAPE);
                    OrtSession.Result result = session.run(Map.of("x", input))) {
                return ((OnnxTensor) result.get(0)).getFloatBuffer().get(0);
            }
        }
    }

    /** All but bf16 compute in float32. */
    private static byte[] graph(String precision) {
        String type = precision.equals("bf16") ? precision : "fp32";
        return ProbeGraph.read("probe_" + type);
    }
}
