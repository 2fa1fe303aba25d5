package acestep4j.text;

import acestep4j.text.JapaneseWords.Word;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;

/**
 * Writes Japanese lyrics as they are sung: word for word in romaji, with words from other languages in their own spelling.
 * What japanese_cleaners does in acestep/models/lyrics_utils/lyric_tokenizer.py at d612523 by way of cutlet 0.5.2. The
 * dictionary is loaded when the first line needs it. Thread-safe.
 */
final class JapaneseNormalizer implements LyricNormalizer {
    private static final int LATIN = 5;
    private static final int HIRAGANA = 6;
    private static final int KATAKANA = 7;

    private final Path file;
    private volatile JapaneseDictionary dictionary;

    /** @param dictionary the bundle's {@code japanese.bin} */
    JapaneseNormalizer(Path dictionary) {
        file = dictionary;
    }

    /** @throws acestep4j.BundleException where the dictionary can't be used */
    @Override
    public String normalize(String line) {
        JapaneseDictionary words = dictionary();
        String text = unified(line);
        return romaji(words, text, JapaneseWords.of(words, text));
    }

    private JapaneseDictionary dictionary() {
        JapaneseDictionary loaded = dictionary;
        if (loaded == null) {
            synchronized (this) {
                loaded = dictionary;
                if (loaded == null) {
                    loaded = JapaneseDictionary.load(file);
                    dictionary = loaded;
                }
            }
        }
        return loaded;
    }

    /** One width for letters, digits and kana; MeCab reads up to a zero character. */
    private static String unified(String line) {
        String text = Normalizer.normalize(line, Normalizer.Form.NFKC)
                .replace('’', '\'')
                .replace('”', '"')
                .replace('‘', '`');
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    private static String romaji(JapaneseDictionary dictionary, String text, List<Word> words) {
        var kana = new KanaRomanizer(dictionary);
        int count = words.size();
        var romaji = new String[count];
        var spaceAfter = new boolean[count];
        for (int i = 0; i < count; i++) {
            Word word = words.get(i);
            Word next = i + 1 < count ? words.get(i + 1) : null;
            String surface = text.substring(word.start(), word.end());
            if (surface.equals("'")
                    && next != null
                    && !next.space()
                    && !word.space()
                    && isLatin(dictionary, text, next)) {
                romaji[i] = surface;
                spaceAfter(spaceAfter, i - 1, false);
                continue;
            }
            String own = romaji(dictionary, kana, word.entry(), surface);
            String before = i > 0 ? romaji[i - 1] : "";
            if (!own.isEmpty() && !before.isEmpty() && before.charAt(before.length() - 1) == KanaRomanizer.DOUBLED) {
                romaji[i - 1] = before.substring(0, before.length() - 1) + own.charAt(0);
            }
            romaji[i] = own;
            if (surface.equals("「") || surface.equals("『") || own.isEmpty() || own.equals("(") || own.equals("[")) {
                spaceAfter(spaceAfter, i - 1, true);
            } else if (!own.equals("/")) {
                String nextSurface = next == null ? "" : text.substring(next.start(), next.end());
                if (next != null && isAscii(surface) && isAscii(nextSurface)) {
                    romaji[i] = surface;
                    spaceAfter[i] = next.space();
                } else {
                    boolean joined = next != null && joins(dictionary, word, surface, next, nextSurface);
                    boolean foreignPrefix = dictionary.isForeign(word.entry()) && own.endsWith("-");
                    spaceAfter[i] =
                            !joined && !foreignPrefix && dictionary.part(word.entry()) != JapaneseDictionary.PREFIX;
                }
            }
        }
        var line = new StringBuilder();
        for (int i = 0; i < count; i++) {
            line.append(romaji[i]).append(spaceAfter[i] ? " " : "");
        }
        String doubled = String.valueOf(KanaRomanizer.DOUBLED);
        return PythonCharacters.lowerCase(PythonCharacters.strip(line.toString().replace(doubled, "")));
    }

    private static void spaceAfter(boolean[] spaceAfter, int index, boolean space) {
        if (index >= 0) {
            spaceAfter[index] = space;
        }
    }

    /** Whether no space stands between two words. */
    private static boolean joins(
            JapaneseDictionary dictionary, Word word, String surface, Word next, String nextSurface) {
        int part = dictionary.part(word.entry());
        int nextPart = dictionary.part(next.entry());
        boolean inflected = part == JapaneseDictionary.VERB
                || part == JapaneseDictionary.AUXILIARY
                || part == JapaneseDictionary.ADJECTIVE;
        return nextPart == JapaneseDictionary.SYMBOL
                || nextPart == JapaneseDictionary.SUFFIX
                || nextSurface.equals(",")
                || dictionary.isConjunctive(next.entry())
                || isNumber(surface) && isNumber(nextSurface)
                || inflected && nextPart == JapaneseDictionary.AUXILIARY && !nextSurface.equals("です");
    }

    private static String romaji(JapaneseDictionary dictionary, KanaRomanizer kana, int entry, String surface) {
        if (!dictionary.isUnknown(entry)) {
            return dictionary.romaji(entry);
        }
        String spelling = dictionary.spelling(surface);
        if (spelling != null) {
            return spelling;
        }
        if (isNumber(surface) || isAscii(surface)) {
            return surface;
        }
        if (surface.equals("€") || surface.equals("¥")) {
            return "";
        }
        int kind = dictionary.kindOfUnknown(entry);
        if (kind == HIRAGANA || kind == KATAKANA) {
            return kana.romanize(surface);
        }
        return "?".repeat(surface.codePointCount(0, surface.length()));
    }

    private static boolean isLatin(JapaneseDictionary dictionary, String text, Word word) {
        return dictionary.kind(text.codePointAt(word.start())).first() == LATIN;
    }

    private static boolean isAscii(String surface) {
        return surface.chars().allMatch(c -> c < 0x80);
    }

    private static boolean isNumber(String surface) {
        return surface.codePoints().allMatch(Character::isDigit);
    }
}
