package acestep4j.diffusion;

/** Which prediction of one step. */
public enum Pass {
    /** With the prompt and the lyrics. */
    CONDITIONAL,
    /** Without either of them. */
    UNCONDITIONAL,
    /** With the prompt alone. */
    TEXT_ONLY
}
