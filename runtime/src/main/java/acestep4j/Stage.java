package acestep4j;

/** The parts of a generation, in their order. */
public enum Stage {
    /** Prompt and lyrics become tokens, and the prompt is encoded. */
    TEXT,
    /** The sound to start from becomes latents; only in tasks that have one. */
    SOURCE,
    /** Prompt and lyrics become what the transformer attends to. */
    CONDITION,
    /** Noise becomes latents, step by step. */
    DIFFUSION,
    /** Latents become sound. */
    DECODING
}
