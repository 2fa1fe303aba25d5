package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A megabyte of what makes regular expressions backtrack: with quadratic work these would take hours. */
class LongTextTest {
    private static final int LENGTH = 1_000_000;
    private static final List<LanguageRules> RULES = List.of(
            LanguageRules.english(),
            LanguageRules.german(),
            LanguageRules.french(),
            LanguageRules.spanish(),
            LanguageRules.italian(),
            LanguageRules.portuguese(),
            LanguageRules.russian(),
            LanguageRules.dutch(),
            LanguageRules.polish(),
            LanguageRules.czech(),
            LanguageRules.hungarian(),
            LanguageRules.turkish(),
            LanguageRules.arabic());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a ",
                "ab c. ",
                "1",
                "1,",
                "1,000",
                "1.000",
                "1 234",
                "1a234",
                "1234567890,",
                "9,9€",
                "г-н",
                "1.е",
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
                "Aa1,ş!"
            })
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void finishesInLinearTime(String part) {
        String line = part.repeat(LENGTH / part.length());
        var detector = LanguageDetector.load(SmallTokenizers.LANGUAGE_MODEL);
        assertFalse(detector.detect(PythonCharacters.strip(line)).contains("|"));
        LanguageRules rules = RULES.get(Math.floorMod(part.hashCode(), RULES.size()));
        String normalised = new MultilingualNormalizer(rules).normalize(line);
        assertEquals(normalised, PythonCharacters.strip(normalised));
    }
}
