package acestep4j;

import java.util.List;

/**
 * Which device computes in which precision, and why.
 *
 * @param asked what the options say
 * @param used what computes, never {@link Device.Type#AUTO}
 * @param precision the precision of the graphs
 * @param attempts what was tried first and can't compute, in this order
 */
public record DeviceChoice(Device asked, Device used, String precision, List<DeviceAttempt> attempts) {
    public DeviceChoice {
        attempts = List.copyOf(attempts);
    }
}
