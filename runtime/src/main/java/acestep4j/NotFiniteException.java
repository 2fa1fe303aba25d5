package acestep4j;

/** A generation whose numbers became infinite or none at all; the runtime stays usable, and another seed may go well. */
public final class NotFiniteException extends GenerationException {
    private static final long serialVersionUID = 1L;

    public NotFiniteException(String message) {
        super(message);
    }
}
