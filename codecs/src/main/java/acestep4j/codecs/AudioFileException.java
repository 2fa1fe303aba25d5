package acestep4j.codecs;

import acestep4j.AceStepException;

/**
 * An audio file that can't be read: the message names the file, what was expected, what was found and the remedy. Nothing
 * of the file stays open.
 */
public final class AudioFileException extends AceStepException {
    private static final long serialVersionUID = 1L;

    AudioFileException(String file, String problem) {
        super(file + ": " + problem);
    }

    AudioFileException(String file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
