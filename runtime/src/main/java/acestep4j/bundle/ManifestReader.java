package acestep4j.bundle;

import acestep4j.BundleException;
import acestep4j.diffusion.GuidanceType;
import acestep4j.diffusion.SchedulerType;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads {@code manifest.json}. What is missing or of the wrong kind is named by its path of keys; keys this version
 * doesn't know are left alone, so that a bundle with additions still opens.
 */
final class ManifestReader {
    private static final String REMEDY = "; export the bundle again with scripts/export_onnx.py";
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    /** The names of the dimensions that a request's own sizes stand for. */
    private static final Set<String> SIZES =
            Set.of("text_tokens", "lyric_tokens", "condition_tokens", "samples", "frames", "mel_frames");

    private ManifestReader() {}

    static Manifest read(String json) {
        Node root = new Node("", parse(json));
        int formatVersion = root.positiveInt("format_version");
        if (formatVersion > Manifest.SUPPORTED_FORMAT_VERSION) {
            throw new BundleException(
                    "manifest.json: format_version expected " + Manifest.SUPPORTED_FORMAT_VERSION + " or lower, found "
                            + formatVersion
                            + "; update acestep4j, or export the bundle again with this version's scripts/export_onnx.py");
        }
        String family = root.string("family");
        if (!family.equals(Manifest.SUPPORTED_FAMILY)) {
            throw new BundleException("manifest.json: family expected " + Manifest.SUPPORTED_FAMILY + ", found "
                    + family + "; update acestep4j, or open a bundle of this family");
        }
        List<String> precisions = root.strings("precisions");
        List<String> ignoredInputs = root.optionalStrings("ignored_inputs");
        return new Manifest(
                formatVersion,
                family,
                root.optionalString("name")
                        .orElseGet(() -> root.object("source").string("checkpoint")),
                root.sha256("id"),
                root.string("exporter"),
                source(root.object("source")),
                licences(root),
                precisions,
                ignoredInputs,
                files(root.object("files")),
                graphs(root.object("graphs")),
                text(root.object("text")),
                ignoredInputs.contains(Manifest.LYRICS) ? Optional.empty() : Optional.of(lyrics(root.object("lyrics"))),
                latents(root.object("latents")),
                mel(root.object("mel")),
                dcaeUpsampler(root.object("dcae_upsampler")),
                new Manifest.Vocoder(root.object("vocoder").positiveInt("context_frames")),
                audio(root.object("audio")),
                new Manifest.Erg(root.object("erg").positiveFloat("tau")),
                defaults(root.object("defaults")));
    }

    private static JsonObject parse(String json) {
        JsonReader reader = new JsonReader(new StringReader(json));
        reader.setStrictness(Strictness.STRICT);
        try {
            JsonElement element = JsonParser.parseReader(reader);
            if (element.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) {
                return element.getAsJsonObject();
            }
        } catch (JsonParseException | IOException e) {
            throw new BundleException("manifest.json: expected a JSON object, found text that isn't JSON" + REMEDY, e);
        }
        throw new BundleException("manifest.json: expected a JSON object, found something else or more" + REMEDY);
    }

    private static Manifest.Source source(Node node) {
        return new Manifest.Source(
                node.string("checkpoint"), node.optionalString("description"), node.string("licence"));
    }

    private static List<Manifest.Licence> licences(Node root) {
        List<Manifest.Licence> licences = new ArrayList<>();
        for (Node node : root.objects("licences")) {
            licences.add(
                    new Manifest.Licence(node.string("part"), node.string("licence"), node.optionalString("notice")));
        }
        return List.copyOf(licences);
    }

    private static SortedMap<String, Manifest.FileEntry> files(Node node) {
        SortedMap<String, Manifest.FileEntry> files = new TreeMap<>();
        for (String path : node.keys()) {
            Node entry = node.object(path);
            files.put(path, new Manifest.FileEntry(entry.size("size"), entry.sha256("sha256")));
        }
        return Collections.unmodifiableSortedMap(files);
    }

    private static Map<String, Map<String, GraphSpec>> graphs(Node node) {
        Map<String, Map<String, GraphSpec>> graphs = new LinkedHashMap<>();
        for (String name : node.keys()) {
            Node precisions = node.object(name);
            Map<String, GraphSpec> specs = new LinkedHashMap<>();
            for (String precision : precisions.keys()) {
                Node graph = precisions.object(precision);
                specs.put(
                        precision,
                        new GraphSpec(
                                graph.string("file"),
                                tensors(graph, "inputs"),
                                tensors(graph, "outputs"),
                                costs(graph.object("costs"), dimensions(graph))));
            }
            graphs.put(name, Collections.unmodifiableMap(specs));
        }
        return Collections.unmodifiableMap(graphs);
    }

