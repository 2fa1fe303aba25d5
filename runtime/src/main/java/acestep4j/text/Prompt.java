package acestep4j.text;

/**
 * A prompt as the text encoder takes it.
 *
 * @param ids token ids, the closing token included
 * @param truncated whether the prompt was longer than the model reads
 */
public record Prompt(long[] ids, boolean truncated) {}
