package acestep4j.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerNativeTest {
    /** What DJL calls home with, and what any socket needs. */
    private static final List<String> UNWANTED = List.of(
            "ai.djl.util.Ec2Utils",
            "ai.djl.util.cuda.CudaUtils",
            "ai.djl.huggingface.tokenizers.HuggingFaceTokenizer",
            "ai.djl.huggingface.tokenizers.jni.LibUtils",
            "org.slf4j.LoggerFactory",
            "java.net.Socket",
            "sun.nio.ch.SocketChannelImpl",
            "java.net.InetAddress");

    @TempDir
    Path folder;

    @Test
    void tokenizesInAFreshProcessWithoutNetworkClassesAndWithoutAWord() throws Exception {
        Path classes = folder.resolve("classes.txt");
        Path output = folder.resolve("output.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:file=" + classes,
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Tokenize.class.getName(),
                        SmallTokenizers.textTokenizer(folder).toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals("", withoutJvmWarnings(Files.readString(output)));
        assertEquals(0, process.exitValue());
        String loaded = Files.readString(classes);
        assertTrue(loaded.contains("ai.djl.huggingface.tokenizers.jni.TokenizersLibrary "));
        for (String unwanted : UNWANTED) {
            assertTrue(!loaded.contains(unwanted + " "), unwanted);
        }
    }

    /** From version 24 on the JVM itself warns of native code. */
    private static String withoutJvmWarnings(String output) {
        return output.lines().filter(line -> !line.startsWith("WARNING: ")).reduce("", String::concat);
    }

    /** Exits with 1 where the ids are wrong. */
    static final class Tokenize {
        private Tokenize() {}

        public static void main(String[] arguments) throws IOException {
            try (var tokenizer = TextTokenizer.load(Path.of(arguments[0]), 256)) {
                if (tokenizer.encode("a").ids().length != 3) {
                    System.exit(1);
                }
            }
        }
    }
}
