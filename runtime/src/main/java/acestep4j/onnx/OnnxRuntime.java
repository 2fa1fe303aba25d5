package acestep4j.onnx;

import acestep4j.AceStepOptions;
import acestep4j.BundleException;
import acestep4j.Device;
import acestep4j.DeviceAttempt;
import acestep4j.DeviceChoice;
import acestep4j.DeviceException;
import acestep4j.GenerationException;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.GraphSpec;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;

/**
 * ONNX Runtime with the device and the settings with which a bundle's graphs are loaded. Immutable and thread-safe. There
 * is nothing to close: the process has one ONNX Runtime environment, which lives as long as the process.
 */
public final class OnnxRuntime {
    private static final String ON = "1";
    private static final String OFF = "0";

    private final OrtEnvironment environment;
    private final AceStepOptions options;
    private final DeviceSelection selection;
    private final DeviceChoice choice;

    private OnnxRuntime(
            OrtEnvironment environment, AceStepOptions options, DeviceSelection selection, DeviceChoice choice) {
        this.environment = environment;
        this.options = options;
        this.selection = selection;
        this.choice = choice;
    }

    /**
     * Loads the native library and chooses device and precision. A CUDA device has computed a small graph before it is
     * chosen.
     *
     * @param precisions those that the bundle has
     * @throws DeviceException when nothing that was asked for can compute here
     * @throws acestep4j.InvalidRequestException when the precision isn't one for the device
     * @throws GenerationException when this machine can't load the native library
     */
    public static OnnxRuntime start(AceStepOptions options, List<String> precisions) {
        OrtEnvironment environment = environment();
        DeviceSelection selection = new DeviceSelection(options.device(), options.precision(), precisions);
        DeviceChoice choice = selection.choose((cuda, precision) ->
                CudaProbe.failure(environment, sessionOptions -> addCuda(sessionOptions, cuda), cuda, precision));
        return new OnnxRuntime(environment, options, selection, choice);
    }

