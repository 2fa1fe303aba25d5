package acestep4j.codecs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.audio.AudioBuffer;
import acestep4j.audio.WavWriter;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/audio-files.md shows compiles and runs, in a folder of the test's. */
class DocumentationTest {
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void theSnippetRuns() throws Exception {
        Path documentation = Path.of(System.getProperty("acestep4j.docs")).resolve("audio-files.md");
        Matcher snippet = SNIPPET.matcher(Files.readString(documentation));
        assertTrue(snippet.find());
        Path mp3 = folder.resolve("song.mp3");
        String code =
                snippet.group(1).replace("\"song.mp3\"", "\"" + mp3.toString().replace("\\", "\\\\") + "\"");
        Path file = Files.writeString(folder.resolve("Convert.java"), code);
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", System.getProperty("java.class.path"), file.toString());
        assertEquals(0, status);

        AudioBuffer audio = TestSounds.tones(2, 48_000, 48_000);
        Path wav = folder.resolve("song.wav");
        WavWriter.write(wav, audio, WavWriter.SampleFormat.PCM_16, "");
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Method main = loader.loadClass("Convert").getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[] {wav.toString()});
        }
        assertEquals(audio.length(), new AudioFileReader().read(mp3).length());
    }
}
