package acestep4j.onnx;

import acestep4j.DeviceAttempt;
import acestep4j.DeviceAttempt.Cause;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a message of ONNX Runtime, of CUDA or of the dynamic loader says about why CUDA can't compute. */
final class CudaFailure {
    private static final String GPU_JAR =
            "put com.microsoft.onnxruntime:onnxruntime_gpu (CUDA 12) on the class path instead"
                    + " of onnxruntime, or name a folder of natives that have it with -Donnxruntime.native.path";

    private static final Pattern MISSING_ON_LINUX =
            Pattern.compile("(lib[\\w.+-]+\\.so[\\w.]*): cannot open shared object file");
    private static final Pattern MISSING_ON_WINDOWS = Pattern.compile("depends on \"([^\"]+)\" which is missing");
    private static final Pattern NOT_LOADED_ON_WINDOWS =
            Pattern.compile("LoadLibrary failed with error 126 .* when trying to load \"(?:[^\"]*[\\\\/])?([^\"]+)\"");
    private static final Pattern NO_CUDNN = Pattern.compile("cuDNN is (not available|unavailable)");
    private static final Pattern NO_PROVIDER = Pattern.compile("Failed to find CUDA shared provider"
            + "|CUDA execution provider is (either )?not enabled|not compiled with CUDA support");
    private static final Pattern DRIVER_TOO_OLD =
            Pattern.compile("CUDA failure 35\\b|driver version is insufficient|cudaErrorInsufficientDriver");
    private static final Pattern NO_CARD =
            Pattern.compile("CUDA failure 100\\b|no CUDA-capable device is detected|cudaErrorNoDevice");
    private static final Pattern NO_SUCH_DEVICE =
            Pattern.compile("CUDA failure 101\\b|invalid device ordinal|cudaErrorInvalidDevice\\b|Invalid device ID");
    private static final Pattern CARD_TOO_OLD = Pattern.compile("CUDA failure 209\\b|no kernel image is available"
            + "|cudaErrorNoKernelImageForDevice|STATUS_ARCH_MISMATCH|CUBLAS_STATUS_NOT_SUPPORTED");
    private static final Pattern ALLOCATION = Pattern.compile("(?:requested buffer of size|requested bytes of) (\\d+)");
    private static final Pattern OUT_OF_MEMORY = Pattern.compile(
            "CUDA failure 2:|cudaErrorMemoryAllocation"
                    + "|CUDA error:? out of memory|STATUS_ALLOC_FAILED|std::bad_alloc|bad allocation|Failed to allocate memory|Cannot allocate memory|is smaller than requested bytes");
    /** What the message of a CUDA call ends with, the machine's name among it. */
    private static final Pattern WHERE = Pattern.compile("\\s*; GPU=.*", Pattern.DOTALL);

    private static final Pattern FOLDERS = Pattern.compile("(?:[A-Za-z]:)?[\\\\/](?:[^\\s\"'\\\\/]+[\\\\/])*");

    private CudaFailure() {}

    /** A CUDA device that can't compute for the reason in the message, which is named even when nothing knows it. */
    static DeviceAttempt explain(String device, String message) {
        return known(device, message)
                .orElseGet(() -> new DeviceAttempt(
                        device,
                        Cause.OTHER,
                        "CUDA can't be used (" + withoutPlaces(message) + ")",
                        "see https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html"));
    }