    private static OrtEnvironment environment() {
        try {
            OrtEnvironment environment =
                    OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "acestep4j");
            environment.setTelemetry(false);
            return environment;
        } catch (OrtException | LinkageError e) {
            throw new GenerationException(
                    "ONNX Runtime: expected a native library for " + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + ", found none that loads (" + Failures.firstLine(e)
                            + "); see https://onnxruntime.ai for the platforms it supports, and check that the temporary"
                            + " folder is writable and may hold executables",
                    e);
        }
    }

    /** The same on the CPU, when the chosen CUDA device turned out not to be able to hold the graphs. */
    public OnnxRuntime withoutCuda(DeviceException failure) {
        DeviceChoice next = selection.withoutCuda(failure.attempts());
        return new OnnxRuntime(environment, options, selection, next);
    }

    /** The version of the native library. */
    public String version() {
        return environment.getVersion();
    }

    /** The names of the execution providers that the native library offers. */
    public static List<String> providers() {
        environment();
        return OrtEnvironment.getAvailableProviders().stream()
                .map(OrtProvider::name)
                .toList();
    }

    /** The settings with which the graphs are loaded. */
    public AceStepOptions options() {
        return options;
    }

    /** Gives the system what runs and closed graphs gave back: on Linux it lies in the C library's free lists. */
    public static void giveMemoryBack() {
        Pointer.trimMemory();
    }

    /** What computes, and in which precision. */
    public DeviceChoice choice() {
        return choice;
    }

    /**
     * A graph that is checked against the manifest when it is loaded. Nothing is loaded yet.
     *
     * @throws BundleException when the bundle has no such graph
     */
    public OnnxGraph graph(Bundle bundle, String name) {
        GraphSpec spec = bundle.graph(name, choice.precision());
        return new OnnxGraph(spec, () -> loadChecked(bundle, spec, hasArena(name)), runConfig(name));
    }

    /**
     * A run gives its working memory back, or each graph would keep the most that it ever took: on the CPU that costs
     * nothing measurable. Between two steps on a CUDA device the memory would be asked for again at once.
     */
    private Map<String, String> runConfig(String graph) {
        boolean runsInEveryStep = graph.equals(Bundle.TRANSFORMER) || graph.equals(Bundle.TRANSFORMER_LORA);
        String shrinkage = "memory.enable_memory_arena_shrinkage";
        if (isCuda()) {
            return runsInEveryStep
                    ? Map.of()
                    : Map.of(shrinkage, "gpu:" + choice.used().id());
        }
        return hasArena(graph) ? Map.of(shrinkage, "cpu:0") : Map.of();
    }

    /** The condition encoder's outputs outlive its run, and an arena would keep the blocks that they lay in. */
    private static boolean hasArena(String graph) {
        return !graph.equals(Bundle.CONDITION_ENCODER) && !graph.equals(Bundle.CONDITION_ENCODER_LORA);
    }

    private boolean isCuda() {
        return choice.used().type() == Device.Type.CUDA;
    }

    private OrtSession loadChecked(Bundle bundle, GraphSpec spec, boolean hasArena) {
        OrtSession session = load(bundle, spec, hasArena);
        try {
            SessionCheck.check(spec, session);
            return session;
        } catch (OrtException e) {
            throw Failures.closing(session, unusable(spec, e));
        } catch (RuntimeException e) {
            throw Failures.closing(session, e);
        }
    }

    private OrtSession load(Bundle bundle, GraphSpec spec, boolean hasArena) {
        try (OrtSession.SessionOptions sessionOptions = new OrtSession.SessionOptions()) {
            configure(sessionOptions);
            sessionOptions.setCPUArenaAllocator(hasArena);
            return environment.createSession(bundle.file(spec.file()).toString(), sessionOptions);
        } catch (OrtException e) {
            if (isCuda()) {
                throw unusableOnCuda(spec, e);
            }
            throw CudaFailure.isOutOfMemory(Failures.message(e)) ? Failures.outOfMemory(spec, e) : unusable(spec, e);
        }
    }

    private void configure(OrtSession.SessionOptions sessionOptions) throws OrtException {
        sessionOptions.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        sessionOptions.setInterOpNumThreads(1);
        // A pattern takes a block beside what its shape's first run took: twice the memory, and no faster.
        sessionOptions.setMemoryPatternOptimization(false);
        if (options.threads().isPresent()) {
            sessionOptions.setIntraOpNumThreads(options.threads().getAsInt());
        }
        // Without it, int8 products overflow on x86-64 CPUs that have no VNNI instructions; others don't mind.
        sessionOptions.addConfigEntry("session.x64quantprecision", ON);
        sessionOptions.addConfigEntry("session.intra_op.allow_spinning", options.spinning() ? ON : OFF);
        sessionOptions.addConfigEntry("session.force_spinning_stop", ON);
        if (isCuda()) {
            addCuda(sessionOptions, choice.used());
        }
    }

    /**
     * How long a multiplication and addition takes in a precision, by some milliseconds of matrix products.
     *
     * @throws GenerationException when the products can't be computed
     */
    public double secondsPerMultiplyAdd(String precision) {
        try (OrtSession.SessionOptions sessionOptions = new OrtSession.SessionOptions()) {
            configure(sessionOptions);
            return SpeedProbe.secondsPerMultiplyAdd(environment, sessionOptions, precision);
        } catch (OrtException e) {
            throw new GenerationException("the probe of this machine's speed failed: " + Failures.firstLine(e), e);
        }
    }

    private static void addCuda(OrtSession.SessionOptions sessionOptions, Device device) throws OrtException {
        try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(device.id())) {
            cuda.add("arena_extend_strategy", "kSameAsRequested");
            cuda.add("cudnn_conv_algo_search", "HEURISTIC");
            cuda.add("use_tf32", device.tf32() ? ON : OFF);
            if (device.memoryLimit().isPresent()) {
                cuda.add("gpu_mem_limit", Long.toString(device.memoryLimit().getAsLong()));
            }
            sessionOptions.addCUDA(cuda);
        }
        sessionOptions.addConfigEntry("session.use_device_allocator_for_initializers", ON);
    }

    private RuntimeException unusableOnCuda(GraphSpec spec, OrtException e) {
        Optional<DeviceAttempt> attempt = CudaFailure.known(choice.used().label(), Failures.message(e));
        return attempt.isPresent() ? new DeviceException(List.of(attempt.get()), e) : unusable(spec, e);
    }

    private static BundleException unusable(GraphSpec spec, OrtException e) {
        return new BundleException(
                spec.file() + ": expected a graph that ONNX Runtime can load, found one it refuses ("
                        + Failures.firstLine(e) + "); export the bundle again with scripts/export_onnx.py",
                e);
    }
}
