package acestep4j.text;

import acestep4j.text.KoreanNumbers.UnreadableException;

/**
 * Writes Korean lyrics as they are sung: numbers, dollars and symbols in words, then all of it romanised. What
 * multilingual_cleaners and korean_transliterate do for "ko" in acestep/models/lyrics_utils/lyric_tokenizer.py at d612523,
 * in linear time. Stateless and thread-safe.
 */
final class KoreanNormalizer {
    private static final String[][] SYMBOLS = {
        {"&", " 그리고 "},
        {"@", " 에 "},
        {"%", " 퍼센트 "},
        {"#", " 번호 "},
        {"$", " 달러 "},
        {"£", " 파운드 "},
        {"°", " 도 "},
    };

    /** What makes an ordinal of the number before it, in the order in which it is looked for. */
    private static final String[] COUNTERS = {"번째", "번", "차", "째"};

    private KoreanNormalizer() {}

    static String normalize(String text) {
        String worded = numbers(PythonCharacters.lowerCase(text.replace("\"", "")));
        for (String[] symbol : SYMBOLS) {
            worded = worded.replace(symbol[0], symbol[1]).replace("  ", " ");
        }
        return HangulRomanizer.romanize(PythonCharacters.collapseSpaces(PythonCharacters.strip(worded)));
    }

    /** @return the text unchanged where one of its numbers can't be read, as the official code has it */
    private static String numbers(String text) {
        try {
            return integers(ordinals(decimals(amounts(withoutThousandsSeparators(text)))));
        } catch (UnreadableException e) {
            return text;
        }
    }

    /** {@code \b\d{1,3}(.\d{3})*(,\d+)?\b}, with any character for the separator; only full stops go. */
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
                if (codePoints[i] != '.') {
                    kept.appendCodePoint(codePoints[i]);
                }
            }
        }
        return kept.toString();
    }

    private static int separatedNumberEnd(int[] text, int start) {
        for (int head = digitsEnd(text, start, 3); head > start; head--) {
            int end = head;
            while (end + 4 <= text.length && text[end] != '\n' && digitsEnd(text, end + 1, 3) == end + 4) {
                end += 4;
            }
            for (; end >= head; end -= 4) {
                int fractionEnd =
                        end < text.length && text[end] == ',' ? digitsEnd(text, end + 1, Integer.MAX_VALUE) : end;
                if (fractionEnd > end + 1 && endsWord(text, fractionEnd)) {
                    return fractionEnd;
                }
                if (endsWord(text, end)) {
                    return end;
                }
            }
        }
        return -1;
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

    /** Dollars, unless pounds come first: those have no Korean words, and the official code then gives up on both. */
    private static String amounts(String text) {
        try {
            return amounts(text, '£').isEmpty() ? text : amounts(text, '$');
        } catch (UnreadableException e) {
            return text;
        }
    }

    /**
     * {@code \$[0-9.,]*[0-9]+|[0-9.,]*[0-9]+\$}
     *
     * @return empty where there is an amount in a currency other than dollars
     */
    private static String amounts(String text, char symbol) throws UnreadableException {
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
            int digitsEnd = end;
            while (digitsEnd > start && !PythonCharacters.isAsciiDigit(text.charAt(digitsEnd - 1))) {
                digitsEnd--;
            }
            boolean symbolLast = !symbolFirst && digitsEnd == end && text.startsWith(String.valueOf(symbol), end);
            if (symbolLast || symbolFirst && digitsEnd > start) {
                if (symbol != '$') {
                    return "";
                }
                worded.append(
                        KoreanNumbers.dollars(text.substring(start, digitsEnd).replace(',', '.')));
                i = symbolLast ? end + 1 : digitsEnd;
            } else {
                worded.append(text, i, end);
                i = end;
            }
        }
        return worded.toString();
    }

    private static int amountEnd(String text, int start) {
        int end = start;
        while (end < text.length() && (PythonCharacters.isAsciiDigit(text.charAt(end)) || isPoint(text, end))) {
            end++;
        }
        return end;
    }

    private static boolean isPoint(String text, int index) {
        return index < text.length() && (text.charAt(index) == '.' || text.charAt(index) == ',');
    }

    /** {@code [0-9]+[.,][0-9]+} */
    private static String decimals(String text) throws UnreadableException {
        var worded = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            int point = digitsEnd(text, i);
            int end = point > i && isPoint(text, point) ? digitsEnd(text, point + 1) : point;
            if (end > point + 1) {
                worded.append(KoreanNumbers.decimal(text.substring(i, end).replace(',', '.')));
                i = end;
            } else {
                end = Math.max(point, i + 1);
                worded.append(text, i, end);
                i = end;
            }
        }
        return worded.toString();
    }

    private static String ordinals(String text) throws UnreadableException {
        var worded = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            int end = digitsEnd(text, i);
            String counter = end > i ? counterAt(text, end) : "";
            if (!counter.isEmpty()) {
                worded.append(KoreanNumbers.ordinal(text.substring(i, end)));
                i = end + counter.length();
            } else {
                end = Math.max(end, i + 1);
                worded.append(text, i, end);
                i = end;
            }
        }
        return worded.toString();
    }

    private static String counterAt(String text, int index) {
        for (String counter : COUNTERS) {
            if (text.startsWith(counter, index)) {
                return counter;
            }
        }
        return "";
    }

    private static String integers(String text) throws UnreadableException {
        var worded = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            int end = digitsEnd(text, i);
            if (end > i) {
                worded.append(KoreanNumbers.cardinal(text.substring(i, end)));
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
