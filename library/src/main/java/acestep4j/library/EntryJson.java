package acestep4j.library;

import acestep4j.InvalidRequestException;
import acestep4j.quality.QualityFinding;
import acestep4j.quality.QualityProblem;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The header of an entry's file. */
final class EntryJson {
    private EntryJson() {}

    static String write(LibraryEntry entry) {
        Map<String, Object> header = new TreeMap<>();
        header.put("recipe", entry.recipe().toJson());
        header.put("name", entry.labels().name());
        header.put("style", entry.labels().style());
        header.put("tags", List.copyOf(entry.labels().tags()));
        header.put("created", entry.created().toString());
        header.put("form", entry.form().label());
        header.put("sample_rate", entry.sampleRate());
        header.put("channels", entry.channels());
        header.put("length", entry.length());
        header.put("latents_shape", entry.latentsShape());
        header.put("pcm_sha256", entry.pcmSha256());
        header.put("receipt", entry.receipt());
        if (!entry.isGood()) {
            header.put(
                    "findings",
                    entry.findings().stream().map(EntryJson::content).toList());
        }
        return CanonicalJson.write(header);
    }

    private static Map<String, Object> content(QualityFinding finding) {
        return Map.of(
                "item",
                finding.item(),
                "problem",
                finding.problem().name().toLowerCase(Locale.ROOT),
                "description",
                finding.description());
    }

    private static QualityFinding finding(JsonFields fields) {
        int item = fields.integer("item");
        String label = fields.text("problem");
        QualityProblem problem = Arrays.stream(QualityProblem.values())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(label))
                .findFirst()
                .orElseThrow(() -> fields.unexpected("problem", "a problem of sound", label));
        QualityFinding finding = new QualityFinding(item, problem, fields.text("description"));
        fields.end();
        return finding;
    }

    /** @throws DamagedEntryException naming the first field that isn't what it should be */
    static LibraryEntry read(Path file, String json, long fileBytes) throws DamagedEntryException {
        try {
            JsonFields fields = JsonFields.parse("its header", json);
            String form = fields.text("form");
            LibraryEntry entry = new LibraryEntry(
                    Recipe.parse(fields.text("recipe")),
                    new EntryLabels(fields.text("name"), fields.text("style"), new TreeSet<>(fields.texts("tags"))),
                    Instant.parse(fields.text("created")),
                    StorageForm.labelled(form).orElseThrow(() -> fields.unexpected("form", "a form", form)),
                    fields.integer("sample_rate"),
                    fields.integer("length"),
                    fields.integer("channels"),
                    fields.integers("latents_shape"),
                    fields.text("pcm_sha256"),
                    fields.text("receipt"),
                    fields.objectsIfPresent("findings").stream()
                            .map(EntryJson::finding)
                            .toList(),
                    fileBytes);
            fields.end();
            return entry;
        } catch (LibraryException | InvalidRequestException | DateTimeParseException e) {
            throw new DamagedEntryException(e.getMessage());
        }
    }
}
