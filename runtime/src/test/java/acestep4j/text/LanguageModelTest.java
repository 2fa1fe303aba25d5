package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.BundleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanguageModelTest {
    private final LanguageModel model = LanguageModel.load(SmallTokenizers.LANGUAGE_MODEL);

    @Test
    void knowsItsLanguages() {
        assertEquals(97, model.languages().size());
        assertEquals("af", model.languages().get(0));
        assertEquals("zu", model.languages().get(96));
    }

    @Test
    void guessesWithTheProbabilityOfPy3langid() {
        LanguageModel.Guess german = model.classify("Der Regen fällt auf das Dach und ich denke an dich");
        assertEquals("de", german.language());
        assertEquals(1.0, german.probability(), 1e-3);
        LanguageModel.Guess nothing = model.classify("");
        assertEquals("en", nothing.language());
        assertEquals(0.16946150362491608, nothing.probability(), 1e-6);
    }

    @Test
    void countsAnNGramUpTo65535Times() {
        assertNotNull(model.classify("love ".repeat(10_000)));
        assertNull(model.classify("love ".repeat(70_000)));
    }

    @Test
    void refusesEveryTruncationAndAlteration(@TempDir Path folder) throws IOException {
        byte[] whole = Files.readAllBytes(SmallTokenizers.LANGUAGE_MODEL);
        Path file = folder.resolve("language_model.bin");
        for (int length : new int[] {0, 7, 8, 20, 1000, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            var error = assertThrows(BundleException.class, () -> LanguageModel.load(file), () -> "length " + length);
            assertTrue(error.getMessage().startsWith(file + ": "), error.getMessage());
        }
        var random = new Random(7);
        for (int round = 0; round < 10; round++) {
            byte[] altered = whole.clone();
            int index = random.nextInt(whole.length);
            altered[index] ^= (byte) (1 + random.nextInt(255));
            Files.write(file, altered);
            assertThrows(BundleException.class, () -> LanguageModel.load(file), () -> "byte " + index);
        }
    }
}
