package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.BundleException;
import acestep4j.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LyricTokenizerTest {
    @TempDir
    Path folder;

    private LyricTokenizer tokenizer;

    @BeforeEach
    void load() throws IOException {
        tokenizer = LyricTokenizer.load(SmallTokenizers.lyricTokenizer(folder), SmallTokenizers.LANGUAGE_MODEL);
    }

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @Test
    void opensTheSongAndClosesEachLine() {
        assertArrayEquals(new long[] {261, 3, 47, 8, 2, 17, 8, 2}, tokenizer.encode("the ne"));
        assertArrayEquals(new long[] {261, 3, 4, 2, 2, 3, 5, 2}, tokenizer.encode("a\n \u3000\nb"));
        assertArrayEquals(new long[] {261, 2, 2}, tokenizer.encode("\n"));
        assertArrayEquals(new long[0], tokenizer.encode(""));
    }

    @Test
    void tellsOfEachLineWhatWillBeSung() {
        List<LyricLine> lines = tokenizer.lines("[Verse]\n\n  I owe Mr. Blue $20 \r\n");
        assertEquals(4, lines.size());
        assertEquals("[verse]", lines.get(0).normalised());
        assertEquals("en", lines.get(0).language());
        assertEquals("", lines.get(1).language());
        assertEquals(3, lines.get(2).number());
        assertEquals("I owe Mr. Blue $20", lines.get(2).text());
        assertEquals("i owe mister blue twenty dollars", lines.get(2).normalised());
        assertEquals(0, lines.get(3).ids().length);
    }

    @Test
    void remarksWhatTheModelDoesNotGet() {
        List<LyricLine> lines = tokenizer.lines("the ☂ ne ☂\nสวัสดี\nthe ne");
        assertEquals(List.of("the model has no token for ☂"), lines.get(0).remarks());
        assertEquals(
                "taken for Thai, which the model doesn't sing; read as English",
                lines.get(1).remarks().get(0));
        assertEquals(List.of(), lines.get(2).remarks());
        assertEquals(lines.get(2).ids().length, lines.get(2).tokens().size());
    }

    @Test
    void takesStructureTagsForEnglishWhateverTheySay() {
        assertEquals("en", tokenizer.lines("[强调的副歌部分]").get(0).language());
        assertEquals("en", tokenizer.lines("[副歌] 我爱你我的祖国").get(0).language());
    }

    @Test
    void namesALineInAnotherLanguage() {
        var japanese = assertThrows(
                InvalidRequestException.class, () -> tokenizer.encode("[verse]\nHello there my friend\nひとりで街を歩いている"));
        assertEquals("lyrics", japanese.field());
        assertEquals(
                "lyrics: line 3 is taken for Japanese (\"ひとりで街を歩いている\"), and the bundle has no Japanese words: export it "
                        + "again with scripts/export_onnx.py; write it otherwise or leave it out",
                japanese.getMessage());
        var chinese = assertThrows(InvalidRequestException.class, () -> tokenizer.encode("我独自走在城市的街道上".repeat(9)));
        assertTrue(chinese.getMessage().contains("Chinese"), chinese.getMessage());
        assertTrue(chinese.getMessage().contains("...\"), and the bundle has no pinyin: "), chinese.getMessage());
    }

    @Test
    void singsKoreanChineseAndJapanese() throws IOException {
        try (var asian = LyricTokenizer.load(
                SmallTokenizers.lyricTokenizer(folder),
                SmallTokenizers.LANGUAGE_MODEL,
                Optional.of(SmallTokenizers.PINYIN),
                Optional.of(SmallTokenizers.JAPANESE))) {
            List<LyricLine> lines = asian.lines("사랑해 너를\n你好吗 2024年\n君の名前を呼びながら眠りについた");
            assertEquals("salanghae neoleul", lines.get(0).normalised());
            assertEquals("ko", lines.get(0).language());
            assertEquals("ni3hao3ma5 er4ling2er4si4nian2", lines.get(1).normalised());
            assertEquals("zh", lines.get(1).language());
            assertArrayEquals(
                    new long[] {45, 29, 11}, Arrays.copyOf(lines.get(1).ids(), 3)); // [zh
            assertEquals(
                    "kimi no namae wo yobinagara nemuri ni tsuita", lines.get(2).normalised());
            assertEquals("ja", lines.get(2).language());
        }
    }

    @Test
    void singsALanguageTheModelWasNotTrainedOnAsEnglish() {
        assertEquals(
                "en",
                tokenizer
                        .lines("Jag går ensam genom stadens gator och tänker på dig")
                        .get(0)
                        .language());
    }

    @Test
    void namesALoneSurrogate() {
        var error = assertThrows(InvalidRequestException.class, () -> tokenizer.encode("la la\n\uDFFF"));
        assertEquals(
                "lyrics: half a character (\\uDFFF) at index 6; remove it or complete the pair", error.getMessage());
    }

    @Test
    void refusesADamagedLanguageModel() throws IOException {
        Path bpe = SmallTokenizers.lyricTokenizer(folder);
        var error = assertThrows(BundleException.class, () -> LyricTokenizer.load(bpe, bpe));
        assertEquals(bpe + ": no language model of this version; export the bundle again", error.getMessage());
    }

    @Test
    void failsOnNoTextButAsDocumented() {
        var random = new Random(20260101);
        for (int round = 0; round < 2_000; round++) {
            String lyrics = FuzzText.next(random, 200);
            try {
                long[] ids = tokenizer.encode(lyrics);
                assertTrue(lyrics.isEmpty() == (ids.length == 0), lyrics);
            } catch (InvalidRequestException e) {
                assertEquals("lyrics", e.field());
            }
        }
    }
}
