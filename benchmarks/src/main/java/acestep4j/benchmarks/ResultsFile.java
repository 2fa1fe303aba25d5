package acestep4j.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A file of measured rows under a head that says on what machine, written anew after each row so that a run that was
 * ended can go on. A row has "measured": true and its figures, or false and the reason.
 */
final class ResultsFile {
    /** The layout of these files. */
    static final int FORMAT = 1;

    /** The fields that tell rows apart; a row may lack some of them. */
    static final List<String> KEY = List.of(
            "kind",
            "side",
            "bundle",
            "precision",
            "device",
            "compile",
            "offload",
            "threads",
            "seconds",
            "steps",
            "round");

    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeNulls()
            .create();

    private final Path file;
    private final JsonObject content;

    private ResultsFile(Path file, JsonObject content) {
        this.file = file;
        this.content = content;
    }

    /**
     * A new file, or one that was begun on this machine.
     *
     * @throws IOException if there is a file that isn't of this kind, or is from another machine
     */
    static ResultsFile open(Path file) throws IOException {
        JsonObject head = GSON.toJsonTree(head()).getAsJsonObject();
        if (!Files.exists(file)) {
            head.add("rows", new JsonArray());
            return new ResultsFile(file, head);
        }
        JsonObject content;
        try {
            content = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException e) {
            throw new IOException(file + ": expected a results file, found something else; choose another file", e);
        }
        String began = cpu(content);
        if (!content.has("rows") || !Objects.equals(began, cpu(head))) {
            throw new IOException(file + ": expected results of this machine (" + cpu(head) + "), found those of "
                    + began + "; choose another file");
        }
        return new ResultsFile(file, content);
    }

    private static String cpu(JsonObject content) {
        return content.has("machine")
                ? content.getAsJsonObject("machine").get("cpu").getAsString()
                : "no machine";
    }

    /** What stands above the rows. */
    static Map<String, Object> head() {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("format", FORMAT);
        head.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        head.put("machine", Machine.describe());
        head.put("versions", Machine.versions());
        head.put("git_commit", Machine.gitCommit().orElse(null));
        return head;
    }

    static String toJson(Object value) {
        return GSON.toJson(value);
    }

    /** A row that has no figures. */
    static Map<String, Object> notMeasured(Map<String, Object> key, String reason) {
        Map<String, Object> row = new LinkedHashMap<>(key);
        row.put("measured", false);
        row.put("reason", reason);
        return row;
    }

    /** The row with these key fields. */
    Optional<JsonObject> row(Map<String, Object> key) {
        JsonObject wanted = GSON.toJsonTree(key).getAsJsonObject();
        for (JsonElement row : content.getAsJsonArray("rows")) {
            if (hasKey(row.getAsJsonObject(), wanted)) {
                return Optional.of(row.getAsJsonObject());
            }
        }
        return Optional.empty();
    }

    boolean isMeasured(Map<String, Object> key) {
        return row(key).map(row -> row.get("measured").getAsBoolean()).orElse(false);
    }

    /** Puts a row in the place of the one with the same key, or behind all others, and writes the file. */
    void put(Object row) throws IOException {
        JsonObject added = GSON.toJsonTree(row).getAsJsonObject();
        JsonArray rows = content.getAsJsonArray("rows");
        int at = 0;
        while (at < rows.size() && !hasKey(rows.get(at).getAsJsonObject(), added)) {
            at++;
        }
        if (at == rows.size()) {
            rows.add(added);
        } else {
            rows.set(at, added);
        }
        write(file, GSON.toJson(content) + "\n");
    }

    private static boolean hasKey(JsonObject row, JsonObject wanted) {
        return KEY.stream().allMatch(field -> same(row.get(field), wanted.get(field)));
    }

    /** 10 and 10.0 are the same number of seconds. */
    private static boolean same(JsonElement one, JsonElement other) {
        return text(one).equals(text(other));
    }

    private static String text(JsonElement element) {
        return element == null || element.isJsonNull()
                ? ""
                : element.getAsString().replaceFirst("\\.0$", "");
    }

    /** Writes a file in one step: whoever reads it finds the old or the new one. */
    static void write(Path file, String text) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path part = folder.resolve(file.getFileName() + ".part");
        try {
            Files.writeString(part, text);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
