package acestep4j.text;

import java.util.Locale;

/**
 * Writes English lyrics as they are sung: lower case, numbers, amounts of money, abbreviations and symbols in words. What
 * multilingual_cleaners does for "en" in acestep/models/lyrics_utils/lyric_tokenizer.py at d612523, character for character,
 * in linear time. Stateless and thread-safe.
 */
final class EnglishNormalizer {
    /** In the order in which they are expanded; a full stop follows each. */
    private static final String[][] ABBREVIATIONS = {
        {"mrs", "misess"},
        {"mr", "mister"},
        {"dr", "doctor"},
        {"st", "saint"},
        {"co", "company"},
        {"jr", "junior"},
        {"maj", "major"},
        {"gen", "general"},
        {"drs", "doctors"},
        {"rev", "reverend"},
        {"lt", "lieutenant"},
        {"hon", "honorable"},
        {"sgt", "sergeant"},
        {"capt", "captain"},
        {"esq", "esquire"},
        {"ltd", "limited"},
        {"col", "colonel"},
        {"ft", "fort"},
    };

    private static final String[][] SYMBOLS = {
        {"&", " and "},
        {"@", " at "},
        {"%", " percent "},
        {"#", " hash "},
        {"$", " dollar "},
        {"£", " pound "},
        {"°", " degree "},
    };

    private EnglishNormalizer() {}

    static String normalize(String text) {
        String lower = text.replace("\"", "").toLowerCase(Locale.ROOT);
        String worded = EnglishNumberExpansion.expand(lower);
        for (String[] abbreviation : ABBREVIATIONS) {
            worded = expandAbbreviation(worded, abbreviation[0], abbreviation[1]);
        }
        for (String[] symbol : SYMBOLS) {
            worded = worded.replace(symbol[0], symbol[1]).replace("  ", " ");
        }
        return collapseSpaces(PythonCharacters.strip(worded));
    }

    private static String expandAbbreviation(String text, String abbreviation, String meaning) {
        var expanded = new StringBuilder();
        int copied = 0;
        int stop = text.indexOf('.', abbreviation.length());
        while (stop >= 0) {
            int start = stop - abbreviation.length();
            if (start >= copied && matches(text, start, abbreviation) && startsWord(text, start)) {
                expanded.append(text, copied, start).append(meaning);
                copied = stop + 1;
            }
            stop = text.indexOf('.', stop + 1);
        }
        return expanded.append(text, copied, text.length()).toString();
    }

    private static boolean matches(String text, int start, String abbreviation) {
        for (int i = 0; i < abbreviation.length(); i++) {
            char c = text.charAt(start + i);
            // The long s, which lower case leaves alone, is an s to a search that ignores case.
            if ((c == 'ſ' ? 's' : c) != abbreviation.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean startsWord(String text, int index) {
        return index == 0 || !PythonCharacters.isWord(text.codePointBefore(index));
    }

    private static String collapseSpaces(String text) {
        var collapsed = new StringBuilder(text.length());
        boolean space = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!PythonCharacters.isSpace(c)) {
                collapsed.append(c);
            } else if (!space) {
                collapsed.append(' ');
            }
            space = PythonCharacters.isSpace(c);
        }
        return collapsed.toString();
    }
}
