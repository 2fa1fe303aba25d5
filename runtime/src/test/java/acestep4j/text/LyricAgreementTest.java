package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How many lines of a corpus come out as the official code has them; {@code scripts/golden/lyric_corpus.py} made the files
 * and says how. The table in docs/lyrics.md is written with {@code -Dacestep4j.writeDocs=true} and checked without.
 */
class LyricAgreementTest {
    private static final List<String> LANGUAGES = List.of(
            "en", "de", "fr", "es", "it", "pt", "ru", "nl", "pl", "cs", "hu", "tr", "ar", "hi", "ko", "zh", "ja");
    private static final double SAME_LANGUAGE = 0.995;
    private static final double SAME_TEXT = 0.99;
    private static final int FEWEST_LINES = 100;

    private static final Path DOCUMENT = Path.of("../docs/lyrics.md");
    private static final String START = "<!-- agreement: written by LyricAgreementTest -->\n";
    private static final String END = "<!-- end of agreement -->\n";

    private record Line(String text, String language, String normalised) {}

    private record Agreement(String language, int lines, List<Line> otherLanguage, List<Line> otherText) {
        String row() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %d | %s | %s |\n",
                    language,
                    lines,
                    percent(otherLanguage.size()),
                    percent(otherText.size()));
        }

        private String percent(int different) {
            return String.format(Locale.ROOT, "%.1f %%", 100.0 * (lines - different) / lines);
        }
    }

    @ParameterizedTest
    @MethodSource("languages")
    void agreesWithTheOfficialCode(String language) {
        Agreement agreement = agreement(language);
        assertTrue(agreement.lines >= FEWEST_LINES, () -> language + " has only " + agreement.lines + " lines");
        assertTrue(
                agreement.otherLanguage.size() <= (1 - SAME_LANGUAGE) * agreement.lines,
                () -> "another language: " + agreement.otherLanguage);
        assertTrue(
                agreement.otherText.size() <= (1 - SAME_TEXT) * agreement.lines,
                () -> "another text: " + agreement.otherText);
    }

    @Test
    void theDocumentedTableIsOfThisVersion() throws IOException {
        String document = Files.readString(DOCUMENT).replace("\r\n", "\n");
        int start = document.indexOf(START) + START.length();
        int end = document.indexOf(END);
        String table = table();
        if (Boolean.getBoolean("acestep4j.writeDocs")) {
            Files.writeString(DOCUMENT, document.substring(0, start) + table + document.substring(end));
        } else {
            assertEquals(
                    table,
                    document.substring(start, end),
                    "run this test with -Dacestep4j.writeDocs=true to update it");
        }
    }

    private static String table() {
        var table = new StringBuilder("| language | lines | same language | same text |\n|---|---:|---:|---:|\n");
        var different = new StringBuilder();
        for (String language : LANGUAGES) {
            Agreement agreement = agreement(language);
            table.append(agreement.row());
            agreement.otherLanguage.forEach(line -> different.append("- language of: " + line.text + "\n"));
            agreement.otherText.forEach(line -> different.append("- text of: " + line.text + "\n"));
        }
        return table.append(different.length() == 0 ? "\nNo line differs.\n" : "\nLines that differ:\n\n" + different)
                .toString();
    }

    private static Agreement agreement(String language) {
        var detector = LanguageDetector.load(SmallTokenizers.LANGUAGE_MODEL);
        LyricNormalizer normalizer =
                switch (language) {
                    case "hi" -> new BasicNormalizer();
                    case "ko" -> KoreanNormalizer::normalize;
                    case "zh" -> new ChineseNormalizer(Pinyin.load(SmallTokenizers.PINYIN));
                    case "ja" -> new JapaneseNormalizer(SmallTokenizers.JAPANESE);
                    default -> new MultilingualNormalizer(LanguageRules.BY_LANGUAGE.get(language));
                };
        var otherLanguage = new ArrayList<Line>();
        var otherText = new ArrayList<Line>();
        List<Line> lines = lines(language);
        for (Line line : lines) {
            if (!line.language.equals(detector.detect(line.text))) {
                otherLanguage.add(line);
            }
            if (!line.normalised.equals(normalizer.normalize(line.text))) {
                otherText.add(line);
            }
        }
        return new Agreement(language, lines.size(), otherLanguage, otherText);
    }

    private static List<Line> lines(String language) {
        try (var file = LyricAgreementTest.class.getResourceAsStream("lyrics/" + language + ".tsv")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(row -> row.split("\t", -1))
                    .map(row -> new Line(row[0], row[1], row[2]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> languages() {
        return LANGUAGES;
    }
}
