package acestep4j.model;

/**
 * An encoded prompt.
 *
 * @param values the states [tokens, width], row after row
 * @param tokens the number of tokens, 1 or more
 */
public record TextStates(float[] values, int tokens) {
    /** States of the same size, all of them 0. */
    public TextStates zeros() {
        return new TextStates(new float[values.length], tokens);
    }

    /** The length of one token's state. */
    public int width() {
        return values.length / tokens;
    }
}
