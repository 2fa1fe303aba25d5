package acestep4j.lora;

import acestep4j.LoraException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An open LoRA file as {@code save_lora_adapter} of diffusers writes it: PEFT's keys, with the configuration in the
 * metadata. Older names of diffusers ({@code lora.down}, {@code lora.up}) and the prefixes {@code base_model.model.} and
 * {@code transformer.} are understood as well. Not thread-safe.
 *
 * <p>The alpha of a module comes from the metadata; without them from a key {@code MODULE.alpha}; without these it is the
 * rank of the file's first module, as in {@code get_peft_kwargs} of diffusers.
 */
public final class LoraFile implements AutoCloseable {
    /** The name under which the official code saves and looks for a LoRA. */
    public static final String OFFICIAL_NAME = "pytorch_lora_weights.safetensors";

    private static final Pattern MATRIX = Pattern.compile("(.+)\\.lora_([AB])(?:\\.[^.]+)?\\.weight");
    private static final Pattern OLD_MATRIX = Pattern.compile("(.+)\\.lora\\.(down|up)\\.weight");
    private static final Pattern OLD_ATTENTION = Pattern.compile("(.+)\\.to_(q|k|v|out)_lora\\.(down|up)\\.weight");
    private static final String ALPHA = ".alpha";
    private static final int LARGEST_SIZE = 1 << 24;

    private final SafetensorsFile file;
    private final List<LoraLayer> layers;

    private LoraFile(SafetensorsFile file) {
        this.file = file;
        this.layers = layersOf(file);
    }

