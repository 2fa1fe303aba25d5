package acestep4j.text;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A part of a line that its characters set apart, before any language is guessed. The patterns are those of
 * acestep/language_segmentation/LangSegment.py at d612523, in its order, scanned by hand in linear time.
 *
 * @param start where it begins in the scanned text
 * @param end where it ends
 * @param text the whole passage
 * @param inner what stands between its tags, quotes or brackets; empty for other kinds
 * @param name what its opening tag says; empty for other kinds
 */
record Passage(Kind kind, int start, int end, int[] text, int[] inner, String name) {
    enum Kind {
        /** {@code <name>...</name>} */
        TAGGED("$1"),
        KOREAN("$6"),
        THAI("$8"),
        RUSSIAN("$7"),
        NUMBER("00"),
        /** Letters of English, French and Vietnamese. */
        LATIN("$5"),
        QUOTED("$3"),
        BRACKETED("$4");

        /** Marks the place of a passage of this kind: {@code ⑥mark000000⑥}. */
        final String mark;

        Kind(String mark) {
            this.mark = mark;
        }
    }

    static final int MARK_EDGE = '⑥';

    private static final int[] NOTHING = {};
    private static final String OPENERS = "【《（(“‘";
    private static final String CLOSERS = "’”)）》】";
    private static final String LATIN_LETTERS =
            "àáâãäåæçèéêëìíîïðñòóôõöùúûüýþÿ" + "ăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỷỹ";

    private static Passage of(Kind kind, int[] text, int start, int end) {
        return new Passage(kind, start, end, slice(text, start, end), NOTHING, "");
    }

    static List<Passage> find(Kind kind, int[] text) {
        return switch (kind) {
            case TAGGED -> tagged(text);
            case KOREAN -> script(kind, text, c -> c >= 0xAC00 && c <= 0xD7A3);
            case THAI -> script(kind, text, c -> c >= 0x0E00 && c <= 0x0E7F);
            case RUSSIAN -> script(kind, text, c -> c >= 'А' && c <= 'я' || c == 'Ё' || c == 'ё');
            case NUMBER -> numbers(text);
            case LATIN ->
                script(kind, text, c -> PythonCharacters.isAsciiLetter(c) || c > 0x7F && LATIN_LETTERS.indexOf(c) >= 0);
            case QUOTED -> quoted(text);
            case BRACKETED -> bracketed(text);
        };
    }

    /** Whether this passage is all of a text of that length and is left in place for that reason. */
    boolean isWhole(int length) {
        if (end - start < length) {
            return false;
        }
        return switch (kind) {
            case NUMBER, QUOTED, BRACKETED -> true;
            case TAGGED -> name.isEmpty() && inner.length == 0;
            default -> false;
        };
    }

    /** {@code <name>...<name>}: the nearest tag of any name closes. */
    private static List<Passage> tagged(int[] text) {
        int length = text.length;
        int[] closeEnd = new int[length];
        int[] nextClose = new int[length + 1];
        nextClose[length] = length;
        for (int i = length - 1; i >= 0; i--) {
            if (text[i] == '<') {
                int slashes = skip(text, i + 1, c -> c == '/');
                int end = skip(text, slashes, Passage::isTagName);
                if (end < length && text[end] == '>') {
                    closeEnd[i] = end + 1;
                }
            }
            nextClose[i] = closeEnd[i] > 0 ? i : nextClose[i + 1];
        }
        List<Passage> found = new ArrayList<>();
        int i = 0;
        while (i < length) {
            boolean opens = closeEnd[i] > 0 && text[i + 1] != '/';
            int close = opens ? nextClose[closeEnd[i]] : length;
            if (close == length) {
                i++;
                continue;
            }
            String name = string(text, i + 1, closeEnd[i] - 1);
            int end = closeEnd[close];
            found.add(new Passage(Kind.TAGGED, i, end, slice(text, i, end), slice(text, closeEnd[i], close), name));
            i = end;
        }
        return found;
    }

    private static boolean isTagName(int codePoint) {
        return PythonCharacters.isAsciiLetter(codePoint) || codePoint == '|' || codePoint == '-';
    }

