package acestep4j;

import java.util.List;
import java.util.stream.Collectors;

/** No device that was asked for can compute: the message says for each of them why, and what would change that. */
public final class DeviceException extends AceStepException {
    private static final long serialVersionUID = 1L;

    private final transient List<DeviceAttempt> attempts;

    public DeviceException(List<DeviceAttempt> attempts, Throwable cause) {
        super(attempts.stream().map(DeviceAttempt::toString).collect(Collectors.joining(" - ")), cause);
        this.attempts = List.copyOf(attempts);
    }

    public DeviceException(List<DeviceAttempt> attempts) {
        this(attempts, null);
    }

    /** What was tried, in this order. */
    public List<DeviceAttempt> attempts() {
        return attempts;
    }
}
