package acestep4j.text;

/** Writes one line of lyrics as it is sung, in one language. Implementations are stateless or immutable, and thread-safe. */
@FunctionalInterface
interface LyricNormalizer {
    /** @param line stripped and not empty */
    String normalize(String line);
}
