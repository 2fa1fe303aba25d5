package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A megabyte of what makes the official rules slow, and text of every kind. */
class LongAsianTextTest {
    private static final int LENGTH = 1_000_000;

    private final LyricNormalizer chinese = new ChineseNormalizer(Pinyin.load(SmallTokenizers.PINYIN));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "1.",
                "1,",
                "1.000",
                "1a234",
                "12 3.",
                "$1",
                "1£",
                "1$",
                "1번",
                "100번",
                "5个",
                "1 5个",
                "5块5",
                "2024年5月3日",
                "13812345678 ",
                "010-12345678,",
                "1/2",
                "1%",
                "a二",
                "a二b ",
                "一",
                "一不",
                "行",
                "한",
                "각아",
                "&",
                "  ",
                "^",
                "$",
                "٣",
                "🎵"
            })
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void finishesInLinearTime(String part) {
        String line = part.repeat(LENGTH / part.length());
        String korean = KoreanNormalizer.normalize(line);
        assertEquals(korean, PythonCharacters.strip(korean));
        assertFalse(chinese.normalize(line).contains("  "));
    }

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void findsManyDifferentNumbersInLinearTime() {
        var line = new StringBuilder();
        for (int number = 0; line.length() < LENGTH / 10; number++) {
            line.append(number).append(number % 2 == 0 ? "个 " : " ");
        }
        assertFalse(chinese.normalize(line.toString()).isEmpty());
    }

    @Test
    void failsOnNoText() {
        var random = new Random(20260102);
        for (int round = 0; round < 5_000; round++) {
            String text = FuzzText.next(random, 200);
            assertFalse(KoreanNormalizer.normalize(text).contains("  "));
            assertFalse(chinese.normalize(text).contains("  "));
        }
    }
}
