package acestep4j.quality;

/** What can be wrong with a sound. */
public enum QualityProblem {
    /** Samples that are no numbers, or infinite. */
    NOT_FINITE,
    /** Too quiet as a whole, or for too long at a time. */
    SILENCE,
    /** Too many samples at full scale or beyond. */
    CLIPPING,
    /** Longer or shorter than was asked for. */
    LENGTH
}
