package acestep4j.cli;

import acestep4j.bundle.Bundle;
import acestep4j.bundle.GraphSpec;
import acestep4j.bundle.Manifest;
import acestep4j.bundle.TensorSpec;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what a bundle is, after the checks that every opening makes. */
@Command(name = "info", description = "Say what a bundle is.", mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    private static final double BYTES_PER_MEGABYTE = 1e6;
    private static final int SHOWN_TENSORS = 6;

    @Spec
    private CommandSpec spec;

    @Option(names = "--bundle", required = true, paramLabel = "DIR", description = "The bundle.")
    private Path bundleFolder;

    @Option(names = "--json", description = "Print the whole manifest with the folder and the total size as JSON.")
    private boolean json;

    @Option(names = "--verify", description = "Compare the SHA-256 of every file too.")
    private boolean verify;

    @Override
    public Integer call() {
        Bundle bundle = Bundle.open(bundleFolder, verify);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            printJson(bundle, out);
        } else {
            printText(bundle, out);
        }
        return Main.OK;
    }

    private void printJson(Bundle bundle, PrintWriter out) {
        Path file = bundle.file(Manifest.FILE_NAME);
        JsonObject manifest =
                JsonParser.parseString(InputFile.read("--bundle", file)).getAsJsonObject();
        JsonObject info = new JsonObject();
        info.addProperty("folder", bundle.folder().toAbsolutePath().normalize().toString());
        info.addProperty("name", bundle.manifest().name());
        info.addProperty("size", size(bundle.manifest()));
        info.addProperty("hashes_verified", verify);
        manifest.entrySet().forEach(entry -> info.add(entry.getKey(), entry.getValue()));
        out.println(GSON.toJson(info));
    }

    private void printText(Bundle bundle, PrintWriter out) {
        Manifest manifest = bundle.manifest();
        line(out, "bundle", manifest.name());
        line(out, "id", manifest.id());
        line(out, "family", manifest.family() + ", format version " + manifest.formatVersion());
        line(out, "exporter", manifest.exporter());
        line(
                out,
                "weights",
                manifest.source().checkpoint() + " (" + manifest.source().licence() + ")");
        manifest.source().description().ifPresent(text -> line(out, "", text));
        for (Manifest.Licence licence : manifest.licences()) {
            line(out, "part", licence.part() + " (" + licence.licence() + ")");
        }
        line(
                out,
                "size",
                String.format(
                        Locale.ROOT,
                        "%.1f MB in %d files%s",
                        size(manifest) / BYTES_PER_MEGABYTE,
                        manifest.files().size(),
                        verify ? ", all hashes right" : ""));
        line(out, "precisions", String.join(", ", manifest.precisions()));
        line(
                out,
                "latents",
                manifest.latents().channels() + " x " + manifest.latents().height() + " per frame");
        line(
                out,
                "audio",
                manifest.audio().channels() + " channels, " + manifest.audio().sampleRate() + " Hz (decoded at "
                        + manifest.audio().decoderSampleRate() + " Hz)");
        line(
                out,
                "limits",
                manifest.text().maxTokens() + " prompt tokens"
                        + manifest.lyrics()
                                .map(lyrics -> ", " + lyrics.maxTokens() + " lyric tokens")
                                .orElse(""));
        if (!manifest.ignoredInputs().isEmpty()) {
            line(out, "ignores", String.join(", ", manifest.ignoredInputs()));
        }
        Manifest.Defaults defaults = manifest.defaults();
        line(
                out,
                "defaults",
                defaults.duration() + " s, " + defaults.steps() + " steps, guidance "
                        + defaults.guidance().label() + ", scale " + defaults.guidanceScale() + ", interval "
                        + defaults.guidanceInterval() + ", omega scale " + defaults.omegaScale());
        for (String name : Bundle.graphNames()) {
            for (String precision : manifest.precisions()) {
                GraphSpec graph = bundle.graph(name, precision);
                line(out, "graph", graph.file());
                line(out, "  in", describe(graph.inputs()));
                line(out, "  out", describe(graph.outputs()));
            }
        }
    }

    private static void line(PrintWriter out, String label, String text) {
        out.printf("%-11s %s%n", label, text);
    }

    private static String describe(List<TensorSpec> tensors) {
        List<String> shown = tensors.stream()
                .limit(SHOWN_TENSORS)
                .map(tensor -> tensor.name() + " " + tensor.describe())
                .toList();
        int more = tensors.size() - shown.size();
        return String.join(", ", shown) + (more > 0 ? " and " + more + " more" : "");
    }

    private static long size(Manifest manifest) {
        return manifest.files().values().stream()
                .mapToLong(Manifest.FileEntry::size)
                .sum();
    }
}
