package acestep4j;

/** A file that couldn't be written: the message names the file, what is wrong and the remedy. Nothing was left behind. */
public final class FileWriteException extends AceStepException {
    private static final long serialVersionUID = 1L;

    public FileWriteException(String message) {
        super(message);
    }

    public FileWriteException(String message, Throwable cause) {
        super(message, cause);
    }
}
