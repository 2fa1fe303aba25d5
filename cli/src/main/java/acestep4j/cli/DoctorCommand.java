package acestep4j.cli;

import acestep4j.AceStepException;
import acestep4j.AceStepOptions;
import acestep4j.Device;
import acestep4j.DeviceAttempt;
import acestep4j.DeviceChoice;
import acestep4j.DeviceException;
import acestep4j.Version;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.Manifest;
import acestep4j.model.Memory;
import acestep4j.onnx.OnnxRuntime;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what this machine has, whether a bundle is sound, and what would compute it. */
@Command(
        name = "doctor",
        description = "Check this machine and a bundle: what would compute, in which precision, and why.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Exit code 0 when something can compute, otherwise 1."})
final class DoctorCommand implements Callable<Integer> {
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    private static final double BYTES_PER_GIGABYTE = 1e9;
    /** JavaCPP's default limit in Java heaps. */
    private static final int HEAPS = 4;

    private static final String JAVACPP_LIMIT = "org.bytedeco.javacpp.maxPhysicalBytes";
    private static final String NATIVE_PATH = "onnxruntime.native.path";
    /** What the export can write, for a machine that is checked without a bundle. */
    private static final List<String> ALL_PRECISIONS = List.of("fp32", "bf16", "int8", "compact");

    @Spec
    private CommandSpec spec;

    @Option(names = "--bundle", paramLabel = "DIR", description = "A bundle to check.")
    private Path bundleFolder;

    @Mixin
    private DeviceFlags device;

    @Option(names = "--verify", description = "Compare the SHA-256 of every file of the bundle.")
    private boolean verify;

    @Option(names = "--json", description = "Print it as JSON.")
    private boolean json;

    /** Everything that is printed, in its order: lines of text, lists of them, and records. */
    private final Map<String, Object> findings = new LinkedHashMap<>();

