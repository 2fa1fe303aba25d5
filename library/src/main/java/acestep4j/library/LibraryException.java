package acestep4j.library;

import acestep4j.AceStepException;

/** Something of a library that can't be used: the message names the file or the recipe's key, and the remedy. */
public final class LibraryException extends AceStepException {
    private static final long serialVersionUID = 1L;

    public LibraryException(String message) {
        super(message);
    }

    public LibraryException(String message, Throwable cause) {
        super(message, cause);
    }
}