    /** The dimensions of a graph's inputs whose sizes are known before it runs, for one item. */
    private static Set<String> dimensions(Node graph) {
        Set<String> dimensions = new TreeSet<>();
        for (TensorSpec input : tensors(graph, "inputs")) {
            for (int i = 0; i < input.shape().size(); i++) {
                if (input.size(i).isEmpty()) {
                    dimensions.add(input.shape().get(i));
                }
            }
        }
        dimensions.retainAll(SIZES);
        return dimensions;
    }

    private static GraphCosts costs(Node node, Set<String> dimensions) {
        List<GraphCosts.Polynomial> activations = new ArrayList<>();
        for (Node polynomial : node.objects("activation_bytes")) {
            activations.add(polynomial(polynomial, dimensions));
        }
        return new GraphCosts(
                node.size("weight_bytes"), activations, polynomial(node.object("multiply_adds"), dimensions));
    }

    /** Coefficients by the dimensions with stars between; "1" for the constant. */
    private static GraphCosts.Polynomial polynomial(Node node, Set<String> dimensions) {
        Map<List<String>, Long> coefficients = new HashMap<>();
        for (String key : node.keys()) {
            List<String> term = key.equals("1") ? List.of() : List.of(key.split("\\*", -1));
            if (!dimensions.containsAll(term)) {
                throw node.unexpected(key, "terms of the sizes " + dimensions);
            }
            coefficients.put(term, node.wholeNumber(key));
        }
        return new GraphCosts.Polynomial(coefficients);
    }

    private static List<TensorSpec> tensors(Node graph, String key) {
        List<TensorSpec> tensors = new ArrayList<>();
        for (Node node : graph.objects(key)) {
            tensors.add(new TensorSpec(node.string("name"), node.elementType("type"), node.shape("shape")));
        }
        return tensors;
    }

    private static Manifest.Text text(Node node) {
        return new Manifest.Text(node.string("tokenizer"), node.positiveInt("max_tokens"));
    }

    private static Manifest.Lyrics lyrics(Node node) {
        return new Manifest.Lyrics(
                node.string("tokenizer"),
                node.string("language_model"),
                node.optionalString("pinyin"),
                node.optionalString("japanese"),
                node.positiveInt("max_tokens"));
    }

    private static Manifest.Latents latents(Node node) {
        return new Manifest.Latents(
                node.positiveInt("channels"),
                node.positiveInt("height"),
                node.positiveInt("mel_frames"),
                node.positiveFloat("scale"),
                (float) node.number("shift"));
    }

    private static Manifest.Mel mel(Node node) {
        return new Manifest.Mel(
                node.positiveInt("bins"),
                (float) node.number("min"),
                (float) node.number("max"),
                node.positiveInt("hop_length"));
    }

    private static Manifest.DcaeUpsampler dcaeUpsampler(Node node) {
        return new Manifest.DcaeUpsampler(node.positiveInt("feature_frames"), node.positiveInt("context_frames"));
    }

    private static Manifest.Audio audio(Node node) {
        return new Manifest.Audio(
                node.positiveInt("channels"), node.positiveInt("decoder_sample_rate"), node.positiveInt("sample_rate"));
    }

    private static Manifest.Defaults defaults(Node node) {
        return new Manifest.Defaults(
                node.number("duration"),
                node.positiveInt("steps"),
                node.number("guidance_scale"),
                node.number("omega_scale"),
                node.number("guidance_interval"),
                node.number("guidance_interval_decay"),
                node.number("min_guidance_scale"),
                node.bool("erg_tag"),
                node.bool("erg_lyric"),
                node.bool("erg_diffusion"),
                node.choice("scheduler", "a scheduler such as euler", SchedulerType::labelled),
                node.choice("guidance", "a guidance such as apg", ManifestReader::guidanceWithoutScales),
                node.positiveFloat("shift"));
    }

    /** Double condition guidance needs two more scales, which only a request has. */
    private static Optional<GuidanceType> guidanceWithoutScales(String label) {
        return GuidanceType.labelled(label).filter(type -> type != GuidanceType.DOUBLE_CONDITION);
    }

    /** One object of the manifest and the keys that lead to it. */
    private record Node(String path, JsonObject object) {
        List<String> keys() {
            return List.copyOf(object.keySet());
        }

        Node object(String key) {
            JsonElement element = object.get(key);
            if (element == null || !element.isJsonObject()) {
                throw unexpected(key, "an object", element);
            }
            return new Node(pathOf(key), element.getAsJsonObject());
        }

        List<Node> objects(String key) {
            JsonArray array = array(key);
            List<Node> nodes = new ArrayList<>();
            for (int i = 0; i < array.size(); i++) {
                String entry = pathOf(key) + "[" + i + "]";
                if (!array.get(i).isJsonObject()) {
                    throw unexpectedAt(entry, "an object", array.get(i));
                }
                nodes.add(new Node(entry, array.get(i).getAsJsonObject()));
            }
            return nodes;
        }

