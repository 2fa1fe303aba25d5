package acestep4j;

/** A generation that failed on the way, memory that ran out included; the runtime stays usable. */
public class GenerationException extends AceStepException {
    private static final long serialVersionUID = 1L;

    public GenerationException(String message) {
        super(message);
    }

    public GenerationException(String message, Throwable cause) {
        super(message, cause);
    }
}
