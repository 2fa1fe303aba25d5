package acestep4j.text;

/** A number that has no words in a language, or none within the limits of the official packages. */
final class UnreadableNumberException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableNumberException(String problem) {
        super(problem, null, false, false);
    }
}
