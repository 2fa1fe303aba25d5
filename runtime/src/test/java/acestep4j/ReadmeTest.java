package acestep4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What README and docs/game-music.md show of the library compiles. */
class ReadmeTest {
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CLASS_NAME = Pattern.compile("^class (\\w+)", Pattern.MULTILINE);

    @TempDir
    private Path folder;

    @Test
    void javaSnippetsCompile() throws IOException {
        Path models = Path.of(System.getProperty("acestep4j.models"));
        String text = Files.readString(models.resolveSibling("README.md"))
                + Files.readString(models.resolveSibling("docs").resolve("game-music.md"));
        List<String> snippets =
                SNIPPET.matcher(text).results().map(match -> match.group(1)).toList();
        assertFalse(snippets.isEmpty());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        for (String snippet : snippets) {
            MatchResult name = CLASS_NAME.matcher(snippet).results().findFirst().orElseThrow();
            Path file = Files.writeString(folder.resolve(name.group(1) + ".java"), snippet);
            int status = compiler.run(
                    null, null, null, "-proc:none", "-cp", System.getProperty("java.class.path"), file.toString());
            assertEquals(0, status, snippet);
            assertTrue(Files.exists(folder.resolve(name.group(1) + ".class")));
        }
    }
}
