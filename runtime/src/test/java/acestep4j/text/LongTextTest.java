package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A megabyte of what makes regular expressions backtrack: with quadratic work these would take hours. */
class LongTextTest {
    private static final int LENGTH = 1_000_000;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a ",
                "ab c. ",
                "1",
                "1,",
                "1,000",
                ",000",
                "1.5 ",
                "1a",
                "12 3.",
                "$1",
                "1£",
                "1.2$",
                ".",
                "\"",
                "'a\"",
                "<",
                "<a>",
                "<a",
                "</",
                "<a></a>",
                "“",
                "“abc”",
                "“abc",
                "”",
                "(",
                "我",
                "我,",
                "愛、",
                "あ.",
                "ฉัน",
                "한 ",
                "Ж!",
                "ş",
                "ş,",
                "⑥",
                "⑥1",
                "⑥123456⑥",
                "⑥123456⑥,",
                "⑥12345678⑥",
                "⑥$3000000",
                "\"⑥$3000000한\"",
                "mr.",
                "st",
                "1st",
                "&",
                "  ",
                "A",
                "-A",
                "1 ",
                "٣",
                "🎵",
                "aΣ",
                "Σ.",
                "Aa1,ş!"
            })
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void finishesInLinearTime(String part) {
        String line = part.repeat(LENGTH / part.length());
        var detector = LanguageDetector.load(SmallTokenizers.LANGUAGE_MODEL);
        assertFalse(detector.detect(PythonCharacters.strip(line)).contains("|"));
        assertStripped(LanguageRules.english(), line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1.000 ", "1 234", "1a234", "9,9€ ", "12. 3º 4e ", "г-н б. dr. ", "0.001 ", "9", "99999999999 "})
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void finishesInLinearTimeInEveryLanguage(String part) {
        String line = part.repeat(LENGTH / 10 / part.length());
        LanguageRules.BY_LANGUAGE.values().forEach(rules -> assertStripped(rules, line));
    }

    private static void assertStripped(LanguageRules rules, String line) {
        String normalised = new MultilingualNormalizer(rules).normalize(line);
        assertEquals(normalised, PythonCharacters.strip(normalised));
    }
}
