package acestep4j.text;

import acestep4j.text.LanguageRules.Thousands;
import java.math.BigInteger;

/**
 * Finds the numbers in a lower-case line and puts words in their place: thousands separators go, then amounts of money,
 * decimals, ordinals and plain numbers. The official regular expressions (expand_numbers_multilingual in
 * acestep/models/lyrics_utils/lyric_tokenizer.py at d612523), scanned by hand: they backtrack. Immutable and thread-safe.
 */
final class NumberExpansion {
    /** Python 3.11 and later read no integer of more digits from text. */
    private static final int MOST_DIGITS = 4300;

    private final LanguageRules rules;

    NumberExpansion(LanguageRules rules) {
        this.rules = rules;
    }

    /** @return the text unchanged where one of its numbers can't be read, as the official code has it */
    String expand(String text) {
        try {
            String worded = amounts(withoutThousandsSeparators(text));
            if (rules.readsDecimals()) {
                worded = decimals(worded);
            }
            return integers(ordinals(worded));
        } catch (UnreadableNumberException e) {
            return text;
        }
    }

    /** Either {@code \b\d{1,3}(,\d{3})*(\.\d+)?\b} or {@code \b\d{1,3}(.\d{3})*(\,\d+)?\b} with a full stop for any character. */
    private String withoutThousandsSeparators(String text) {
        int[] codePoints = text.codePoints().toArray();
        char separator = rules.thousands() == Thousands.COMMA ? ',' : '.';
        var kept = new StringBuilder(text.length());
        int i = 0;
        while (i < codePoints.length) {
            int end = startsWord(codePoints, i) ? separatedNumberEnd(codePoints, i) : -1;
            if (end < 0) {
                kept.appendCodePoint(codePoints[i++]);
                continue;
            }
            for (; i < end; i++) {
                if (codePoints[i] != separator) {
                    kept.appendCodePoint(codePoints[i]);
                }
            }
        }
        return kept.toString();
    }

    private int separatedNumberEnd(int[] text, int start) {
        for (int end = digitsEnd(text, start, 3); end > start; end--) {
            int last = lastGroupBeforeWordEnd(text, end);
            if (last >= 0) {
                return fractionEnd(text, last);
            }
        }
        return -1;
    }

    /** Where the longest chain of groups of three digits ends a word, -1 where none does. */
    private int lastGroupBeforeWordEnd(int[] text, int firstEnd) {
        int last = -1;
        int end = firstEnd;
        while (true) {
            if (endsWord(text, end)) {
                last = end;
            }
            if (end == text.length || !separates(text[end]) || digitsEnd(text, end + 1, 3) != end + 4) {
                return last;
            }
            end += 4;
        }
    }

    private boolean separates(int codePoint) {
        return rules.thousands() == Thousands.COMMA ? codePoint == ',' : codePoint != '\n';
    }

    private int fractionEnd(int[] text, int end) {
        char point = rules.thousands() == Thousands.COMMA ? '.' : ',';
        if (end == text.length || text[end] != point) {
            return end;
        }
        int fractionEnd = digitsEnd(text, end + 1, Integer.MAX_VALUE);
        return fractionEnd > end + 1 && endsWord(text, fractionEnd) ? fractionEnd : end;
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

    private String amounts(String text) {
        String worded = text;
        try {
            for (Currency currency : Currency.values()) {
                worded = amounts(worded, currency);
            }
        } catch (UnreadableNumberException e) {
            // The official code leaves this and the following currencies as they are and goes on.
            return worded;
        }
        return worded;
    }

    /** {@code £[0-9.,]*[0-9]+|[0-9.,]*[0-9]+£} */
    private String amounts(String text, Currency currency) throws UnreadableNumberException {
        char symbol = currency.symbol();
        if (text.indexOf(symbol) < 0) {
            return text;
        }
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

    private String money(String text, int start, int end, Currency currency) throws UnreadableNumberException {
        double amount = number(text.substring(start, end));
        String words = rules.numbers().money(amount, currency);
        int cents = PythonFloat.isWhole(amount) ? words.lastIndexOf(rules.beforeCents()) : -1;
        return cents < 0 ? words : words.substring(0, cents);
    }

    /** {@code [0-9]+[.,][0-9]+} */
    private String decimals(String text) throws UnreadableNumberException {
        var worded = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            int point = digitsEnd(text, i);
            int end = point > i && point < text.length() && (text.charAt(point) == '.' || text.charAt(point) == ',')
                    ? digitsEnd(text, point + 1)
                    : point;
            if (end > point + 1) {
                worded.append(rules.numbers().decimal(number(text.substring(i, end))));
                i = end;
            } else {
                end = Math.max(point, i + 1);
                worded.append(text, i, end);
                i = end;
            }
        }
        return worded.toString();
    }

    private static double number(String text) throws UnreadableNumberException {
        double value;
        try {
            value = Double.parseDouble(text.replace(',', '.'));
        } catch (NumberFormatException e) {
            throw new UnreadableNumberException("no number: " + text);
        }
        if (Double.isInfinite(value)) {
            throw new UnreadableNumberException("infinite");
        }
        return value;
    }

    private String ordinals(String text) throws UnreadableNumberException {
        var worded = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            int end = digitsEnd(text, i);
            int suffixEnd = end > i ? ordinalSuffixEnd(text, end) : -1;
            if (suffixEnd > 0) {
                worded.append(rules.numbers().ordinal(integer(text.substring(i, end))));
                i = suffixEnd;
            } else {
                end = Math.max(end, i + 1);
                worded.append(text, i, end);
                i = end;
            }
        }
        return worded.toString();
    }

    /** @return -1 where no suffix starts */
    private int ordinalSuffixEnd(String text, int index) {
        for (String suffix : rules.ordinalSuffixes()) {
            if (text.startsWith(suffix, index)) {
                return index + suffix.length();
            }
        }
        boolean stop = rules.ordinalStop() && index < text.length() && text.charAt(index) == '.';
        boolean endsToken = index + 1 >= text.length() || PythonCharacters.isSpace(text.charAt(index + 1));
        return stop && endsToken ? index + 1 : -1;
    }

    /** {@code [0-9]+} */
    private String integers(String text) throws UnreadableNumberException {
        var worded = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            int end = digitsEnd(text, i);
            if (end > i) {
                worded.append(rules.numbers().cardinal(integer(text.substring(i, end))));
                i = end;
            } else {
                worded.append(text.charAt(i++));
            }
        }
        return worded.toString();
    }

    private static BigInteger integer(String digits) throws UnreadableNumberException {
        if (digits.length() > MOST_DIGITS) {
            throw new UnreadableNumberException("more than " + MOST_DIGITS + " digits");
        }
        return new BigInteger(digits);
    }

    private static int digitsEnd(String text, int start) {
        int end = start;
        while (end < text.length() && PythonCharacters.isAsciiDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }
}
