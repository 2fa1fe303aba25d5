package acestep4j.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/library.md shows compiles. */
class DocumentationTest {
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void theSnippetCompiles() throws IOException {
        Path documentation = Path.of(System.getProperty("acestep4j.docs")).resolve("library.md");
        Matcher snippet = SNIPPET.matcher(Files.readString(documentation));
        assertTrue(snippet.find());
        Path file = Files.writeString(folder.resolve("Soundtrack.java"), snippet.group(1));
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", System.getProperty("java.class.path"), file.toString());
        assertEquals(0, status);
    }
}
