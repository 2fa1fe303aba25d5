package acestep4j.onnx;

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
