package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.BundleException;
import acestep4j.InvalidRequestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTokenizerTest {
    @TempDir
    Path folder;

    @Test
    void closesThePromptAndNeitherPadsNorTruncatesAsItsFileSays() throws IOException {
        try (var tokenizer = TextTokenizer.load(SmallTokenizers.textTokenizer(folder), 256)) {
            Prompt prompt = tokenizer.encode("ab cd");
            assertArrayEquals(new long[] {3, 4, 5, 3, 6, 7, 1}, prompt.ids());
            assertFalse(prompt.truncated());
        }
    }

    @Test
    void cutsALongPromptAndStillClosesIt() throws IOException {
        try (var tokenizer = TextTokenizer.load(SmallTokenizers.textTokenizer(folder), 5)) {
            assertArrayEquals(
                    new long[] {3, 4, 5, 6, 1}, tokenizer.encode("abc").ids());
            assertFalse(tokenizer.encode("abc").truncated());
            assertArrayEquals(
                    new long[] {3, 4, 5, 6, 1}, tokenizer.encode("abcd").ids());
            assertTrue(tokenizer.encode("abcd").truncated());
            Prompt longest = tokenizer.encode("a".repeat(100_000));
            assertEquals(5, longest.ids().length);
            assertTrue(longest.truncated());
        }
    }

    @Test
    void readsCharactersBeyondTheBasicPlaneAndNulAsOneUnknownEach() throws IOException {
        try (var tokenizer = TextTokenizer.load(SmallTokenizers.textTokenizer(folder), 256)) {
            assertArrayEquals(
                    new long[] {3, 4, 2, 5, 1}, tokenizer.encode("a🎵b").ids());
            assertArrayEquals(
                    new long[] {3, 4, 2, 5, 1}, tokenizer.encode("a\0b").ids());
        }
    }

    @Test
    void namesALoneSurrogate() throws IOException {
        try (var tokenizer = TextTokenizer.load(SmallTokenizers.textTokenizer(folder), 256)) {
            var high = assertThrows(InvalidRequestException.class, () -> tokenizer.encode("a🎵\uD83C"));
            assertEquals("prompt", high.field());
            assertEquals(
                    "prompt: half a character (\\uD83C) at index 3; remove it or complete the pair", high.getMessage());
            assertThrows(InvalidRequestException.class, () -> tokenizer.encode("\uDC00\uD800"));
        }
    }

    @Test
    void refusesWhatIsNoTokenizer() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken.json"), "{\"model\":");
        var unreadable = assertThrows(BundleException.class, () -> TextTokenizer.load(broken, 256));
        assertTrue(unreadable.getMessage().startsWith(broken + ": expected a tokenizer"), unreadable.getMessage());
        Path missing = folder.resolve("missing.json");
        assertThrows(BundleException.class, () -> TextTokenizer.load(missing, 256));
        Path good = SmallTokenizers.textTokenizer(folder);
        assertThrows(BundleException.class, () -> TextTokenizer.load(good, 1));
    }

    @Test
    void closesTwiceAndThenRefusesToEncode() throws IOException {
        var tokenizer = TextTokenizer.load(SmallTokenizers.textTokenizer(folder), 256);
        tokenizer.close();
        tokenizer.close();
        assertThrows(IllegalStateException.class, () -> tokenizer.encode("a"));
    }
}
