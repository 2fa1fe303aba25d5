package acestep4j;

/** A request that can't be carried out as it is: the message names the field, what was expected and what was found. */
public final class InvalidRequestException extends AceStepException {
    private static final long serialVersionUID = 1L;

    private final String field;

    /**
     * @param field the request's field, as the builder spells it
     * @param problem what was expected, what was found, what to do
     */
    public InvalidRequestException(String field, String problem) {
        super(field + ": " + problem);
        this.field = field;
    }

    /** The request's field, as the builder spells it. */
    public String field() {
        return field;
    }
}
