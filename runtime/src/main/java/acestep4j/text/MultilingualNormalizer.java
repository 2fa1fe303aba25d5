package acestep4j.text;

import acestep4j.text.LanguageRules.Abbreviation;
import acestep4j.text.LanguageRules.Symbol;

/**
 * Writes lyrics of one language as they are sung: lower case, numbers, amounts of money, abbreviations and symbols in words.
 * What multilingual_cleaners does in acestep/models/lyrics_utils/lyric_tokenizer.py at d612523, character for character, in
 * linear time. Immutable and thread-safe.
 */
final class MultilingualNormalizer implements LyricNormalizer {
    private final LanguageRules rules;
    private final NumberExpansion numbers;

    MultilingualNormalizer(LanguageRules rules) {
        this.rules = rules;
        this.numbers = new NumberExpansion(rules);
    }

    @Override
    public String normalize(String line) {
        String worded = numbers.expand(lowerCase(line.replace("\"", "")));
        for (Abbreviation abbreviation : rules.abbreviations()) {
            worded = expand(worded, abbreviation);
        }
        for (Symbol symbol : rules.symbols()) {
            worded = worded.replace(symbol.symbol(), symbol.meaning()).replace("  ", " ");
        }
        return PythonCharacters.collapseSpaces(PythonCharacters.strip(worded));
    }

    private String lowerCase(String text) {
        String undotted = rules.dottedCapitalI() ? text.replace('İ', 'i') : text;
        return PythonCharacters.lowerCase(undotted);
    }

    private String expand(String text, Abbreviation abbreviation) {
        var expanded = new StringBuilder();
        int copied = 0;
        int length = abbreviation.letters().length();
        for (int start = 0; start + length <= text.length(); start++) {
            if (matches(text, start, abbreviation.letters()) && startsWord(text, start) && ends(text, start + length)) {
                expanded.append(text, copied, start).append(abbreviation.meaning());
                copied = start + length + (rules.abbreviationsEndInStop() ? 1 : 0);
                start = copied - 1;
            }
        }
        return expanded.append(text, copied, text.length()).toString();
    }

    private boolean ends(String text, int end) {
        if (rules.abbreviationsEndInStop()) {
            return end < text.length() && text.charAt(end) == '.';
        }
        return end == text.length() || !PythonCharacters.isWord(text.codePointAt(end));
    }

    private static boolean matches(String text, int start, String abbreviation) {
        for (int i = 0; i < abbreviation.length(); i++) {
            if (withoutVariants(text.charAt(start + i)) != abbreviation.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Letters that lower case leaves alone and that a search which ignores case takes for others. */
    private static char withoutVariants(char c) {
        return switch (c) {
            case 'ſ' -> 's';
            case 'ı' -> 'i';
            case 'ᲁ' -> 'д';
            default -> c;
        };
    }

    private static boolean startsWord(String text, int index) {
        return index == 0 || !PythonCharacters.isWord(text.codePointBefore(index));
    }
}
