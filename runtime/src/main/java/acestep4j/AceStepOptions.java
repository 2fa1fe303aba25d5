package acestep4j;

import java.util.Optional;
import java.util.OptionalInt;

/** How a bundle is opened. Immutable; the methods that start with "with" give changed copies. */
public final class AceStepOptions {
    private static final int MOST_THREADS = 1024;

    private final OptionalInt threads;
    private final Optional<String> precision;
    private final boolean verifyHashes;

    private AceStepOptions(OptionalInt threads, Optional<String> precision, boolean verifyHashes) {
        this.threads = threads;
        this.precision = precision;
        this.verifyHashes = verifyHashes;
    }

    /** One thread per core, the bundle's first precision, sizes checked and hashes not. */
    public static AceStepOptions defaults() {
        return new AceStepOptions(OptionalInt.empty(), Optional.empty(), false);
    }

    /**
     * @param count the threads that one operation may use, 1 to 1024
     * @throws InvalidRequestException for another count
     */
    public AceStepOptions withThreads(int count) {
        if (count < 1 || count > MOST_THREADS) {
            throw new InvalidRequestException(
                    "threads", "expected a number from 1 to " + MOST_THREADS + ", found " + count);
        }
        return new AceStepOptions(OptionalInt.of(count), precision, verifyHashes);
    }

    /** @param name one of the bundle's precisions, such as {@code fp32} */
    public AceStepOptions withPrecision(String name) {
        if (name == null) {
            throw new InvalidRequestException("precision", "expected a name such as fp32, found null");
        }
        return new AceStepOptions(threads, Optional.of(name), verifyHashes);
    }

    /** @param verify whether to compare the SHA-256 of every file, which reads the whole bundle */
    public AceStepOptions withVerifyHashes(boolean verify) {
        return new AceStepOptions(threads, precision, verify);
    }

    public OptionalInt threads() {
        return threads;
    }

    public Optional<String> precision() {
        return precision;
    }

    public boolean verifyHashes() {
        return verifyHashes;
    }
}
