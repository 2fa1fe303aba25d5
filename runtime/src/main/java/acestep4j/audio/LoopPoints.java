package acestep4j.audio;

/**
 * What of a sound is repeated, for players that read it from a file.
 *
 * @param start the first sample, counted from 0
 * @param length samples per channel, at least 1
 */
public record LoopPoints(int start, int length) {
    public LoopPoints {
        if (start < 0 || length < 1 || start > Integer.MAX_VALUE - length) {
            throw new IllegalArgumentException(
                    "loop: expected a start from 0 and at least 1 sample, found " + start + " and " + length);
        }
    }

    /** @throws IllegalArgumentException when the loop reaches beyond the sound's end */
    public void requireWithin(AudioBuffer audio) {
        if (start + length > audio.length()) {
            throw new IllegalArgumentException("loop: expected samples within the " + audio.length()
                    + " of the sound, found " + start + " to " + (start + length - 1));
        }
    }
}
