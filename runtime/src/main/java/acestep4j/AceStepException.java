package acestep4j;

/** The root of every exception this library throws on purpose; the runtime stays usable after each of them. */
public class AceStepException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AceStepException(String message) {
        super(message);
    }

    public AceStepException(String message, Throwable cause) {
        super(message, cause);
    }
}
