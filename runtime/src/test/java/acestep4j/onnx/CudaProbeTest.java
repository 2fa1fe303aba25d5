package acestep4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.Device;
import acestep4j.DeviceAttempt;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import org.junit.jupiter.api.Test;

/** What can be said of the probe where there is no CUDA. */
class CudaProbeTest {
    private static final OrtEnvironment ENVIRONMENT =
            OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "acestep4j");
    private static final CudaProbe.Provider CPU = options -> options.addCPU(true);

    @Test
    void hasAGraphInFloat32ThatComputes() throws OrtException {
        assertEquals(0, CudaProbe.run(ENVIRONMENT, CPU, "fp32"));
    }

    @Test
    void hasAGraphInBfloat16ThatTheCpuCannotCompute() {
        OrtException refused = assertThrows(OrtException.class, () -> CudaProbe.run(ENVIRONMENT, CPU, "bf16"));
        assertEquals(OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED, refused.getCode());
    }

    @Test
    void saysThatTheCpuJarHasNoCudaProvider() {
        DeviceAttempt attempt = CudaProbe.failure(
                        ENVIRONMENT,
                        options -> {
                            throw new AssertionError();
                        },
                        Device.cuda(),
                        "fp32")
                .orElseThrow();
        assertEquals(DeviceAttempt.Cause.NO_PROVIDER, attempt.cause());
    }
}
