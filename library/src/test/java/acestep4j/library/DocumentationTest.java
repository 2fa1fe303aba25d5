package acestep4j.library;

import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.Snippets;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/library.md shows compiles and runs, in a folder of the test's. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class DocumentationTest {
    private static final Path BUNDLE = Path.of(System.getProperty("acestep4j.models"), "random-small");

    @TempDir
    private Path folder;

    @Test
    void theSnippetRuns() throws Exception {
        Path documentation = Path.of(System.getProperty("acestep4j.docs")).resolve("library.md");
        String code = Snippets.of(documentation)
                .get(0)
                .replace("Path.of(\"music\")", Snippets.expression(folder.resolve("music")))
                .replace("Path.of(\"models/random-small\")", Snippets.expression(BUNDLE));
        Snippets.compile(folder, "Soundtrack", code);
        String printed = run("Soundtrack");
        assertTrue(printed.matches("Dawn, [34]\\.\\d+ s, made again the same: true\\R"), printed);
    }

    /** What the class prints. */
    private String run(String name) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream usual = System.out;
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            Snippets.runMain(folder, name);
        } finally {
            System.setOut(usual);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
