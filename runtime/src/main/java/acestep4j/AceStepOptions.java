package acestep4j;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a bundle is opened. Immutable; the methods that start with "with" give changed copies.
 *
 * @param device what computes
 * @param precision one of the bundle's precisions; empty for the one that suits the device: bf16, fp32, compact on a
 *     CUDA device, int8, fp32, compact on the CPU, the first of them that the bundle has
 * @param threads the threads that one operation on the CPU may use, 1 to 1024; empty for one per core
 * @param spinning whether these threads wait for their next piece of work without giving up their cores. They always give
 *     them up between two steps
 * @param offload whether each graph is loaded for its stage only, which takes less memory and more time
 * @param overlappedDecode whether songs of more than 48 s are decoded in {@link DecodingMode#OVERLAPPED overlapping
 *     windows}
 * @param memoryLimit the most memory a generation may take; empty for no limit
 * @param verifyHashes whether the SHA-256 of every file is compared, which reads the whole bundle
 */
public record AceStepOptions(
        Device device,
        Optional<String> precision,
        OptionalInt threads,
        boolean spinning,
        boolean offload,
        boolean overlappedDecode,
        Optional<MemoryLimit> memoryLimit,
        boolean verifyHashes) {
    /** The name that stands for the precision that suits the device. */
    public static final String AUTO_PRECISION = "auto";

    private static final int MOST_THREADS = 1024;

    public AceStepOptions {
        if (device == null) {
            throw new InvalidRequestException("device", "expected a device such as Device.auto(), found null");
        }
        if (threads.isPresent() && (threads.getAsInt() < 1 || threads.getAsInt() > MOST_THREADS)) {
            throw new InvalidRequestException(
                    "threads", "expected a number from 1 to " + MOST_THREADS + ", found " + threads.getAsInt());
        }
    }

    /** The best device and its best precision, one thread per core, all graphs loaded, sizes checked and hashes not. */
    public static AceStepOptions defaults() {
        return new AceStepOptions(
                Device.auto(), Optional.empty(), OptionalInt.empty(), false, false, false, Optional.empty(), false);
    }

    /** @throws InvalidRequestException for null */
    public AceStepOptions withDevice(Device chosen) {
        return new AceStepOptions(
                chosen, precision, threads, spinning, offload, overlappedDecode, memoryLimit, verifyHashes);
    }

    /** @param name one of the bundle's precisions, such as {@code fp32}, or {@code auto} */
    public AceStepOptions withPrecision(String name) {
        if (name == null) {
            throw new InvalidRequestException("precision", "expected a name such as fp32, found null");
        }
        Optional<String> chosen = name.equals(AUTO_PRECISION) ? Optional.empty() : Optional.of(name);
        return new AceStepOptions(
                device, chosen, threads, spinning, offload, overlappedDecode, memoryLimit, verifyHashes);
    }

    /**
     * @param count the threads that one operation may use, 1 to 1024
     * @throws InvalidRequestException for another count
     */
    public AceStepOptions withThreads(int count) {
        return new AceStepOptions(
                device,
                precision,
                OptionalInt.of(count),
                spinning,
                offload,
                overlappedDecode,
                memoryLimit,
                verifyHashes);
    }

    /**
     * @param allowed true on a machine that does nothing else: where other programs want the cores too, waiting threads
     *     that keep them make every step slower
     */
    public AceStepOptions withSpinning(boolean allowed) {
        return new AceStepOptions(
                device, precision, threads, allowed, offload, overlappedDecode, memoryLimit, verifyHashes);
    }

    /**
     * @param perStage true to load each graph when its stage begins and let it go afterwards, as the official
     *     {@code cpu_offload} does. A graph that doesn't load is then found by the generation that needs it
     */
    public AceStepOptions withOffload(boolean perStage) {
        return new AceStepOptions(
                device, precision, threads, spinning, perStage, overlappedDecode, memoryLimit, verifyHashes);
    }

    /**
     * @param overlapped true to decode songs of more than 48 s in {@link DecodingMode#OVERLAPPED overlapping windows}, as
     *     the official {@code overlapped_decode} does; the sound differs a little
     */
    public AceStepOptions withOverlappedDecode(boolean overlapped) {
        return new AceStepOptions(device, precision, threads, spinning, offload, overlapped, memoryLimit, verifyHashes);
    }

    /**
     * Limits the memory that opening and generations are estimated to take; {@link AceStep#estimate} says how that is
     * counted. With a limit, generations take turns.
     *
     * @param bytes the process's resident memory, or on a CUDA device the device's; at least 1
     * @param policy what becomes of a request that is over the limit
     * @throws InvalidRequestException for less than 1 byte
     */
    public AceStepOptions withMemoryLimit(long bytes, MemoryLimit.Policy policy) {
        return new AceStepOptions(
                device,
                precision,
                threads,
                spinning,
                offload,
                overlappedDecode,
                Optional.of(new MemoryLimit(bytes, policy)),
                verifyHashes);
    }

    /** @param verify whether to compare the SHA-256 of every file, which reads the whole bundle */
    public AceStepOptions withVerifyHashes(boolean verify) {
        return new AceStepOptions(device, precision, threads, spinning, offload, overlappedDecode, memoryLimit, verify);
    }
}
