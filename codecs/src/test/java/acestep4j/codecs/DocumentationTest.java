package acestep4j.codecs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acestep4j.Snippets;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.WavWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/audio-files.md shows compiles and runs, in a folder of the test's. */
class DocumentationTest {
    @TempDir
    private Path folder;

    @Test
    void theSnippetRuns() throws Exception {
        Path documentation = Path.of(System.getProperty("acestep4j.docs")).resolve("audio-files.md");
        Path mp3 = folder.resolve("song.mp3");
        Snippets.compile(
                folder, "Convert", Snippets.of(documentation).get(0).replace("\"song.mp3\"", Snippets.literal(mp3)));

        AudioBuffer audio = TestSounds.tones(2, 48_000, 48_000);
        Path wav = folder.resolve("song.wav");
        WavWriter.write(wav, audio, WavWriter.SampleFormat.PCM_16, "");
        Snippets.runMain(folder, "Convert", wav.toString());
        assertEquals(audio.length(), new AudioFileReader().read(mp3).length());
    }
}