    @Override
    public Integer call() {
        AceStepOptions options = device.applyTo(AceStepOptions.defaults());
        machine();
        Optional<Bundle> bundle = bundle();
        boolean computes = (bundleFolder == null || bundle.isPresent()) && compute(options, bundle);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            findings.put("can_compute", computes);
            out.println(GSON.toJson(findings));
        } else {
            findings.forEach((label, value) -> print(out, label, value));
            out.println(computes ? "This can compute." : "Nothing can compute as asked.");
        }
        return computes ? Main.OK : Main.FAILED;
    }

    private void machine() {
        findings.put("acestep4j", Version.current());
        findings.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
        findings.put("java", System.getProperty("java.version") + ", " + System.getProperty("java.vm.name"));
        Machine.cpu().ifPresent(name -> findings.put("cpu", name));
        findings.put("cores", Machine.cores());
        Machine.instructions().ifPresent(names -> findings.put("instructions", String.join(", ", names)));
        findings.put(
                "memory",
                gigabytes(Machine.memory())
                        + Machine.availableMemory()
                                .map(bytes -> ", " + gigabytes(bytes) + " of it available")
                                .orElse(""));
        findings.put("heap_limit", gigabytes(Runtime.getRuntime().maxMemory()));
        findings.put("native_limit", nativeLimit());
        Machine.freeSpace(Path.of(System.getProperty("java.io.tmpdir")))
                .ifPresent(bytes -> findings.put("temporary_folder", gigabytes(bytes) + " free"));
        List<String> cards = Machine.cards();
        findings.put("cards", cards.isEmpty() ? "nvidia-smi names none" : cards);
    }

    /** What JavaCPP, and with it every array of latents and sound, goes by. */
    private static String nativeLimit() {
        String set = System.getProperty(JAVACPP_LIMIT);
        return set == null
                ? gigabytes(HEAPS * Runtime.getRuntime().maxMemory())
                        + " resident, four times the heap limit; lift it with -D" + JAVACPP_LIMIT + "=0"
                : "-D" + JAVACPP_LIMIT + "=" + set;
    }

    private Optional<Bundle> bundle() {
        if (bundleFolder == null) {
            return Optional.empty();
        }
        try {
            Bundle bundle = Bundle.open(bundleFolder, verify);
            Manifest manifest = bundle.manifest();
            long bytes = manifest.files().values().stream()
                    .mapToLong(Manifest.FileEntry::size)
                    .sum();
            findings.put(
                    "bundle",
                    manifest.name() + ", " + gigabytes(bytes) + (verify ? ", all hashes right" : ", all sizes right"));
            findings.put("precisions", String.join(", ", manifest.precisions()));
            findings.put("precision_error", measuredErrors(bundle));
            Machine.freeSpace(bundleFolder).ifPresent(free -> findings.put("bundle_folder", gigabytes(free) + " free"));
            return Optional.of(bundle);
        } catch (AceStepException e) {
            findings.put("bundle", "can't be opened: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** How far each graph is from float32, as the export measured it; empty for a bundle without other precisions. */
    private static List<String> measuredErrors(Bundle bundle) {
        List<String> errors = new ArrayList<>();
        JsonObject graphs = JsonParser.parseString(InputFile.read("--bundle", bundle.file(Manifest.FILE_NAME)))
                .getAsJsonObject()
                .getAsJsonObject("graphs");
        graphs.entrySet()
                .forEach(graph -> graph.getValue().getAsJsonObject().entrySet().forEach(precision -> {
                    JsonElement measured =
                            precision.getValue().getAsJsonObject().get("errors");
                    if (measured != null) {
                        errors.add(precision.getKey() + " " + graph.getKey() + " " + measured);
                    }
                }));
        return errors;
    }

    private boolean compute(AceStepOptions options, Optional<Bundle> bundle) {
        Optional<String> folder = Optional.ofNullable(System.getProperty(NATIVE_PATH));
        folder.ifPresent(path -> findings.put("onnxruntime_natives", path));
        try {
            findings.put("onnxruntime_providers", String.join(", ", OnnxRuntime.providers()));
            OnnxRuntime runtime = OnnxRuntime.start(
                    options,
                    bundle.map(opened -> opened.manifest().precisions()).orElse(ALL_PRECISIONS));
            findings.put("onnxruntime", runtime.version());
            DeviceChoice choice = runtime.choice();
            findings.put("device_attempts", choice.attempts());
            findings.put("device", choice.used().label());
            findings.put("precision", choice.precision());
            findings.put("why", why(choice));
            bundle.ifPresent(opened -> findings.put("memory_needed", memoryNeeded(opened, choice.precision())));
            return true;
        } catch (DeviceException e) {
            findings.put("device_attempts", e.attempts());
            return false;
        } catch (AceStepException | LinkageError e) {
            findings.put("problem", String.valueOf(e.getMessage()));
            return false;
        }
    }

    private static String memoryNeeded(Bundle bundle, String precision) {
        return gigabytes(Memory.loaded(bundle, precision)) + " with all graphs loaded, "
                + gigabytes(Memory.offloaded(bundle, precision)) + " with offload, and what a song takes (--estimate)";
    }

    private static String why(DeviceChoice choice) {
        if (choice.asked().type() != Device.Type.AUTO) {
            return "asked for";
        }
        return choice.used().type() == Device.Type.CUDA
                ? "the card has computed a convolution and a matrix product"
                : "CUDA can't compute here";
    }

    private static void print(PrintWriter out, String label, Object value) {
        String shown = label.replace('_', ' ');
        if (!(value instanceof List<?> list)) {
            out.printf("%-21s %s%n", shown, value);
            return;
        }
        for (Object entry : list) {
            if (entry instanceof DeviceAttempt attempt) {
                out.printf("%-21s %s: %s%n", "tried", attempt.device(), attempt.reason());
                out.printf("%-21s %s%n", "  remedy", attempt.remedy());
            } else {
                out.printf("%-21s %s%n", shown, entry);
            }
        }
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.2f GB", bytes / BYTES_PER_GIGABYTE);
    }
}
