package acestep4j.text;

/**
 * Text as the language model gets it: every stretch of punctuation and space is one space, repeated characters are one,
 * the ends are bare.
 */
final class CleanText {
    private final StringBuilder text = new StringBuilder();
    private int length;
    private int last = ' ';

    static CleanText of(int[] codePoints) {
        var clean = new CleanText();
        for (int codePoint : codePoints) {
            clean.append(codePoint);
        }
        return clean;
    }

    void append(int codePoint) {
        int next = PythonCharacters.isWord(codePoint) ? codePoint : ' ';
        if (next != last) {
            text.appendCodePoint(next);
            length++;
            last = next;
        }
    }

    /** In code points. */
    int length() {
        return endsBare() ? length : length - 1;
    }

    @Override
    public String toString() {
        return endsBare() ? text.toString() : text.substring(0, text.length() - 1);
    }

    private boolean endsBare() {
        return length == 0 || last != ' ';
    }
}