    /**
     * Reads and checks the header.
     *
     * @param path the file, or a folder with one under the official name
     * @throws LoraException naming the first key that doesn't fit
     */
    public static LoraFile open(Path path) {
        SafetensorsFile file = SafetensorsFile.open(Files.isDirectory(path) ? path.resolve(OFFICIAL_NAME) : path);
        try {
            return new LoraFile(file);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    public Path path() {
        return file.path();
    }

    /** The file's name without its ending; that of its folder for a file under the official name. */
    public String name() {
        Path absolute = file.path().toAbsolutePath().normalize();
        String name = absolute.getFileName().toString();
        Path folder = absolute.getParent().getFileName();
        if (name.equals(OFFICIAL_NAME) && folder != null) {
            return folder.toString();
        }
        return name.endsWith(".safetensors") ? name.substring(0, name.lastIndexOf('.')) : name;
    }

    /** The adapted layers, in the file's order; at least one. */
    public List<LoraLayer> layers() {
        return layers;
    }

    /** SHA-256 of the file, in hexadecimal. */
    public String sha256() {
        return file.sha256();
    }

    @Override
    public void close() {
        file.close();
    }

    /** The keys of one module as they come. */
    private static final class Module {
        private LoraMatrix a;
        private LoraMatrix b;
        private long placeOfB = Long.MAX_VALUE;
        private SafetensorsFile.Entry alpha;
    }

    private static List<LoraLayer> layersOf(SafetensorsFile file) {
        Map<String, Module> modules = new LinkedHashMap<>();
        for (SafetensorsFile.Entry entry : file.entries()) {
            sort(file, entry, modules);
        }
        if (modules.isEmpty()) {
            throw new LoraException(file.path() + ": expected a LoRA, found a file without a tensor");
        }
        modules.forEach((name, module) -> checkPair(file, name, module));
        Scalings scalings = Scalings.of(file, modules);
        List<LoraLayer> layers = new ArrayList<>();
        modules.forEach(
                (name, module) -> layers.add(new LoraLayer(name, module.a, module.b, scalings.of(name, module))));
        return List.copyOf(layers);
    }

    private static void sort(SafetensorsFile file, SafetensorsFile.Entry entry, Map<String, Module> modules) {
        String key = entry.key().replace(".processor.", ".");
        for (String prefix : List.of("base_model.model.", "transformer.")) {
            key = key.startsWith(prefix) ? key.substring(prefix.length()) : key;
        }
        Matcher attention = OLD_ATTENTION.matcher(key);
        if (attention.matches()) {
            String layer = attention.group(2).equals("out") ? "out.0" : attention.group(2);
            key = attention.group(1) + ".to_" + layer + ".lora." + attention.group(3) + ".weight";
        }
        Matcher old = OLD_MATRIX.matcher(key);
        Matcher matrix = MATRIX.matcher(key);
        if (old.matches()) {
            put(
                    file,
                    entry,
                    modules.computeIfAbsent(old.group(1), k -> new Module()),
                    old.group(2).equals("down"));
        } else if (matrix.matches()) {
            put(
                    file,
                    entry,
                    modules.computeIfAbsent(matrix.group(1), k -> new Module()),
                    matrix.group(2).equals("A"));
        } else if (key.endsWith(ALPHA) && key.length() > ALPHA.length()) {
            checkType(file, entry);
            if (entry.shape().stream().anyMatch(size -> size != 1)) {
                throw refused(file, entry.key(), "one number", "shape " + entry.shape());
            }
            String name = key.substring(0, key.length() - ALPHA.length());
            modules.computeIfAbsent(name, k -> new Module()).alpha = entry;
        } else {
            throw refused(file, entry.key(), "a matrix lora_A or lora_B of a layer, or its alpha", kindOf(key));
        }
    }

    private static String kindOf(String key) {
        if (key.contains("lora_magnitude_vector")) {
            return "a DoRA's magnitude";
        }
        if (key.endsWith(".bias")) {
            return "a bias";
        }
        return key.contains("lora_embedding_") ? "an embedding's LoRA" : "another tensor";
    }

    private static void put(SafetensorsFile file, SafetensorsFile.Entry entry, Module module, boolean isA) {
        checkType(file, entry);
        if ((isA ? module.a : module.b) != null) {
            throw refused(file, entry.key(), "one LoRA", "a second matrix for the same layer");
        }
        List<Long> shape = entry.shape();
        boolean matrix = shape.size() >= 2
                && shape.subList(0, 2).stream().allMatch(size -> size > 0 && size <= LARGEST_SIZE)
                && shape.subList(2, shape.size()).stream().allMatch(size -> size == 1)
                && shape.get(0) * shape.get(1) <= Integer.MAX_VALUE / Float.BYTES;
        if (!matrix) {
            throw refused(file, entry.key(), "a matrix", "shape " + shape);
        }
        LoraMatrix found = new LoraMatrix(
                entry.key(), shape.get(0).intValue(), shape.get(1).intValue(), () -> file.read(entry));
        if (isA) {
            module.a = found;
        } else {
            module.b = found;
            module.placeOfB = entry.begin();
        }
    }

    private static void checkType(SafetensorsFile file, SafetensorsFile.Entry entry) {
        if (!SafetensorsFile.isReadable(entry.type())) {
            throw refused(file, entry.key(), "the type F32, F16 or BF16", entry.type());
        }
    }

    private static void checkPair(SafetensorsFile file, String name, Module module) {
        if (module.a == null || module.b == null) {
            LoraMatrix present = module.a == null ? module.b : module.a;
            String key = present == null ? module.alpha.key() : present.key();
            throw refused(file, key, "lora_A and lora_B of " + name, "it alone");
        }
        if (module.a.rows() != module.b.columns()) {
            throw refused(
                    file,
                    module.b.key(),
                    "shape [.., " + module.a.rows() + "] for the rank of " + module.a.key(),
                    "[" + module.b.rows() + ", " + module.b.columns() + "]");
        }
    }

    /** Where the scaling of each module comes from. */
    private record Scalings(SafetensorsFile file, Optional<LoraConfig> config, boolean fromKeys, double firstRank) {
        static Scalings of(SafetensorsFile file, Map<String, Module> modules) {
            boolean fromKeys = modules.values().stream().anyMatch(module -> module.alpha != null);
            double firstRank = modules.values().stream()
                    .filter(module -> module.b != null)
                    .min(Comparator.comparingLong(module -> module.placeOfB))
                    .map(module -> module.b.columns())
                    .orElse(1);
            return new Scalings(file, LoraConfig.of(file), fromKeys, firstRank);
        }

        double of(String name, Module module) {
            int rank = module.a.rows();
            if (config.isPresent()) {
                if (config.get().rank(name) != rank) {
                    throw refused(
                            file,
                            module.a.key(),
                            "rank " + config.get().rank(name) + " as in the file's metadata",
                            "shape [" + rank + ", " + module.a.columns() + "]");
                }
                return config.get().scaling(name);
            }
            if (fromKeys) {
                if (module.alpha == null) {
                    throw refused(file, module.a.key(), "an alpha beside it as other layers have", "none");
                }
                return file.read(module.alpha)[0] / (double) rank;
            }
            return firstRank / rank;
        }
    }

    private static LoraException refused(SafetensorsFile file, String key, String expected, String found) {
        String name = key.length() <= 200 ? key : key.substring(0, 197) + "...";
        return new LoraException(file.path() + ": '" + name + "': expected " + expected + ", found " + found);
    }
}
