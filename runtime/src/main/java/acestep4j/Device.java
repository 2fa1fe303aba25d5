package acestep4j;

import java.util.OptionalLong;

/**
 * What computes. Immutable; the methods that start with "with" give changed copies.
 *
 * @param type where it is computed
 * @param id the number of the CUDA device, from 0, as {@code nvidia-smi} counts them; 0 on the CPU
 * @param memoryLimit the most bytes of the CUDA device that one graph may use beside its weights; empty for all
 * @param tf32 whether float32 on a CUDA device may be multiplied as TF32, with 10 bits of mantissa, as the official
 *     pipeline allows
 */
public record Device(Type type, int id, OptionalLong memoryLimit, boolean tf32) {
    /** Where it is computed. */
    public enum Type {
        /** On a CUDA device where that is possible, otherwise on the CPU. */
        AUTO,
        CPU,
        CUDA
    }

    private static final int MOST_DEVICES = 1024;

    public Device {
        if (type == null) {
            throw new InvalidRequestException("device", "expected auto, cpu or cuda, found null");
        }
        if (id < 0 || id >= MOST_DEVICES) {
            throw new InvalidRequestException(
                    "device", "expected a number from 0 to " + (MOST_DEVICES - 1) + ", found " + id);
        }
        if (memoryLimit.isPresent() && memoryLimit.getAsLong() < 1) {
            throw new InvalidRequestException(
                    "device", "expected a memory limit of 1 byte or more, found " + memoryLimit.getAsLong());
        }
        if (type == Type.CPU && (id != 0 || memoryLimit.isPresent())) {
            throw new InvalidRequestException(
                    "device", "expected no number and no memory limit with the CPU; they are for cuda or auto");
        }
    }

    /** A CUDA device where that is possible, otherwise the CPU; the receipt says why. */
    public static Device auto() {
        return new Device(Type.AUTO, 0, OptionalLong.empty(), true);
    }

    public static Device cpu() {
        return new Device(Type.CPU, 0, OptionalLong.empty(), true);
    }

    /** The first CUDA device, and nothing else: where that isn't possible, a bundle doesn't open. */
    public static Device cuda() {
        return new Device(Type.CUDA, 0, OptionalLong.empty(), true);
    }

    /** The CUDA device with this number, from 0. */
    public Device withId(int number) {
        return new Device(type, number, memoryLimit, tf32);
    }

    /** @param bytes the most that one graph may use beside its weights, 1 or more */
    public Device withMemoryLimit(long bytes) {
        return new Device(type, id, OptionalLong.of(bytes), tf32);
    }

    public Device withTf32(boolean allowed) {
        return new Device(type, id, memoryLimit, allowed);
    }

    /** {@code auto}, {@code cpu} or {@code cuda:} with the device's number. */
    public String label() {
        return switch (type) {
            case AUTO -> "auto";
            case CPU -> "cpu";
            case CUDA -> "cuda:" + id;
        };
    }
}
