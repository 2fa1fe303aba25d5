package acestep4j.player;

import acestep4j.AceStepException;

/** There is no device that could play the sound, or it can't be had now. */
public final class AudioDeviceException extends AceStepException {
    private static final long serialVersionUID = 1L;

    AudioDeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