    /** Why a CUDA device can't compute; empty when the message speaks of something else. */
    static Optional<DeviceAttempt> known(String device, String message) {
        Optional<String> library = group(MISSING_ON_LINUX, message).or(() -> group(MISSING_ON_WINDOWS, message));
        if (library.isPresent()) {
            return Optional.of(missing(device, library.get()));
        }
        Optional<String> notLoaded = group(NOT_LOADED_ON_WINDOWS, message);
        if (notLoaded.isPresent()) {
            return Optional.of(new DeviceAttempt(
                    device,
                    Cause.MISSING_LIBRARY,
                    notLoaded.get() + " or a library that it needs isn't found",
                    "install CUDA 12 and cuDNN 9, and put their bin folders on the PATH"));
        }
        if (NO_CUDNN.matcher(message).find()) {
            return Optional.of(missing(device, "cudnn"));
        }
        if (NO_PROVIDER.matcher(message).find()) {
            return Optional.of(noProvider(device));
        }
        if (DRIVER_TOO_OLD.matcher(message).find()) {
            return Optional.of(new DeviceAttempt(
                    device,
                    Cause.DRIVER_TOO_OLD,
                    "the NVIDIA driver is missing or older than these CUDA libraries need",
                    "update the NVIDIA driver (525 or later for CUDA 12, 580 or later for CUDA 13)"));
        }
        if (NO_CARD.matcher(message).find()) {
            return Optional.of(new DeviceAttempt(
                    device,
                    Cause.NO_DRIVER,
                    "the NVIDIA driver finds no card",
                    "check nvidia-smi and CUDA_VISIBLE_DEVICES; in a container, start it with access to the GPUs"));
        }
        if (NO_SUCH_DEVICE.matcher(message).find()) {
            return Optional.of(new DeviceAttempt(
                    device,
                    Cause.NO_SUCH_DEVICE,
                    "no CUDA device has this number",
                    "take one that nvidia-smi -L lists, and check CUDA_VISIBLE_DEVICES"));
        }
        if (CARD_TOO_OLD.matcher(message).find()) {
            return Optional.of(new DeviceAttempt(
                    device,
                    Cause.CARD_TOO_OLD,
                    "ONNX Runtime has no code for this card, or the card none for this precision",
                    "bf16 needs compute capability 8.0 (RTX 30, A100) or later: take fp32, or the CPU"));
        }
        return isOutOfMemory(message) ? Optional.of(tooLittleMemory(device, message)) : Optional.empty();
    }

    static DeviceAttempt noProvider(String device) {
        return new DeviceAttempt(device, Cause.NO_PROVIDER, "this ONNX Runtime has no CUDA provider", GPU_JAR);
    }

    static boolean isOutOfMemory(String message) {
        return OUT_OF_MEMORY.matcher(message).find();
    }

    /** How much memory was asked for in vain, as the end of a clause; empty when the message doesn't say it. */
    static String wanted(String message) {
        return group(ALLOCATION, message)
                .map(bytes -> " (" + bytes + " bytes were wanted at once)")
                .orElse("");
    }

    private static DeviceAttempt tooLittleMemory(String device, String message) {
        return new DeviceAttempt(
                device,
                Cause.TOO_LITTLE_MEMORY,
                "the device's memory or the limit on it is too small" + wanted(message),
                "close other programs that use the card, raise the limit, take offload, or the CPU");
    }

    private static DeviceAttempt missing(String device, String library) {
        if (library.contains("onnxruntime_providers")) {
            return new DeviceAttempt(device, Cause.NO_PROVIDER, library + " isn't found", GPU_JAR);
        }
        if (library.startsWith("libcuda.so") || library.startsWith("nvcuda")) {
            return new DeviceAttempt(
                    device,
                    Cause.NO_DRIVER,
                    library + " isn't found, which the NVIDIA driver brings",
                    "install the NVIDIA driver; in a container, start it with access to the GPUs");
        }
        if (library.contains("cudnn")) {
            return new DeviceAttempt(
                    device,
                    Cause.MISSING_LIBRARY,
                    library.equals("cudnn") ? "cuDNN isn't found" : library + " isn't found, a library of cuDNN",
                    "install cuDNN 9 for the CUDA version of the natives where the loader finds it"
                            + " (LD_LIBRARY_PATH, PATH on Windows)");
        }
        return new DeviceAttempt(
                device,
                Cause.MISSING_LIBRARY,
                library + " isn't found, a library of CUDA",
                "install " + cudaOf(library)
                        + " where the loader finds it (LD_LIBRARY_PATH, PATH on Windows); onnxruntime_gpu is built for"
                        + " CUDA 12, natives for CUDA 13 are taken from a folder with -Donnxruntime.native.path");
    }

    /** cuRAND and cuFFT count otherwise than CUDA does. */
    private static String cudaOf(String library) {
        Matcher version = Pattern.compile("(?:cublas\\w*|cudart\\w*|nvrtc\\w*)(?:\\.so\\.|_)(\\d+)")
                .matcher(library);
        return version.find() ? "CUDA " + version.group(1) : "CUDA";
    }

    /** One line without folders, file names of sources and the machine's name, fit for a receipt. */
    private static String withoutPlaces(String message) {
        String said = WHERE.matcher(message).replaceFirst("");
        return Failures.firstLine(FOLDERS.matcher(said).replaceAll(""));
    }

    private static Optional<String> group(Pattern pattern, String message) {
        Matcher matcher = pattern.matcher(message);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
