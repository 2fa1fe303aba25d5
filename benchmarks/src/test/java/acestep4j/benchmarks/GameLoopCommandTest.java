package acestep4j.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GameLoopCommandTest {
    private static final String BUNDLE =
            Path.of(System.getProperty("acestep4j.models"), "random-small").toString();

    @TempDir
    Path folder;

    private final StringWriter told = new StringWriter();
    private final StringWriter complained = new StringWriter();

    private int run(String... more) {
        List<String> arguments = new ArrayList<>(List.of("game-loop", "--bundle", BUNDLE));
        arguments.addAll(List.of("--out", folder.resolve("results.json").toString()));
        arguments.addAll(List.of(more));
        return Main.commands()
                .setOut(new PrintWriter(told))
                .setErr(new PrintWriter(complained))
                .execute(arguments.toArray(String[]::new));
    }

    private JsonObject row() throws IOException {
        JsonArray rows = JsonParser.parseString(Files.readString(folder.resolve("results.json")))
                .getAsJsonObject()
                .getAsJsonArray("rows");
        assertEquals(1, rows.size());
        return rows.get(0).getAsJsonObject();
    }

    @Test
    void framesAndCancelledJobsAreMeasured() throws IOException {
        assertEquals(
                0,
                run("--threads", "1", "--seconds", "4", "--steps", "4", "--phase-seconds", "0.5", "--cancels", "2"),
                complained::toString);
        JsonObject row = row();
        assertEquals("game-loop", row.get("kind").getAsString());
        assertTrue(row.get("measured").getAsBoolean());
        List<String> phases = new ArrayList<>();
        row.getAsJsonArray("phases")
                .forEach(
                        phase -> phases.add(phase.getAsJsonObject().get("phase").getAsString()));
        assertEquals(List.of("without", "beside", "without", "beside"), phases);
        int inStages = 0;
        for (JsonElement stage : row.getAsJsonObject("beside_by_stage").asMap().values()) {
            inStages += frames(stage);
        }
        assertEquals(frames(row.get("beside")), inStages);
        assertTrue(row.getAsJsonObject("beside_by_stage").has("diffusion"), row.toString());
        assertTrue(frames(row.get("without")) <= 2 * 30);
        for (String stage : List.of("diffusion", "decoding")) {
            JsonObject cancelled = row.getAsJsonObject("cancelled").getAsJsonObject(stage);
            assertEquals(2, cancelled.getAsJsonArray("samples").size());
            double most = 0;
            for (JsonElement sample : cancelled.getAsJsonArray("samples")) {
                double step = sample.getAsJsonObject().get("step_seconds").getAsDouble();
                assertTrue(step > 0 && step < 10, cancelled.toString());
                most = Math.max(
                        most, sample.getAsJsonObject().get("latency_seconds").getAsDouble() / step);
            }
            assertEquals(most, cancelled.get("most_of_a_step").getAsDouble(), 1e-9);
        }
        assertEquals(6, told.toString().lines().count(), told.toString());
    }

    private static int frames(JsonElement described) {
        return described.getAsJsonObject().get("frames").getAsInt();
    }

    @Test
    void whatTheRuntimeCannotDoIsNotMeasured() throws IOException {
        assertEquals(0, run("--device", "cuda", "--steps", "4"));
        assertFalse(row().get("measured").getAsBoolean());
        assertTrue(row().get("reason").getAsString().contains("CUDA"), row().toString());
    }

    @Test
    void oneStepIsTooFewToBeComparedWith() {
        assertEquals(CommandLine.ExitCode.USAGE, run("--steps", "1"));
        assertTrue(complained.toString().contains("--steps: expected 2 or more, found 1"));
        assertFalse(Files.exists(folder.resolve("results.json")));
    }
}
