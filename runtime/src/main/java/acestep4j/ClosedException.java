package acestep4j;

/** Something was asked of an {@link AceStep} or its jobs that are closed, or that can't be closed at this moment. */
public final class ClosedException extends AceStepException {
    private static final long serialVersionUID = 1L;

    public ClosedException(String message) {
        super(message);
    }
}
