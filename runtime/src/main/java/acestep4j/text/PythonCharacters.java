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

    /** {@code text.lower()}. Java's own takes quadratic time for capital sigmas, which have two small letters. */
    static String lowerCase(String text) {
        int[] codePoints = text.codePoints().toArray();
        var lower = new StringBuilder(text.length());
        for (int i = 0; i < codePoints.length; i++) {
            switch (codePoints[i]) {
                case 'Σ' -> lower.append(endsWord(codePoints, i) ? 'ς' : 'σ');
                case 'İ' -> lower.append("i\u0307");
                default -> lower.appendCodePoint(Character.toLowerCase(codePoints[i]));
            }
        }
        return lower.toString();
    }

    /** After a letter that has case and not before one, whatever stands between that case ignores. */
    private static boolean endsWord(int[] text, int index) {
        int before = index - 1;
        while (before >= 0 && ignoresCase(text[before])) {
            before--;
        }
        int after = index + 1;
        while (after < text.length && ignoresCase(text[after])) {
            after++;
        }
        return before >= 0 && hasCase(text[before]) && (after == text.length || !hasCase(text[after]));
    }

    private static boolean hasCase(int codePoint) {
        return Character.isLowerCase(codePoint) || Character.isUpperCase(codePoint) || Character.isTitleCase(codePoint);
    }

    /** Unicode's Case_Ignorable. */
    private static boolean ignoresCase(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.FORMAT,
                    Character.MODIFIER_LETTER,
                    Character.MODIFIER_SYMBOL -> true;
            default ->
                "'.:·\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A".indexOf(codePoint)
                        >= 0;
        };
    }
}
