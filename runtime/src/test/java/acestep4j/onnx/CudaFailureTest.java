package acestep4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.DeviceAttempt;
import acestep4j.DeviceAttempt.Cause;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages as ONNX Runtime gives them: of 1.28.0 on a machine without CUDA, and from reports of its users. */
class CudaFailureTest {
    private static final String LOADING = "Error code - ORT_FAIL - message: /onnxruntime_src/onnxruntime/core/session/"
            + "provider_bridge_ort.cc:1988 onnxruntime::Provider& onnxruntime::ProviderLibrary::Get()"
            + " [ONNXRuntimeError] : 1 : FAIL : Failed to load library /path/to/natives/"
            + "libonnxruntime_providers_cuda.so with error: ";
    private static final String NOT_THERE = ": cannot open shared object file: No such file or directory\n";
    private static final String CALL = "/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:122"
            + " std::conditional_t<THRW, void, onnxruntime::common::Status> onnxruntime::CudaCall(ERRTYPE, const char*,"
            + " const char*, SUCCTYPE, const char*, const char*, int) [with ERRTYPE = cudaError; bool THRW = true] ";
    private static final String WHERE =
            " ; GPU=-1 ; hostname=somebodys-desktop ; file=/onnxruntime_src/onnxruntime/core/"
                    + "providers/cuda/cuda_execution_provider.cc ; line=336 ; expr=cudaSetDevice(info_.device_id); ";

