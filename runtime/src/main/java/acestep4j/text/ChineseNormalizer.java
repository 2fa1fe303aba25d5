package acestep4j.text;

/**
 * Writes Chinese lyrics as they are sung: figures and symbols in words, then all of it as pinyin. What multilingual_cleaners
 * and chinese_transliterate do for "zh" in acestep/models/lyrics_utils/lyric_tokenizer.py at d612523. Immutable and
 * thread-safe.
 */
final class ChineseNormalizer implements LyricNormalizer {
    private static final String[][] SYMBOLS = {
        {"&", " 和 "},
        {"@", " 在 "},
        {"%", " 百分之 "},
        {"#", " 号 "},
        {"$", " 美元 "},
        {"£", " 英镑 "},
        {"°", " 度 "},
    };

    private final Pinyin pinyin;

    ChineseNormalizer(Pinyin pinyin) {
        this.pinyin = pinyin;
    }

    @Override
    public String normalize(String line) {
        return pinyin.read(written(line));
    }

    /** The line in Chinese characters, before they become pinyin. */
    static String written(String line) {
        String worded = ChineseNumberExpansion.expand(PythonCharacters.lowerCase(line.replace("\"", "")));
        for (String[] symbol : SYMBOLS) {
            worded = worded.replace(symbol[0], symbol[1]).replace("  ", " ");
        }
        return PythonCharacters.collapseSpaces(PythonCharacters.strip(worded));
    }
}
