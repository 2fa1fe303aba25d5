package acestep4j;

/** A generation that its {@link Cancellation} ended; the runtime stays usable. */
public final class CancelledException extends AceStepException {
    private static final long serialVersionUID = 1L;

    public CancelledException() {
        super("the generation was cancelled");
    }
}
