package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Lines as the official code treats them; {@code scripts/golden/lyric_lines.py} made the file and says how. */
class LyricLinesTest {
    private record Line(String language, String text, String normalised) {}

    @Test
    void detectsTheOfficialLanguage() {
        var detector = LanguageDetector.load(SmallTokenizers.LANGUAGE_MODEL);
        assertAll(lines().stream().map(line -> (Executable)
                () -> assertEquals(line.language, detector.detect(line.text), () -> "language of " + line.text)));
    }

    @Test
    void writesEnglishOutAsTheOfficialCleanerDoes() {
        var english = new MultilingualNormalizer(LanguageRules.english());
        assertAll(lines().stream()
                .map(line -> (Executable) () -> assertEquals(line.normalised, english.normalize(line.text))));
    }

    private static List<Line> lines() {
        try (var file = LyricLinesTest.class.getResourceAsStream("lyric_lines.tsv")) {
            List<Line> lines = new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(row -> row.split("\t", -1))
                    .map(row -> new Line(row[0], row[1], row[2]))
                    .toList();
            assertEquals(547, lines.size());
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
