package acestep4j.text;

/**
 * The character classes of Python's {@code str} and {@code re}, which the official text rules are written in. Java's own
 * classes of these names differ: they count marks as word characters and know fewer spaces.
 */
final class PythonCharacters {
    private PythonCharacters() {}

    /** {@code \w}: letters, numbers of every kind, underscore. */
    static boolean isWord(int codePoint) {
        if (codePoint < 0x80) {
            return isAsciiDigit(codePoint) || isAsciiLetter(codePoint) || codePoint == '_';
        }
        return switch (Character.getType(codePoint)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER,
                    Character.DECIMAL_DIGIT_NUMBER,
                    Character.LETTER_NUMBER,
                    Character.OTHER_NUMBER -> true;
            default -> false;
        };
    }

    /** {@code \d}: decimal digits of every script. */
    static boolean isDigit(int codePoint) {
        return codePoint < 0x80
                ? isAsciiDigit(codePoint)
                : Character.getType(codePoint) == Character.DECIMAL_DIGIT_NUMBER;
    }

    /** {@code \s}, and what {@code str.strip} removes. */
    static boolean isSpace(int codePoint) {
        return switch (codePoint) {
            case '\t', '\n', 0x0B, '\f', '\r', 0x1C, 0x1D, 0x1E, 0x1F, ' ', 0x85, 0xA0, 0x1680, 0x2028, 0x2029 -> true;
            case 0x202F, 0x205F, 0x3000 -> true;
            default -> codePoint >= 0x2000 && codePoint <= 0x200A;
        };
    }

    static boolean isAsciiDigit(int codePoint) {
        return codePoint >= '0' && codePoint <= '9';
    }

    static boolean isAsciiLetter(int codePoint) {
        return codePoint >= 'a' && codePoint <= 'z' || isAsciiCapital(codePoint);
    }

    static boolean isAsciiCapital(int codePoint) {
        return codePoint >= 'A' && codePoint <= 'Z';
    }

    /** {@code str.strip()}. */
    static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /** {@code re.sub(r"\s+", " ", text)}. */
    static String collapseSpaces(String text) {
        var collapsed = new StringBuilder(text.length());
        boolean space = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isSpace(c)) {
                collapsed.append(c);
            } else if (!space) {
                collapsed.append(' ');
            }
            space = isSpace(c);
        }
        return collapsed.toString();
    }
}
