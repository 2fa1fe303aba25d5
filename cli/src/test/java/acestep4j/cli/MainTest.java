package acestep4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
    @TempDir
    private Path folder;

    @Test
    void printsHelpAndVersion() {
        assertEquals(0, Outcome.of("--help").exitCode());
        assertEquals(0, Outcome.of("generate", "--help").exitCode());
        Outcome version = Outcome.of("--version");
        assertEquals(0, version.exitCode());
        assertTrue(version.out().matches("acestep4j [0-9]+\\.[0-9]+\\.[0-9]+\\S*\\R"), version.out());
    }

    @Test
    void asksForACommand() {
        assertBadInput("expected a command, found none", Outcome.of());
    }

    @Test
    void namesWhatIsWrongWithTheArguments() {
        assertBadInput("'compose'", Outcome.of("compose"));
        assertBadInput("--bundle", Outcome.of("generate", "--prompt", "pop"));
        assertBadInput("--tempo", Outcome.of("generate", "--bundle", "b", "--prompt", "pop", "--tempo", "1"));
        assertBadInput("--steps", Outcome.of("generate", "--bundle", "b", "--prompt", "pop", "--steps", "many"));
        assertBadInput(
                "--lyrics",
                Outcome.of("generate", "--bundle", "b", "--prompt", "pop", "--lyrics", "a", "--lyrics-file", "b"));
        assertBadInput("--format", Outcome.of("generate", "--bundle", "b", "--prompt", "pop", "--format", "mp3"));
    }

    @Test
    void namesAMissingPrompt() {
        assertBadInput("--prompt: expected a text", Outcome.of("generate", "--bundle", "b"));
    }

    @ParameterizedTest
    @CsvSource({
        "--duration, 0.01, duration",
        "--duration, 10000, duration",
        "--duration, NaN, duration",
        "--duration, long, --duration",
        "--steps, 0, steps",
        "--steps, -3, steps",
        "--guidance-scale, NaN, guidanceScale",
        "--guidance-scale, -1, guidanceScale",
        "--guidance-interval, 1.5, guidanceInterval",
        "--guidance-interval-decay, -0.1, guidanceIntervalDecay",
        "--min-guidance-scale, -2, minGuidanceScale",
        "--omega-scale, Infinity, omegaScale",
        "--batch-size, 0, batchSize",
        "--seed, -1, seeds",
        "--seed, '1,2', seeds",
        "--seed, x, --seed"
    })
    void namesTheFieldThatIsOutOfRange(String option, String value, String field) {
        Outcome outcome = Outcome.of("generate", "--bundle", "b", "--prompt", "pop", option, value);
        assertBadInput("acestep4j: " + field + ": expected ", outcome);
    }

    @Test
    void namesAnOutputFolderThatIsMissingBeforeLookingAtTheBundle() {
        Path out = folder.resolve("missing").resolve("a.wav");
        assertBadInput(
                out + ": the folder",
                Outcome.of("generate", "--bundle", "no-bundle", "--prompt", "pop", "--out", out.toString()));
    }

    @Test
    void namesABundleThatIsMissing() {
        String bundle = folder.resolve("none").toString();
        String out = folder.resolve("a.wav").toString();
        String lines = folder.resolve("lines.txt").toString();
        assertBadInput(
                bundle + ": expected a bundle folder",
                Outcome.of("generate", "--bundle", bundle, "--prompt", "pop", "--out", out));
        assertBadInput(bundle + ": expected a bundle folder", Outcome.of("info", "--bundle", bundle));
        assertBadInput("--lines: expected a text file", Outcome.of("tokenize", "--bundle", bundle, "--lines", lines));
        assertTrue(folder.toFile().list().length == 0, "nothing is left behind");
    }

    @Test
    void namesTextFilesThatAreNotUtf8() throws IOException {
        Path file = folder.resolve("lyrics.txt");
        Files.write(file, new byte[] {'a', (byte) 0xe4});
        assertBadInput(
                "--lyrics-file: expected UTF-8 text",
                Outcome.of("generate", "--bundle", "b", "--prompt", "pop", "--lyrics-file", file.toString()));
    }

    @Test
    void namesTheParamsKeyThatIsWrong() throws IOException {
        Path file = folder.resolve("params.json");
        Files.writeString(file, "{\"prompt\": \"pop\", \"task\": \"cover\"}");
        assertBadInput("task expected", Outcome.of("generate", "--bundle", "b", "--params", file.toString()));
    }

    @Test
    void showsTheStackTraceOnDemandOnly() {
        Outcome outcome =
                Outcome.of("info", "--debug", "--bundle", folder.resolve("none").toString());
        assertEquals(2, outcome.exitCode());
        assertTrue(outcome.err().contains("\tat acestep4j."), outcome.err());
    }

    @Test
    void splitsAFileAtItsLineFeedsAlone() {
        assertEquals(List.of("a", "", "b\u2028c\r"), TokenizeCommand.lines("a\n\nb\u2028c\r\n"));
        assertEquals(List.of("a"), TokenizeCommand.lines("a"));
        assertEquals(List.of(""), TokenizeCommand.lines("\n"));
        assertEquals(List.of(), TokenizeCommand.lines(""));
    }

    private static void assertBadInput(String expected, Outcome outcome) {
        assertEquals(2, outcome.exitCode(), outcome.err());
        assertEquals("", outcome.out());
        assertTrue(outcome.err().contains(expected), outcome.err());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
    }
}
