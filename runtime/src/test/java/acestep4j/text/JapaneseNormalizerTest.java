package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.BundleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With the words of {@code lyrics/ja.tsv} alone; expected romaji from cutlet 0.5.2 over unidic-lite 1.0.8. */
class JapaneseNormalizerTest {
    private static final int LENGTH = 300_000;

    private final LyricNormalizer japanese = new JapaneseNormalizer(SmallTokenizers.JAPANESE);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ヌヮキョポッチャンー|nuwakyopotchann",
                "ヒャッホゥン ジャ|hyahhun ja",
                "don't stop  now|don't stop now",
                "Жя|??",
                "カービィ|kirby",
                "€|``",
                "😀|?",
            })
    void writesWordsThatItDoesNotKnow(String text, String expected) {
        assertEquals(expected, japanese.normalize(text));
    }

    @Test
    void refusesADamagedDictionary(@TempDir Path folder) throws IOException {
        byte[] whole = Files.readAllBytes(SmallTokenizers.JAPANESE);
        Path file = folder.resolve("japanese.bin");
        for (int length : new int[] {0, 7, 8, 100, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThrows(BundleException.class, () -> new JapaneseNormalizer(file).normalize("猫"), length + " bytes");
        }
        Files.write(file, new byte[100]);
        var error = assertThrows(BundleException.class, () -> new JapaneseNormalizer(file).normalize("猫"));
        assertEquals(file + ": no Japanese dictionary of this version; export the bundle again", error.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "あ", "ア", "ん", "っ", "ー", "愛", "東京", "君の名前を", "1", "a ", "'a", "(", "！", "한", "🎵", "Ж", "ﾊﾟ"
            })
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void finishesInLinearTime(String part) {
        String romaji = japanese.normalize(part.repeat(LENGTH / part.length()));
        assertEquals(romaji, PythonCharacters.strip(romaji));
    }

    @Test
    void failsOnNoText() {
        var random = new Random(20260103);
        for (int round = 0; round < 5_000; round++) {
            String text = PythonCharacters.strip(FuzzText.next(random, 200));
            assertTrue(japanese.normalize(text).length() <= 12 * text.length() + 12, text);
        }
    }
}
