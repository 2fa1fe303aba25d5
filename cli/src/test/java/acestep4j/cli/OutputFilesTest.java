package acestep4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputFilesTest {
    @TempDir
    private Path folder;

    @Test
    void namesTheFilesOfOneItem() {
        assertEquals(
                List.of("a.wav", "a_input_params.json", "l.npy"),
                names(new OutputFiles(folder.resolve("a.wav"), Optional.of(folder.resolve("l.npy")), 1, List.of())));
    }

    @Test
    void numbersTheFilesOfABatchBeforeTheExtension() {
        assertEquals(
                List.of("a.b-0.WAV", "a.b-0_input_params.json", "a.b-1.WAV", "a.b-1_input_params.json"),
                names(new OutputFiles(folder.resolve("a.b.WAV"), Optional.empty(), 2, List.of())));
    }

    @Test
    void takesANameWithoutExtension() {
        assertEquals(
                List.of("a", "a_input_params.json"),
                names(new OutputFiles(folder.resolve("a"), Optional.empty(), 1, List.of())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.aiff", "a.m4a", "missing/a.wav", "folder.wav", ""})
    void refusesWhatItCannotWrite(String name) throws IOException {
        Files.createDirectories(folder.resolve("folder.wav"));
        InputException problem = assertThrows(
                InputException.class, () -> new OutputFiles(folder.resolve(name), Optional.empty(), 1, List.of()));
        assertTrue(problem.getMessage().contains(name), problem.getMessage());
    }

    @Test
    void refusesOneNameForTwoFiles() {
        Path file = folder.resolve("a.wav");
        InputException problem =
                assertThrows(InputException.class, () -> new OutputFiles(file, Optional.of(file), 1, List.of()));
        assertTrue(problem.getMessage().contains("found it twice"), problem.getMessage());
    }

    @Test
    void refusesLatentsThatCannotBeWritten() {
        Path latents = folder.resolve("missing").resolve("l.npy");
        assertThrows(
                InputException.class,
                () -> new OutputFiles(folder.resolve("a.wav"), Optional.of(latents), 1, List.of()));
    }

    private List<String> names(OutputFiles files) {
        return files.all().stream()
                .map(file -> folder.relativize(file).toString())
                .toList();
    }
}
