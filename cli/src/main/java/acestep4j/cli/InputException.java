package acestep4j.cli;

/** Something the user gave that can't be used: ends the program with exit code 2 and this one line. */
final class InputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InputException(String message) {
        super(message);
    }

    InputException(String message, Throwable cause) {
        super(message, cause);
    }
}
