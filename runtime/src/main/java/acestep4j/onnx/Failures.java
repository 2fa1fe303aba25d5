package acestep4j.onnx;

import acestep4j.GenerationException;
import acestep4j.bundle.GraphSpec;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/** What goes wrong inside ONNX Runtime, in one line and with nothing left open. */
final class Failures {
    private static final int LONGEST = 300;

    private Failures() {}

    static String message(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    static String firstLine(Throwable e) {
        return firstLine(message(e));
    }

    static String firstLine(String message) {
        String line = message.lines().findFirst().orElse("no reason given");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
    }

    static GenerationException outOfMemory(GraphSpec spec, Throwable e) {
        return new GenerationException(
                spec.file() + ": out of memory" + CudaFailure.wanted(message(e))
                        + "; ask for a shorter piece or a smaller batch, take offload, or close other programs",
                e);
    }

    /** Closes the session and gives the failure back, which stays the one to throw. */
    static RuntimeException closing(OrtSession session, RuntimeException failure) {
        try {
            session.close();
        } catch (OrtException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }
}