        List<String> strings(String key) {
            List<String> strings = new ArrayList<>();
            for (JsonElement element : array(key)) {
                if (!isString(element)) {
                    throw unexpected(key, "a list of strings", element);
                }
                strings.add(element.getAsString());
            }
            return List.copyOf(strings);
        }

        List<String> optionalStrings(String key) {
            return object.has(key) ? strings(key) : List.of();
        }

        List<String> shape(String key) {
            List<String> shape = new ArrayList<>();
            for (JsonElement element : array(key)) {
                boolean fixed = isNumber(element) && element.getAsString().matches("[1-9][0-9]{0,8}");
                boolean dynamic = isString(element) && element.getAsString().matches("[A-Za-z_][A-Za-z0-9_]*");
                if (!fixed && !dynamic) {
                    throw unexpected(key, "sizes and names of dimensions", element);
                }
                shape.add(element.getAsString());
            }
            return shape;
        }

        ElementType elementType(String key) {
            String label = string(key);
            return ElementType.named(label)
                    .orElseThrow(() -> unexpected(key, "a tensor type such as float32", object.get(key)));
        }

        String string(String key) {
            JsonElement element = object.get(key);
            if (!isString(element)) {
                throw unexpected(key, "a string", element);
            }
            return element.getAsString();
        }

        <T> T choice(String key, String expected, Function<String, Optional<T>> labelled) {
            return labelled.apply(string(key)).orElseThrow(() -> unexpected(key, expected, object.get(key)));
        }

        Optional<String> optionalString(String key) {
            return object.has(key) ? Optional.of(string(key)) : Optional.empty();
        }

        String sha256(String key) {
            String value = string(key);
            if (!SHA_256.matcher(value).matches()) {
                throw unexpected(key, "a SHA-256 of 64 hexadecimal digits", object.get(key));
            }
            return value;
        }

        void expect(String key, String expected) {
            if (!string(key).equals(expected)) {
                throw unexpected(key, "\"" + expected + "\"", object.get(key));
            }
        }

        boolean bool(String key) {
            JsonElement element = object.get(key);
            if (!(element instanceof JsonPrimitive primitive) || !primitive.isBoolean()) {
                throw unexpected(key, "true or false", element);
            }
            return primitive.getAsBoolean();
        }

        double number(String key) {
            JsonElement element = object.get(key);
            if (!isNumber(element) || !Double.isFinite(element.getAsDouble())) {
                throw unexpected(key, "a number", element);
            }
            return element.getAsDouble();
        }

        float positiveFloat(String key) {
            float value = (float) number(key);
            if (!(value > 0)) {
                throw unexpected(key, "a number above 0", object.get(key));
            }
            return value;
        }

        int positiveInt(String key) {
            JsonElement element = object.get(key);
            if (!isNumber(element) || !element.getAsString().matches("[1-9][0-9]{0,8}")) {
                throw unexpected(key, "a whole number above 0", element);
            }
            return element.getAsInt();
        }

        long wholeNumber(String key) {
            JsonElement element = object.get(key);
            if (!isNumber(element) || !element.getAsString().matches("-?[0-9]{1,18}")) {
                throw unexpected(key, "a whole number", element);
            }
            return element.getAsLong();
        }

        long size(String key) {
            JsonElement element = object.get(key);
            if (!isNumber(element) || !element.getAsString().matches("[0-9]{1,18}")) {
                throw unexpected(key, "a size in bytes", element);
            }
            return element.getAsLong();
        }

        private JsonArray array(String key) {
            JsonElement element = object.get(key);
            if (element == null || !element.isJsonArray()) {
                throw unexpected(key, "a list", element);
            }
            return element.getAsJsonArray();
        }

        private String pathOf(String key) {
            return path.isEmpty() ? key : path + "." + key;
        }

        BundleException unexpected(String key, String expected) {
            return new BundleException(
                    "manifest.json: '" + path + "' expected " + expected + ", found " + key + REMEDY);
        }

        private BundleException unexpected(String key, String expected, JsonElement found) {
            return unexpectedAt(pathOf(key), expected, found);
        }

        private static BundleException unexpectedAt(String path, String expected, JsonElement found) {
            return new BundleException(
                    "manifest.json: '" + path + "' expected " + expected + ", found " + describe(found) + REMEDY);
        }

        private static String describe(JsonElement found) {
            if (found == null) {
                return "nothing";
            }
            if (found.isJsonObject()) {
                return "an object";
            }
            if (found.isJsonArray()) {
                return "a list";
            }
            String text = found.toString();
            return text.length() <= 80 ? text : text.substring(0, 77) + "...";
        }

        private static boolean isString(JsonElement element) {
            return element instanceof JsonPrimitive primitive && primitive.isString();
        }

        private static boolean isNumber(JsonElement element) {
            return element instanceof JsonPrimitive primitive && primitive.isNumber();
        }
    }
}
