package acestep4j.text;

import acestep4j.text.EnglishNumbers.Currency;
import acestep4j.text.EnglishNumbers.UnreadableNumberException;

/**
 * Finds the numbers in a lower-case English line and puts words in their place: thousands separators go, then amounts of
 * money, decimals, ordinals and plain numbers. The official regular expressions (expand_numbers_multilingual in
 * acestep/models/lyrics_utils/lyric_tokenizer.py at d612523), scanned by hand: they backtrack.
 */
final class EnglishNumberExpansion {
    private EnglishNumberExpansion() {}

    /** @return the text unchanged where one of its numbers can't be read, as the official code has it */
    static String expand(String text) {
        try {
            String plain = withoutThousandsSeparators(text);
            return integers(ordinals(decimals(amounts(plain))));
        } catch (UnreadableNumberException e) {
            return text;
        }
    }

    /** {@code \b\d{1,3}(,\d{3})*(\.\d+)?\b} */
    private static String withoutThousandsSeparators(String text) {
        int[] codePoints = text.codePoints().toArray();
        var kept = new StringBuilder(text.length());
        int i = 0;
        while (i < codePoints.length) {
            int end = startsWord(codePoints, i) ? separatedNumberEnd(codePoints, i) : -1;
            if (end < 0) {
                kept.appendCodePoint(codePoints[i++]);
                continue;
            }
            for (; i < end; i++) {
                if (codePoints[i] != ',') {
                    kept.appendCodePoint(codePoints[i]);
                }
            }
        }
        return kept.toString();
    }

    private static int separatedNumberEnd(int[] text, int start) {
        int end = digitsEnd(text, start, 4);
        if (end == start || end - start > 3) {
            return -1;
        }
        int beforeLastGroup = -1;
        while (end < text.length && text[end] == ',' && digitsEnd(text, end + 1, 3) == end + 4) {
            beforeLastGroup = end;
            end += 4;
        }
        if (end < text.length && text[end] == '.') {
            int fractionEnd = digitsEnd(text, end + 1, Integer.MAX_VALUE);
            return fractionEnd > end + 1 && endsWord(text, fractionEnd) ? fractionEnd : end;
        }
        return endsWord(text, end) ? end : beforeLastGroup;
    }

    private static int digitsEnd(int[] text, int start, int most) {
        int end = start;
        while (end < text.length && end - start < most && PythonCharacters.isDigit(text[end])) {
            end++;
        }
        return end;
    }

    private static boolean startsWord(int[] text, int i) {
        return i == 0 || !PythonCharacters.isWord(text[i - 1]);
    }

    private static boolean endsWord(int[] text, int i) {
        return i == text.length || !PythonCharacters.isWord(text[i]);
    }

    private static String amounts(String text) {
        String worded = text;
        try {
            worded = amounts(worded, '£', Currency.GBP);
            worded = amounts(worded, '$', Currency.USD);
            worded = amounts(worded, '€', Currency.EUR);
        } catch (UnreadableNumberException e) {
            // The official code leaves this and the following currencies as they are and goes on.
            return worded;
        }
        return worded;
    }

    /** {@code £[0-9.,]*[0-9]+|[0-9.,]*[0-9]+£} */
    private static String amounts(String text, char symbol, Currency currency) throws UnreadableNumberException {
        var worded = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            boolean symbolFirst = c == symbol;
            int start = symbolFirst ? i + 1 : i;
            int end = amountEnd(text, start);
            if (end == start) {
                worded.append(c);
                i++;
                continue;
            }
            int lastDigit = end - 1;
            while (lastDigit >= start && !PythonCharacters.isAsciiDigit(text.charAt(lastDigit))) {
                lastDigit--;
            }
            boolean symbolLast = lastDigit == end - 1 && end < text.length() && text.charAt(end) == symbol;
            if (symbolFirst && lastDigit >= start) {
                worded.append(money(text, start, lastDigit + 1, currency));
                i = lastDigit + 1;
            } else if (!symbolFirst && symbolLast) {
                worded.append(money(text, start, end, currency));
                i = end + 1;
            } else {
                worded.append(text, i, end);
                i = end;
            }
        }
        return worded.toString();
    }

    private static int amountEnd(String text, int start) {
        int end = start;
        while (end < text.length() && isOfAmount(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isOfAmount(char c) {
        return PythonCharacters.isAsciiDigit(c) || c == '.' || c == ',';
    }

    private static String money(String text, int start, int end, Currency currency) throws UnreadableNumberException {
        return EnglishNumbers.money(text.substring(start, end).replace(',', '.'), currency);
    }

    /** {@code [0-9]+[.,][0-9]+} */
    private static String decimals(String text) throws UnreadableNumberException {
        var worded = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            int point = digitsEnd(text, i);
            int end = point > i && point < text.length() && (text.charAt(point) == '.' || text.charAt(point) == ',')
                    ? digitsEnd(text, point + 1)
                    : point;
            if (end > point + 1) {
                worded.append(EnglishNumbers.decimal(text.substring(i, end).replace(',', '.')));
                i = end;
            } else {
                end = Math.max(point, i + 1);
                worded.append(text, i, end);
                i = end;
            }
        }
        return worded.toString();
    }

    /** {@code ([0-9]+)(st|nd|rd|th)} */
    private static String ordinals(String text) throws UnreadableNumberException {
        var worded = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            int end = digitsEnd(text, i);
            if (end > i && isOrdinalSuffix(text, end)) {
                worded.append(EnglishNumbers.ordinal(text.substring(i, end)));
                i = end + 2;
            } else {
                end = Math.max(end, i + 1);
                worded.append(text, i, end);
                i = end;
            }
        }
        return worded.toString();
    }

    private static boolean isOrdinalSuffix(String text, int index) {
        return text.startsWith("st", index)
                || text.startsWith("nd", index)
                || text.startsWith("rd", index)
                || text.startsWith("th", index);
    }

    /** {@code [0-9]+} */
    private static String integers(String text) throws UnreadableNumberException {
        var worded = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            int end = digitsEnd(text, i);
            if (end > i) {
                worded.append(EnglishNumbers.cardinal(text.substring(i, end)));
                i = end;
            } else {
                worded.append(text.charAt(i++));
            }
        }
        return worded.toString();
    }

    private static int digitsEnd(String text, int start) {
        int end = start;
        while (end < text.length() && PythonCharacters.isAsciiDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }
}
