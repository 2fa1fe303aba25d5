package acestep4j.onnx;

import acestep4j.AceStepOptions;
import acestep4j.BundleException;
import acestep4j.GenerationException;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.GraphSpec;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.util.OptionalInt;

/**
 * ONNX Runtime with the settings under which a bundle's graphs are loaded. Thread-safe. There is nothing to close: the
 * process has one ONNX Runtime environment, which lives as long as the process.
 */
public final class OnnxRuntime {
    private static final String PROVIDER = "CPU";

    private final OrtEnvironment environment;
    private final OptionalInt threads;

    private OnnxRuntime(OrtEnvironment environment, OptionalInt threads) {
        this.environment = environment;
        this.threads = threads;
    }

    /**
     * Loads the native library.
     *
     * @throws GenerationException when this machine can't load it
     */
    public static OnnxRuntime start(AceStepOptions options) {
        try {
            OrtEnvironment environment =
                    OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "acestep4j");
            environment.setTelemetry(false);
            return new OnnxRuntime(environment, options.threads());
        } catch (OrtException | LinkageError e) {
            throw new GenerationException(
                    "ONNX Runtime: expected a native library for " + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + ", found none that loads (" + Failures.firstLine(e)
                            + "); see https://onnxruntime.ai for the platforms it supports, and check that the temporary"
                            + " folder is writable and may hold executables",
                    e);
        }
    }

    /** The version of the native library. */
    public String version() {
        return environment.getVersion();
    }

    /** The execution provider that computes. */
    public String provider() {
        return PROVIDER;
    }

    /**
     * Loads a graph and checks it against the manifest. Whoever opened it closes it.
     *
     * @throws BundleException when the file isn't a graph or isn't the one that the manifest describes
     */
    public OnnxGraph open(Bundle bundle, String name, String precision) {
        GraphSpec spec = bundle.graph(name, precision);
        OrtSession session = load(bundle, spec);
        try {
            SessionCheck.check(spec, session);
            return new OnnxGraph(spec, session);
        } catch (OrtException e) {
            throw Failures.closing(session, unusable(spec, e));
        } catch (RuntimeException e) {
            throw Failures.closing(session, e);
        }
    }

    private OrtSession load(Bundle bundle, GraphSpec spec) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            if (threads.isPresent()) {
                options.setIntraOpNumThreads(threads.getAsInt());
            }
            return environment.createSession(bundle.file(spec.file()).toString(), options);
        } catch (OrtException e) {
            throw unusable(spec, e);
        }
    }

    private static BundleException unusable(GraphSpec spec, OrtException e) {
        return new BundleException(
                spec.file() + ": expected a graph that ONNX Runtime can load, found one it refuses ("
                        + Failures.firstLine(e) + "); export the bundle again with scripts/export_onnx.py",
                e);
    }
}
