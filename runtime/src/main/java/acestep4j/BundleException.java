package acestep4j;

/** A bundle that can't be used: the message names the file, what was expected, what was found and the remedy. */
public final class BundleException extends AceStepException {
    private static final long serialVersionUID = 1L;

    public BundleException(String message) {
        super(message);
    }

    public BundleException(String message, Throwable cause) {
        super(message, cause);
    }
}
