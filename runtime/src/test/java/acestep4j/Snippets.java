package acestep4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** The Java examples of a document, which compile and run in a folder of a test's. */
public final class Snippets {
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private Snippets() {}

    public static List<String> of(Path document) throws IOException {
        return SNIPPET.matcher(Files.readString(document))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** A path as an expression in a snippet. */
    public static String expression(Path path) {
        return "Path.of(" + literal(path) + ")";
    }

    public static String literal(Path path) {
        return "\"" + path.toAbsolutePath().toString().replace("\\", "\\\\") + "\"";
    }

    /** Compiles a snippet, which must be without errors. */
    public static void compile(Path folder, String className, String code) throws IOException {
        Path file = Files.writeString(folder.resolve(className + ".java"), code);
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", System.getProperty("java.class.path"), file.toString());
        assertEquals(0, status, code);
    }

    /** Loads what was compiled there. */
    public static URLClassLoader loader(Path folder) throws IOException {
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, Snippets.class.getClassLoader());
    }

    public static void runMain(Path folder, String className, String... arguments) throws Exception {
        try (URLClassLoader loader = loader(folder)) {
            Method main = loader.loadClass(className).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) arguments);
        }
    }
}
