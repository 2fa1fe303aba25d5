package acestep4j.cli;

import acestep4j.AceStep;
import acestep4j.AceStepException;
import acestep4j.Loop;
import acestep4j.audio.AudioBuffer;
import acestep4j.codecs.AudioFileWriter;
import acestep4j.codecs.AudioFormat;
import acestep4j.library.DamagedEntry;
import acestep4j.library.LibraryEntry;
import acestep4j.library.MusicLibrary;
import acestep4j.library.StorageForm;
import acestep4j.quality.QualityFinding;
import acestep4j.quality.QualityReport;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is in a library of music. */
@Command(name = "library", description = "Look into a library of music.", mixinStandardHelpOptions = true)
final class LibraryCommand implements Runnable {
    private static final int SHOWN_DIGITS = 12;

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "expected list, verify, regenerate or export after library, found none");
    }

    @Command(name = "list", description = "Say what is in it.", mixinStandardHelpOptions = true)
    int list(
            @Mixin LibraryFolder folder,
            @Option(names = "--json", description = "Print all that is known as JSON, recipes included.")
                    boolean json) {
        try (MusicLibrary library = folder.open()) {
            List<LibraryEntry> entries = folder.entries(library);
            if (json) {
                JsonArray array = new JsonArray();
                entries.forEach(entry -> array.add(json(entry)));
                out().println(new GsonBuilder()
                        .setPrettyPrinting()
                        .disableHtmlEscaping()
                        .create()
                        .toJson(array));
            } else {
                entries.forEach(entry -> out().println(line(entry) + findings(entry)));
            }
            return Main.OK;
        }
    }

    @Command(
            name = "verify",
            description = "Read every byte of all entries; set aside those that aren't what was written.",
            mixinStandardHelpOptions = true)
    int verify(@Mixin LibraryFolder folder) {
        try (MusicLibrary library = folder.open()) {
            List<DamagedEntry> damaged = library.verify();
            damaged.forEach(each -> out().println(each.file() + ": " + each.problem()));
            out().println(library.entries().size() + " entries whole, " + damaged.size() + " damaged");
            return damaged.isEmpty() ? Main.OK : Main.FAILED;
        }
    }

    @Command(
            name = "regenerate",
            description = "Make entries again from their recipes, and compare the hashes of their samples.",
            mixinStandardHelpOptions = true)
    int regenerate(@Mixin LibraryFolder folder, @Mixin ModelFlags model) {
        int others = 0;
        try (MusicLibrary library = folder.open();
                AceStep aceStep = model.open(Optional.empty())) {
            for (LibraryEntry entry : folder.entries(library)) {
                String outcome = regenerate(entry, library, aceStep);
                others += outcome.equals("same") ? 0 : 1;
                out().println(line(entry) + ": " + outcome);
            }
        }
        return others == 0 ? Main.OK : Main.FAILED;
    }

    private static String regenerate(LibraryEntry entry, MusicLibrary library, AceStep aceStep) {
        try {
            AudioBuffer again = entry.recipe()
                    .regenerate(aceStep)
                    .audio()
                    .get(entry.recipe().item());
            return again.sha256().equals(entry.pcmSha256())
                    ? "same"
                    : "other samples" + distance(entry, again, library);
        } catch (AceStepException e) {
            return e.getMessage();
        }
    }

    /** How far the sound is from the kept one, if that one is kept exactly. */
    private static String distance(LibraryEntry entry, AudioBuffer again, MusicLibrary library) {
        if (entry.form() != StorageForm.FLOAT_32) {
            return "";
        }
        AudioBuffer kept = library.read(entry);
        if (again.length() != kept.length()) {
            return ", " + again.length() + " in place of " + kept.length();
        }
        double power = 0;
        double error = 0;
        for (int channel = 0; channel < kept.channels(); channel++) {
            for (int i = 0; i < kept.length(); i++) {
                double sample = kept.samples()[channel][i];
                double difference = sample - again.samples()[channel][i];
                power += sample * sample;
                error += difference * difference;
            }
        }
        return String.format(Locale.ROOT, ", SNR %.1f dB", 10 * Math.log10(power / error));
    }

    @Command(
            name = "export",
            description = "Write an entry as an audio file with its receipt.",
            mixinStandardHelpOptions = true)
    int export(
            @Mixin LibraryFolder folder,
            @Mixin SoundFlags sound,
            @Option(
                            names = "--out",
                            required = true,
                            paramLabel = "FILE",
                            description = "The audio file: .wav, .flac, .ogg or .mp3.")
                    Path file,
            @Option(names = "--bundle", paramLabel = "DIR", description = "The bundle, for an entry kept as latents.")
                    Path bundle) {
        AudioFormat format = sound.audioFormat(file);
        try (MusicLibrary library = folder.open()) {
            List<LibraryEntry> entries = folder.entries(library);
            if (entries.size() != 1) {
                throw new InputException("--name, --style, --tag: expected to mean one entry, found " + entries.size());
            }
            LibraryEntry entry = entries.get(0);
            AudioFileWriter.write(
                    file,
                    read(library, entry, bundle),
                    format,
                    entry.receipt(),
                    entry.loop().map(Loop::points));
        }
        out().println(file);
        return Main.OK;
    }

    private static AudioBuffer read(MusicLibrary library, LibraryEntry entry, Path bundle) {
        if (entry.form().samples().isPresent()) {
            return library.read(entry);
        }
        if (bundle == null) {
            throw new InputException("--bundle: expected the bundle that made the entry, which is kept as "
                    + entry.form().label() + ", found none");
        }
        try (AceStep aceStep = AceStep.open(bundle)) {
            return library.read(entry, aceStep);
        }
    }

    private static String line(LibraryEntry entry) {
        return String.format(
                Locale.ROOT,
                "%s %7.1f s  %-15s %s%s%s",
                entry.key().substring(0, SHOWN_DIGITS),
                entry.seconds(),
                entry.form().label(),
                entry.labels().name(),
                entry.labels().style().isEmpty() ? "" : " (" + entry.labels().style() + ")",
                entry.labels().tags().isEmpty()
                        ? ""
                        : " [" + String.join(", ", entry.labels().tags()) + "]");
    }

    private static String findings(LibraryEntry entry) {
        return entry.isGood() ? "" : ": " + new QualityReport(List.of(), entry.findings());
    }

    private static JsonObject json(LibraryEntry entry) {
        JsonObject json = new JsonObject();
        json.addProperty("key", entry.key());
        json.addProperty("name", entry.labels().name());
        json.addProperty("style", entry.labels().style());
        JsonArray tags = new JsonArray();
        entry.labels().tags().forEach(tags::add);
        json.add("tags", tags);
        json.addProperty("created", entry.created().toString());
        json.addProperty("form", entry.form().label());
        json.addProperty("seconds", entry.seconds());
        json.addProperty("bytes", entry.bytes());
        json.addProperty("pcm_sha256", entry.pcmSha256());
        JsonArray findings = new JsonArray();
        entry.findings().stream().map(QualityFinding::description).forEach(findings::add);
        json.add("findings", findings);
        json.add("recipe", JsonParser.parseString(entry.recipe().toJson()));
        return json;
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
