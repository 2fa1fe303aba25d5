package acestep4j.quality;

import acestep4j.InvalidRequestException;

/**
 * What is done with music in which a {@link QualityGate} finds something: as many attempts with other seeds as the retries
 * say, and if none of them is good, the last one is handed out with its reports or fails. Immutable.
 *
 * @param retries the attempts after the first one, 0 to 100
 * @param fails whether music that isn't good fails instead of being handed out
 */
public record QualityPolicy(int retries, boolean fails) {
    private static final int MOST_RETRIES = 100;

    /** @throws InvalidRequestException for a number of retries out of its range */
    public QualityPolicy {
        if (retries < 0 || retries > MOST_RETRIES) {
            throw new InvalidRequestException("retries", "expected 0 to " + MOST_RETRIES + ", found " + retries);
        }
    }

    /** Hands all music out; what was found is in the result. */
    public static QualityPolicy handOut() {
        return new QualityPolicy(0, false);
    }

    /** Ends with a {@link QualityException} in place of music that isn't good. */
    public static QualityPolicy fail() {
        return new QualityPolicy(0, true);
    }

    /** @param times how often to try again with other seeds before that, 0 to 100 */
    public QualityPolicy withRetries(int times) {
        return new QualityPolicy(times, fails);
    }
}
