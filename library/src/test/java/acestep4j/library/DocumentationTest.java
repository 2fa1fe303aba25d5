package acestep4j.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/library.md shows compiles and runs, in a folder of the test's. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class DocumentationTest {
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Path BUNDLE = Path.of(System.getProperty("acestep4j.models"), "random-small");

    @TempDir
    private Path folder;

    @Test
    void theSnippetRuns() throws Exception {
        Path documentation = Path.of(System.getProperty("acestep4j.docs")).resolve("library.md");
        Matcher snippet = SNIPPET.matcher(Files.readString(documentation));
        assertTrue(snippet.find());
        String code = snippet.group(1)
                .replace("Path.of(\"music\")", code(folder.resolve("music")))
                .replace("Path.of(\"models/random-small\")", code(BUNDLE));
        Path file = Files.writeString(folder.resolve("Soundtrack.java"), code);
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", System.getProperty("java.class.path"), file.toString());
        assertEquals(0, status);
        String printed = run("Soundtrack");
        assertTrue(printed.matches("Dawn, [34]\\.\\d+ s, made again the same: true\\R"), printed);
    }

    private static String code(Path path) {
        return "Path.of(\"" + path.toAbsolutePath().toString().replace("\\", "\\\\") + "\")";
    }

    /** What the class prints. */
    private String run(String name) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream usual = System.out;
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            var main = loader.loadClass(name).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(usual);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