    static Stream<Arguments> messages() {
        return Stream.of(
                Arguments.of(
                        "Error code - ORT_EP_FAIL - message: Failed to find CUDA shared provider",
                        Cause.NO_PROVIDER,
                        "no CUDA provider",
                        "onnxruntime_gpu"),
                Arguments.of(
                        "CUDA execution provider is either not enabled or not available.",
                        Cause.NO_PROVIDER,
                        "no CUDA provider",
                        "onnxruntime.native.path"),
                Arguments.of(
                        "Failed to load library libonnxruntime_providers_shared.so with error:"
                                + " libonnxruntime_providers_shared.so" + NOT_THERE,
                        Cause.NO_PROVIDER,
                        "libonnxruntime_providers_shared.so",
                        "onnxruntime_gpu"),
                Arguments.of(
                        LOADING + "libcublasLt.so.12" + NOT_THERE,
                        Cause.MISSING_LIBRARY,
                        "libcublasLt.so.12",
                        "install CUDA 12"),
                Arguments.of(
                        LOADING + "libcublasLt.so.13" + NOT_THERE,
                        Cause.MISSING_LIBRARY,
                        "libcublasLt.so.13",
                        "install CUDA 13"),
                Arguments.of(
                        LOADING + "libcurand.so.10" + NOT_THERE,
                        Cause.MISSING_LIBRARY,
                        "libcurand.so.10",
                        "install CUDA where"),
                Arguments.of(
                        LOADING + "libcudnn.so.9" + NOT_THERE,
                        Cause.MISSING_LIBRARY,
                        "libcudnn.so.9",
                        "install cuDNN 9"),
                Arguments.of(
                        "Non-zero status code returned while running Conv node. Name:'c' Status Message: cuDNN is not"
                                + " available. Install cuDNN, update the system library search path, or set"
                                + " enable_cudnn=0 to force native CUDA paths where available.",
                        Cause.MISSING_LIBRARY,
                        "cuDNN isn't found",
                        "install cuDNN 9"),
                Arguments.of(
                        LOADING + "libcuda.so.1" + NOT_THERE,
                        Cause.NO_DRIVER,
                        "libcuda.so.1",
                        "install the NVIDIA driver"),
                Arguments.of(
                        "D:\\a\\_work\\1\\s\\onnxruntime\\core\\session\\provider_bridge_ort.cc:1778"
                                + " onnxruntime::ProviderLibrary::Get [ONNXRuntimeError] : 1 : FAIL : Error loading"
                                + " \"C:\\Users\\Some One\\onnxruntime_providers_cuda.dll\" which depends on"
                                + " \"cublasLt64_12.dll\" which is missing. (Error 126: \"The specified module could not"
                                + " be found.\")",
                        Cause.MISSING_LIBRARY,
                        "cublasLt64_12.dll",
                        "install CUDA 12"),
                Arguments.of(
                        "[ONNXRuntimeError] : 1 : FAIL : LoadLibrary failed with error 126 \"\" when trying to load"
                                + " \"C:\\Users\\xx\\AppData\\Local\\Temp\\onnxruntime-java5278075328315693241\\"
                                + "onnxruntime_providers_cuda.dll\"",
                        Cause.MISSING_LIBRARY,
                        "onnxruntime_providers_cuda.dll",
                        "PATH"),
                Arguments.of(
                        CALL + "CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version" + WHERE,
                        Cause.DRIVER_TOO_OLD,
                        "driver",
                        "update the NVIDIA driver"),
                Arguments.of(
                        CALL + "CUDA failure 100: no CUDA-capable device is detected" + WHERE,
                        Cause.NO_DRIVER,
                        "no card",
                        "nvidia-smi"),
                Arguments.of(
                        CALL + "CUDA failure 101: invalid device ordinal" + WHERE,
                        Cause.NO_SUCH_DEVICE,
                        "number",
                        "nvidia-smi -L"),
                Arguments.of(
                        "Non-zero status code returned while running Slice node. Name:'Slice_34' Status Message: CUDA"
                                + " error cudaErrorNoKernelImageForDevice:no kernel image is available for execution on"
                                + " the device",
                        Cause.CARD_TOO_OLD,
                        "card",
                        "fp32"),
                Arguments.of(
                        CALL + "CUDA failure 2: out of memory" + WHERE, Cause.TOO_LITTLE_MEMORY, "memory", "offload"),
                Arguments.of(
                        "Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void*"
                                + " onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*, bool,"
                                + " onnxruntime::WaitNotificationFn) Failed to allocate memory for requested buffer of"
                                + " size 2830172160",
                        Cause.TOO_LITTLE_MEMORY,
                        "2830172160 bytes",
                        "offload"),
                Arguments.of(
                        "onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*, bool,"
                                + " onnxruntime::WaitNotificationFn) Available memory of 0 is smaller than requested"
                                + " bytes of 135383040",
                        Cause.TOO_LITTLE_MEMORY,
                        "135383040 bytes",
                        "limit"));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void namesCauseReasonAndRemedy(String message, Cause cause, String reason, String remedy) {
        DeviceAttempt attempt = CudaFailure.explain("cuda:1", message);
        assertEquals("cuda:1", attempt.device());
        assertEquals(cause, attempt.cause(), attempt.toString());
        assertTrue(attempt.reason().contains(reason), attempt.reason());
        assertTrue(attempt.remedy().contains(remedy), attempt.remedy());
        assertFalse(attempt.toString().contains("\n"));
    }

    @Test
    void keepsNamesOfMachineAndFoldersOutOfWhatItDoesNotKnow() {
        DeviceAttempt attempt =
                CudaFailure.explain("cuda:0", CALL + "CUDA failure 719: unspecified launch failure" + WHERE);
        assertEquals(Cause.OTHER, attempt.cause());
        assertTrue(attempt.reason().contains("CUDA failure 719: unspecified launch failure"), attempt.reason());
        assertFalse(attempt.reason().contains("desktop"), attempt.reason());
        String windows = CudaFailure.explain("cuda:0", "can't read \"C:\\Users\\someone\\a.dll\"")
                .reason();
        assertTrue(windows.contains("a.dll") && !windows.contains("someone"), windows);
    }

    @Test
    void leavesOtherFailuresAlone() {
        assertTrue(CudaFailure.known("cuda:0", "Load model from a.onnx failed:Protobuf parsing failed.")
                .isEmpty());
    }
}
