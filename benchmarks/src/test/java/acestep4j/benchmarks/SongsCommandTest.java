package acestep4j.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SongsCommandTest {
    private static final String BUNDLE =
            Path.of(System.getProperty("acestep4j.models"), "random-small").toString();

    @TempDir
    Path folder;

    private Path results;

    @BeforeEach
    void newFile() {
        results = folder.resolve("results.json");
    }

    private int run(String... arguments) {
        return Main.commands().execute(arguments);
    }

    private JsonArray rows() throws IOException {
        return JsonParser.parseString(Files.readString(results))
                .getAsJsonObject()
                .getAsJsonArray("rows");
    }

    @Test
    void aPlanNotesTheWholeMatrixAsNotMeasured() throws IOException {
        String out = results.toString();
        assertEquals(0, run("songs", "--bundle", BUNDLE, "--precision", "fp32,int8", "--plan", "--out", out));
        assertEquals(2 * 4 * 5, rows().size());
        rows().forEach(row -> assertFalse(row.getAsJsonObject().get("measured").getAsBoolean()));
    }

    @Test
    void aSongHasItsStagesAndItsMemory() throws IOException {
        String out = results.toString();
        assertEquals(
                0, run("song", "--bundle", BUNDLE, "--seconds", "1", "--steps", "2", "--songs", "2", "--out", out));
        JsonObject row = JsonParser.parseString(Files.readString(results)).getAsJsonObject();
        assertTrue(row.get("measured").getAsBoolean());
        assertEquals(2, row.getAsJsonArray("songs").size());
        JsonObject song = row.getAsJsonArray("songs").get(0).getAsJsonObject();
        assertEquals("fp32", song.get("precision").getAsString());
        JsonObject stages = song.getAsJsonObject("stages");
        assertEquals(Set.of("text", "condition", "diffusion", "decoding", "wav"), stages.keySet());
        double sum = stages.keySet().stream()
                .mapToDouble(stage -> stages.get(stage).getAsDouble())
                .sum();
        assertTrue(sum > 0 && sum <= song.get("total_seconds").getAsDouble());
        assertTrue(row.get("open_seconds").getAsDouble() > 0);
    }

    @Test
    void aStreamedSongIsHeardBeforeItsEnd() throws IOException {
        String out = results.toString();
        assertEquals(0, run("song", "--bundle", BUNDLE, "--seconds", "4", "--steps", "1", "--stream", "--out", out));
        JsonObject streamed = JsonParser.parseString(Files.readString(results))
                .getAsJsonObject()
                .getAsJsonObject("streamed");
        double first = streamed.get("first_audio_seconds").getAsDouble();
        assertTrue(first > 0 && first < streamed.get("total_seconds").getAsDouble(), streamed.toString());
    }

    @Test
    void whatTheRuntimeCannotDoIsNotMeasured() throws IOException {
        String out = results.toString();
        assertEquals(
                0, run("song", "--bundle", BUNDLE, "--device", "cuda", "--seconds", "1", "--steps", "1", "--out", out));
        JsonObject row = JsonParser.parseString(Files.readString(results)).getAsJsonObject();
        assertFalse(row.get("measured").getAsBoolean());
        assertTrue(row.get("reason").getAsString().contains("CUDA"), row.toString());
    }

    @Test
    void aPrecisionLiesNowhereFromItself() throws IOException {
        String trajectory = folder.resolve("trajectory").toString();
        String out = results.toString();
        assertEquals(0, run("trajectory", "--bundle", BUNDLE, "--seconds", "1", "--steps", "4", "--out", trajectory));
        assertEquals(
                0, run("quality", "--bundle", BUNDLE, "--precision", "fp32", "--reference", trajectory, "--out", out));
        JsonObject row = rows().get(0).getAsJsonObject();
        assertEquals(4 + 2, row.getAsJsonArray("velocities").size());
        assertEquals(
                0, row.getAsJsonObject("final_latents").get("relativeError").getAsDouble());
    }
}
