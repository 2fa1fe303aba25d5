package acestep4j.text;

/**
 * Romanises hiragana sign by sign in modified Hepburn without long-vowel marks, as cutlet 0.5.2 does it for words that its
 * dictionary doesn't have. Immutable and thread-safe.
 */
final class KanaRomanizer {
    /** A doubled consonant at the end of a word: the first letter of the next word takes its place. */
    static final char DOUBLED = 'っ';

    private static final String SMALL = "ゃゅょぁぃぅぇぉ";
    private static final String UNVOICED = "かきくけこさしすせそたちつてとはひふへほ";
    private static final String VOICED = "がぎぐげござじずぜぞだぢづでどばびぶべぼ";
    /** For a sign that has no romaji; the official code fails on it. */
    private static final String UNREADABLE = "?";

    private final JapaneseDictionary dictionary;

    KanaRomanizer(JapaneseDictionary dictionary) {
        this.dictionary = dictionary;
    }

    /** @param kana hiragana or katakana */
    String romanize(String kana) {
        String signs = hiragana(kana);
        var romaji = new StringBuilder();
        for (int i = 0; i < signs.length(); i++) {
            char before = i > 0 ? signs.charAt(i - 1) : 0;
            char after = i + 1 < signs.length() ? signs.charAt(i + 1) : 0;
            romaji.append(sign(before, signs.charAt(i), after));
        }
        return romaji.toString();
    }

    /** @param before 0 at the beginning, as {@code after} at the end */
    private String sign(char before, char sign, char after) {
        switch (sign) {
            case 'ゝ', 'ヽ':
                return before == 0 ? "" : String.valueOf(before);
            case 'ゞ':
                int voiced = UNVOICED.indexOf(before);
                return voiced < 0 ? "" : of(VOICED.charAt(voiced));
            case '々', '〃':
                return "";
            default:
        }
        String asOne = before == 0 ? null : dictionary.kana("" + before + sign);
        if (asOne != null) {
            return asOne;
        }
        if (after != 0 && dictionary.kana("" + sign + after) != null) {
            return "";
        }
        if (after != 0 && SMALL.indexOf(after) >= 0) {
            String romaji = of(sign);
            return sign == 'っ' ? "" : romaji.substring(0, Math.max(0, romaji.length() - 1)) + of(after);
        }
        if (SMALL.indexOf(sign) >= 0) {
            return "";
        }
        return switch (sign) {
            case 'ー' -> lengthened(before);
            case 'っ' -> doubled(after);
            case 'ん' -> after != 0 && "あいうえおやゆよ".indexOf(after) >= 0 ? "n'" : "n";
            default -> of(sign);
        };
    }

    private String lengthened(char before) {
        String romaji = before == 0 ? null : dictionary.kana(String.valueOf(before));
        return romaji == null ? "-" : romaji.substring(Math.max(0, romaji.length() - 1));
    }

    private String doubled(char after) {
        if (after == 0) {
            return String.valueOf(DOUBLED);
        }
        if (after == 'ち') {
            return "t";
        }
        return "あいうえおっ".indexOf(after) >= 0 ? "-" : of(after).substring(0, 1);
    }

    private String of(char sign) {
        String romaji = dictionary.kana(String.valueOf(sign));
        return romaji == null || romaji.isEmpty() && sign != '゙' && sign != '゚' ? UNREADABLE : romaji;
    }

    private static String hiragana(String kana) {
        var hiragana = new StringBuilder(kana.length());
        for (int i = 0; i < kana.length(); i++) {
            char c = kana.charAt(i);
            boolean katakana = c >= 'ァ' && c <= 'ヶ' || c == 'ヽ' || c == 'ヾ';
            hiragana.append(katakana ? (char) (c - 'ァ' + 'ぁ') : c);
        }
        return hiragana.toString();
    }
}
