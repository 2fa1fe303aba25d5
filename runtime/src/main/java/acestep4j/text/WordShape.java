package acestep4j.text;

/**
 * What the segmentation needs to know of a text instead of the text itself, so that appending to it costs nothing: its
 * length in code points and whether anything but one number is in it.
 *
 * @param length in code points
 * @param words whether it holds a word character
 * @param letters whether it holds a word character that is no digit
 * @param spaceBefore whether a space stands before the first word character (without one: anywhere)
 * @param spaceInside whether a space stands between two word characters
 * @param spaceAfter whether a space stands after the last word character
 */
record WordShape(
        long length, boolean words, boolean letters, boolean spaceBefore, boolean spaceInside, boolean spaceAfter) {

    static WordShape of(int[] text) {
        boolean words = false;
        boolean letters = false;
        boolean spaceBefore = false;
        boolean spaceInside = false;
        boolean spaceAfter = false;
        for (int codePoint : text) {
            if (PythonCharacters.isWord(codePoint)) {
                spaceInside |= spaceAfter;
                spaceAfter = false;
                words = true;
                letters |= !PythonCharacters.isDigit(codePoint);
            } else if (PythonCharacters.isSpace(codePoint)) {
                spaceBefore |= !words;
                spaceAfter |= words;
            }
        }
        return new WordShape(text.length, words, letters, spaceBefore, spaceInside, spaceAfter);
    }

    /** Digits in one piece, or no word at all. */
    boolean isNumber() {
        return !letters && !spaceInside;
    }

    WordShape withLength(long newLength) {
        return new WordShape(newLength, words, letters, spaceBefore, spaceInside, spaceAfter);
    }

    WordShape then(WordShape next) {
        long sum = length + next.length;
        if (!words) {
            return new WordShape(
                    sum, next.words, next.letters, spaceBefore || next.spaceBefore, next.spaceInside, next.spaceAfter);
        }
        if (!next.words) {
            return new WordShape(sum, true, letters, spaceBefore, spaceInside, spaceAfter || next.spaceBefore);
        }
        return new WordShape(
                sum,
                true,
                letters || next.letters,
                spaceBefore,
                spaceInside || next.spaceInside || spaceAfter || next.spaceBefore,
                next.spaceAfter);
    }
}
