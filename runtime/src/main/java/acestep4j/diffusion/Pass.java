package acestep4j.diffusion;

/** Which of the two predictions of one step: with the prompt and the lyrics, or without them. */
public enum Pass {
    CONDITIONAL,
    UNCONDITIONAL
}
