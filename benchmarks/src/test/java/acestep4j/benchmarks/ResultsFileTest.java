package acestep4j.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsFileTest {
    @TempDir
    Path folder;

    private static Map<String, Object> key(double seconds, int round) {
        Map<String, Object> key = new LinkedHashMap<>();
        key.put("kind", "song");
        key.put("side", "acestep4j");
        key.put("precision", "int8");
        key.put("offload", false);
        key.put("seconds", seconds);
        key.put("steps", 27);
        key.put("round", round);
        return key;
    }

    private static Map<String, Object> measured(double seconds, int round, double total) {
        Map<String, Object> row = key(seconds, round);
        row.put("measured", true);
        row.put("total_seconds", total);
        return row;
    }

    private JsonArray rows(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject().getAsJsonArray("rows");
    }

    @Test
    void namesTheMachineAndTheVersions() throws IOException {
        Path file = folder.resolve("new/results.json");
        ResultsFile.open(file).put(measured(10, 1, 2));
        JsonObject head = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        JsonObject machine = head.getAsJsonObject("machine");
        assertEquals(1, head.get("format").getAsInt());
        assertFalse(machine.get("cpu").getAsString().isBlank());
        assertTrue(machine.get("memory_bytes").getAsLong() > 1 << 20);
        assertEquals(
                Runtime.getRuntime().availableProcessors(), machine.get("cores").getAsInt());
        assertEquals(
                System.getProperty("java.version"),
                head.getAsJsonObject("versions").get("java").getAsString());
        assertTrue(head.has("git_commit"));
        try (var files = Files.list(file.getParent())) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void aRunGoesOnWhereItWasEnded() throws IOException {
        Path file = folder.resolve("results.json");
        ResultsFile first = ResultsFile.open(file);
        first.put(ResultsFile.notMeasured(key(10, 1), "not run yet"));
        first.put(ResultsFile.notMeasured(key(10, 2), "not run yet"));
        first.put(measured(10, 1, 2));
        ResultsFile again = ResultsFile.open(file);
        assertTrue(again.isMeasured(key(10, 1)));
        assertFalse(again.isMeasured(key(10, 2)));
        assertTrue(again.row(key(10, 2)).isPresent());
        assertTrue(again.row(key(30, 1)).isEmpty());
        again.put(measured(10, 2, 3));
        assertEquals(2, rows(file).size());
        assertEquals(3, rows(file).get(1).getAsJsonObject().get("total_seconds").getAsDouble());
    }

    @Test
    void aRowThatWasNotMeasuredSaysWhyAndHasNoFigures() throws IOException {
        Path file = folder.resolve("results.json");
        ResultsFile.open(file).put(ResultsFile.notMeasured(key(10, 1), "exit code 137"));
        JsonObject row = rows(file).get(0).getAsJsonObject();
        assertFalse(row.get("measured").getAsBoolean());
        assertEquals("exit code 137", row.get("reason").getAsString());
        assertEquals(key(10, 1).size() + 2, row.size());
    }

    @Test
    void whatPythonWroteHasTheSameKey() throws IOException {
        Path file = folder.resolve("results.json");
        ResultsFile.open(file).put(measured(10, 1, 2));
        String text = Files.readString(file);
        assertTrue(text.contains("\"seconds\": 10.0"), text);
        Files.writeString(file, text.replace("\"seconds\": 10.0", "\"seconds\": 10, \"compile\": null"));
        assertTrue(ResultsFile.open(file).isMeasured(key(10, 1)));
        assertFalse(ResultsFile.open(file).isMeasured(key(100, 1)));
    }

    @Test
    void refusesResultsOfAnotherMachineAndOtherFiles() throws IOException {
        Path file = folder.resolve("results.json");
        Files.writeString(file, "{\"format\": 1, \"machine\": {\"cpu\": \"abacus\"}, \"rows\": []}");
        IOException problem = assertThrows(IOException.class, () -> ResultsFile.open(file));
        assertTrue(problem.getMessage().contains("found those of abacus"), problem.getMessage());
        Files.writeString(file, "[");
        problem = assertThrows(IOException.class, () -> ResultsFile.open(file));
        assertTrue(problem.getMessage().contains("expected a results file"), problem.getMessage());
    }
}
