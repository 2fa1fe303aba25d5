package acestep4j;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The most memory that a generation may be estimated to take.
 *
 * @param bytes at least 1
 * @param policy what becomes of a request that is over it
 */
public record MemoryLimit(long bytes, Policy policy) {
    /** What becomes of a request that is estimated to take more than the limit. */
    public enum Policy {
        /** It is refused before anything is allocated. */
        REFUSE,

        /**
         * It runs with the first of these plans that fits: offload, which changes no sample and takes more time; overlapped
         * decoding, which changes the sound a little; both. It is refused when none does.
         */
        SMALLER_PLAN;

        /** The name in lower case with hyphens, such as {@code smaller-plan}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        public static Optional<Policy> labelled(String label) {
            return Arrays.stream(values())
                    .filter(policy -> policy.label().equals(label))
                    .findFirst();
        }
    }

    public MemoryLimit {
        if (bytes < 1) {
            throw new InvalidRequestException("memoryLimit", "expected at least 1 byte, found " + bytes);
        }
        if (policy == null) {
            throw new InvalidRequestException("memoryLimit", "expected a policy such as REFUSE, found null");
        }
    }
}
