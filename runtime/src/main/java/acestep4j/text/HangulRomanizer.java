package acestep4j.text;

import java.util.HashSet;
import java.util.Set;

/**
 * Romanises Hangul letter by letter (the academic variant of the Revised Romanization of Korean, 2000): a hyphen marks the
 * border of two syllables where the letters alone would leave it open, and every syllable that begins with a silent ieung
 * after another syllable. Everything else passes through. As hangul-romanize 0.1.0 does it. Stateless and thread-safe.
 */
final class HangulRomanizer {
    private static final char FIRST = '가';
    private static final char LAST = '힣';
    private static final int SILENT = 11;

    private static final String[] INITIALS = {
        "g", "kk", "n", "d", "tt", "l", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"
    };
    private static final String[] VOWELS = {
        "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu",
        "ui", "i"
    };
    private static final String[] FINALS = {
        "", "g", "kk", "gs", "n", "nj", "nh", "d", "l", "lg", "lm", "lb", "ls", "lt", "lp", "lh", "m", "b", "bs", "s",
        "ss", "ng", "j", "ch", "k", "t", "p", "h"
    };
    /** A final and an initial in one, where more than one border between them is possible. */
    private static final Set<String> AMBIGUOUS = ambiguous();

    private HangulRomanizer() {}

    static String romanize(String text) {
        var romanized = new StringBuilder(2 * text.length());
        int finalBefore = -1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < FIRST || c > LAST) {
                romanized.append(c);
                finalBefore = -1;
                continue;
            }
            int syllable = c - FIRST;
            int initial = syllable / (VOWELS.length * FINALS.length);
            int vowel = syllable / FINALS.length % VOWELS.length;
            int end = syllable % FINALS.length;
            if (finalBefore >= 0
                    && (initial == SILENT || AMBIGUOUS.contains(FINALS[finalBefore] + INITIALS[initial]))) {
                romanized.append('-');
            }
            romanized.append(INITIALS[initial]).append(VOWELS[vowel]).append(FINALS[end]);
            finalBefore = end;
        }
        return romanized.toString();
    }

    private static Set<String> ambiguous() {
        Set<String> finals = Set.of(FINALS);
        Set<String> initials = Set.of(INITIALS);
        var ambiguous = new HashSet<String>();
        for (String end : FINALS) {
            for (String initial : INITIALS) {
                String letters = end + initial;
                int borders = 0;
                for (int i = 0; i < letters.length(); i++) {
                    if (finals.contains(letters.substring(0, i)) && initials.contains(letters.substring(i))) {
                        borders++;
                    }
                }
                if (borders > 1) {
                    ambiguous.add(letters);
                }
            }
        }
        return Set.copyOf(ambiguous);
    }
}
