package acestep4j;

/** A LoRA that can't be used: the message names the file, the first key that doesn't fit, what was expected and found. */
public final class LoraException extends AceStepException {
    private static final long serialVersionUID = 1L;

    public LoraException(String message) {
        super(message);
    }

    public LoraException(String message, Throwable cause) {
        super(message, cause);
    }
}
