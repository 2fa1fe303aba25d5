package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Lyrics of one language at a time as the official code writes them; {@code scripts/golden/lyrics_by_language.py} made the
 * files and says how.
 */
class LyricsByLanguageTest {
    private static final int FEWEST_LINES = 100;

    @Test
    void writesKoreanAsTheOfficialCodeDoes() {
        assertWrites("ko", KoreanNormalizer::normalize);
    }

    @Test
    void writesChineseAsTheOfficialCodeDoes() {
        assertWrites("zh", new ChineseNormalizer(Pinyin.load(SmallTokenizers.PINYIN)));
    }

    @Test
    void writesJapaneseAsTheOfficialCodeDoes() {
        assertWrites("ja", new JapaneseNormalizer(SmallTokenizers.JAPANESE));
    }

    private static void assertWrites(String language, LyricNormalizer normalizer) {
        var detector = LanguageDetector.load(SmallTokenizers.LANGUAGE_MODEL);
        var differences = new ArrayList<String>();
        List<String[]> rows = rows(language);
        assertTrue(rows.size() >= FEWEST_LINES, rows.size() + " lines");
        for (String[] row : rows) {
            String text = row[1];
            if (!detector.detect(text).equals(row[0])) {
                differences.add(text + ": detected " + detector.detect(text) + ", not " + row[0]);
            }
            String normalised = normalizer.normalize(text);
            if (!normalised.equals(row[2])) {
                differences.add(text + ": written " + normalised + ", not " + row[2]);
            }
        }
        assertEquals(List.of(), differences);
    }

    private static List<String[]> rows(String language) {
        String name = "lyrics_" + language + ".tsv";
        try (var file = LyricsByLanguageTest.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(row -> row.split("\t", -1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
