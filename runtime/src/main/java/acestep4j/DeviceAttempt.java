package acestep4j;

/**
 * A device that was tried and can't compute.
 *
 * @param device {@code cpu} or {@code cuda:} with the device's number
 * @param cause the kind of what is missing
 * @param reason what is missing, in one line
 * @param remedy what would change that
 */
public record DeviceAttempt(String device, Cause cause, String reason, String remedy) {
    /** What can be missing. */
    public enum Cause {
        /** ONNX Runtime came without its CUDA provider. */
        NO_PROVIDER,
        /** No NVIDIA driver, or one that finds no card. */
        NO_DRIVER,
        /** The driver is older than the CUDA libraries need. */
        DRIVER_TOO_OLD,
        /** A library of CUDA or cuDNN isn't found. */
        MISSING_LIBRARY,
        /** No device has this number. */
        NO_SUCH_DEVICE,
        /** The card is older than ONNX Runtime or the precision needs. */
        CARD_TOO_OLD,
        /** The device's memory, or the limit on it, is too small. */
        TOO_LITTLE_MEMORY,
        /** The bundle has no precision that the device computes, or another one was asked for. */
        NO_PRECISION,
        OTHER
    }

    @Override
    public String toString() {
        return device + ": " + reason + "; " + remedy;
    }
}