    /** Letters of one script with the opening quotes before them and whatever isn't a word between and after them. */
    private static List<Passage> script(Kind kind, int[] text, IntPredicate letter) {
        List<Passage> found = new ArrayList<>();
        int i = 0;
        while (i < text.length) {
            int start = i;
            i = skip(text, i, Passage::isOpeningQuote);
            if (i == text.length || !letter.test(text[i])) {
                i = Math.max(i, start + 1);
                continue;
            }
            while (i < text.length && letter.test(text[i])) {
                i = skip(text, i, letter);
                i = skip(text, i, Passage::isNoWord);
            }
            found.add(of(kind, text, start, i));
        }
        return found;
    }

    /** {@code \W*\d+\W+\d*\W*\d*}: one to three numbers with what surrounds them. */
    private static List<Passage> numbers(int[] text) {
        List<Passage> found = new ArrayList<>();
        int i = 0;
        while (i < text.length) {
            int start = i;
            int digits = skip(text, i, Passage::isNoWord);
            int digitsEnd = skip(text, digits, PythonCharacters::isDigit);
            int gapEnd = digitsEnd > digits ? skip(text, digitsEnd, Passage::isNoWord) : digitsEnd;
            if (gapEnd == digitsEnd) {
                i = Math.max(digitsEnd, start + 1);
                continue;
            }
            i = skip(text, gapEnd, PythonCharacters::isDigit);
            i = skip(text, i, Passage::isNoWord);
            i = skip(text, i, PythonCharacters::isDigit);
            found.add(of(Kind.NUMBER, text, start, i));
        }
        return found;
    }

    private static List<Passage> quoted(int[] text) {
        List<Passage> found = new ArrayList<>();
        int[] nextSame = new int[text.length];
        int nextSingle = -1;
        int nextDouble = -1;
        for (int i = text.length - 1; i >= 0; i--) {
            if (text[i] == '\'') {
                nextSame[i] = nextSingle;
                nextSingle = i;
            } else if (text[i] == '"') {
                nextSame[i] = nextDouble;
                nextDouble = i;
            } else {
                nextSame[i] = -1;
            }
        }
        int i = 0;
        while (i < text.length) {
            int close = nextSame[i];
            if (close < 0) {
                i++;
                continue;
            }
            found.add(new Passage(Kind.QUOTED, i, close + 1, slice(text, i, close + 1), slice(text, i + 1, close), ""));
            i = close + 1;
        }
        return found;
    }

    /** At least three characters between any opening and any closing bracket or quote, and whatever no word follows. */
    private static List<Passage> bracketed(int[] text) {
        List<Passage> found = new ArrayList<>();
        int i = 0;
        while (i < text.length) {
            if (OPENERS.indexOf(text[i]) < 0) {
                i++;
                continue;
            }
            int close = skip(text, i + 1, c -> OPENERS.indexOf(c) < 0 && CLOSERS.indexOf(c) < 0);
            if (close == text.length || CLOSERS.indexOf(text[close]) < 0 || close - i - 1 < 3) {
                i = close;
                continue;
            }
            int end = skip(text, close + 1, Passage::isNoWord);
            found.add(new Passage(Kind.BRACKETED, i, end, slice(text, i, end), slice(text, i + 1, close), ""));
            i = end;
        }
        return found;
    }

    private static boolean isOpeningQuote(int codePoint) {
        return codePoint == '"' || codePoint == '\'' || OPENERS.indexOf(codePoint) >= 0;
    }

    private static boolean isNoWord(int codePoint) {
        return !PythonCharacters.isWord(codePoint);
    }

    private static int skip(int[] text, int from, IntPredicate members) {
        int i = from;
        while (i < text.length && members.test(text[i])) {
            i++;
        }
        return i;
    }

    private static int[] slice(int[] text, int start, int end) {
        return java.util.Arrays.copyOfRange(text, start, end);
    }

    private static String string(int[] text, int start, int end) {
        return new String(text, start, end - start);
    }
}
