package acestep4j.text;

/**
 * Chinese words for numbers as the official text normalisation chooses them (num2chn in
 * acestep/models/lyrics_utils/zh_num2words.py at d612523): simplified characters, two as 两 before a unit. Digits may be of
 * any script. Stateless and thread-safe.
 */
final class ChineseNumbers {
    /** The official code fails on so long a number; what that means for the line is the caller's matter. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String problem) {
            super(problem);
        }
    }

    private static final String DIGITS = "零一二三四五六七八九";
    private static final String UNITS = "十百千万亿兆京垓秭穰沟涧正载";
    private static final int[] POWERS = {1, 2, 3, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44};
    /** Beyond it Python's recursion ends in an error. */
    private static final int MOST_DIGITS = 43_000;

    private ChineseNumbers() {}

    /** @param number digits, or digits with a point between them, as code points */
    static String cardinal(int[] number) throws UnreadableException {
        int point = 0;
        while (point < number.length && number[point] != '.') {
            point++;
        }
        if (point > MOST_DIGITS) {
            throw new UnreadableException("more than " + MOST_DIGITS + " digits");
        }
        var words = new StringBuilder();
        if (point == 1) {
            words.append(digit(number[0]));
        } else {
            appendValue(words, number, 0, point);
        }
        if (point < number.length) {
            words.append('点');
            for (int i = point + 1; i < number.length; i++) {
                words.append(digit(number[i]));
            }
        }
        for (int i = 0; i + 1 < words.length(); i++) {
            if (words.charAt(i) == '二'
                    && isLargeUnit(words.charAt(i + 1))
                    && (i == 0 || isLargeUnit(words.charAt(i - 1)))) {
                words.setCharAt(i, '两');
            }
        }
        if (words.indexOf("点") == 0) {
            words.insert(0, '零');
        } else if (words.indexOf("一十") == 0) {
            words.deleteCharAt(0);
        }
        return words.toString();
    }

    /** Each digit by its name; everything but digits is left out. */
    static String digitByDigit(int[] text) {
        var words = new StringBuilder();
        for (int codePoint : text) {
            if (PythonCharacters.isDigit(codePoint)) {
                words.append(digit(codePoint));
            }
        }
        return words.toString();
    }

    private static void appendValue(StringBuilder words, int[] digits, int start, int end) {
        int significant = start;
        while (significant < end && digits[significant] == '0') {
            significant++;
        }
        int length = end - significant;
        if (length == 0) {
            return;
        }
        if (length == 1) {
            if (significant > start) {
                words.append(DIGITS.charAt(0));
            }
            words.append(digit(digits[significant]));
            return;
        }
        int unit = POWERS.length - 1;
        while (POWERS[unit] >= length) {
            unit--;
        }
        int split = end - POWERS[unit];
        appendValue(words, digits, start, split);
        words.append(UNITS.charAt(unit));
        appendValue(words, digits, split, end);
    }

    private static boolean isLargeUnit(char word) {
        return UNITS.indexOf(word) > 0;
    }

    private static char digit(int codePoint) {
        return DIGITS.charAt(Character.digit(codePoint, 10));
    }
}
