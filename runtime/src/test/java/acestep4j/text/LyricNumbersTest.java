package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Numbers as the official code words them; {@code scripts/golden/lyric_numbers.py} made the file. */
class LyricNumbersTest {
    private record Line(String language, String text, String normalised) {}

    @Test
    void wordsNumbersAsTheOfficialCodeDoes() throws IOException {
        List<Line> lines = lines();
        assertEquals(LanguageRules.BY_LANGUAGE.keySet().size() * 252, lines.size());
        assertAll(lines.stream().map(line -> (Executable) () -> assertEquals(
                line.normalised,
                normalizer(line.language).normalize(line.text),
                () -> line.language + " " + line.text)));
    }

    @Test
    void failsOnNoText() {
        var random = new Random(20261122);
        for (LanguageRules rules : LanguageRules.BY_LANGUAGE.values()) {
            var normalizer = new MultilingualNormalizer(rules);
            for (int round = 0; round < 1_000; round++) {
                String text = FuzzText.next(random, 100);
                assertFalse(normalizer.normalize(text).contains("  "), text);
            }
        }
    }

    private static MultilingualNormalizer normalizer(String language) {
        return new MultilingualNormalizer(LanguageRules.BY_LANGUAGE.get(language));
    }

    private static List<Line> lines() throws IOException {
        try (var file = LyricNumbersTest.class.getResourceAsStream("lyric_numbers.tsv")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(row -> row.split("\t", -1))
                    .map(row -> new Line(row[0], row[1], row[2]))
                    .toList();
        }
    }
}
