package acestep4j.lora;

import acestep4j.LoraException;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * PEFT's configuration of a LoRA, which diffusers keeps in the file's metadata under {@code lora_adapter_metadata}: rank
 * and alpha, for all modules and for some, and how both make the scaling.
 */
final class LoraConfig {
    private static final String METADATA_KEY = "lora_adapter_metadata";
    private static final String PREFIX = "transformer.";
    private static final Pattern MODULE_PATTERN = Pattern.compile("\\^?([A-Za-z0-9_.]|\\\\\\.)+\\$?");
    /** They subtract the untrained LoRA from the base weights, which a bundle's aren't changed for. */
    private static final List<String> BASE_CHANGING = List.of("pissa", "olora", "corda", "loftq", "lora_ga");

    private final Path path;
    private final JsonObject json;
    private final double rank;
    private final double alpha;
    private final boolean rankStabilised;
    private final Map<String, Double> rankPattern;
    private final Map<String, Double> alphaPattern;

    private LoraConfig(Path path, JsonObject json) {
        this.path = path;
        this.json = json;
        refuseOtherKinds();
        rank = number("r", get("r"));
        alpha = number("lora_alpha", get("lora_alpha"));
        rankStabilised = isTrue("use_rslora");
        rankPattern = pattern("rank_pattern");
        alphaPattern = pattern("alpha_pattern");
    }

    /** The configuration in the file's metadata; empty when it has none. */
    static Optional<LoraConfig> of(SafetensorsFile file) {
        String text = file.metadata().get(METADATA_KEY);
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (JsonParser.parseString(text) instanceof JsonObject json) {
                return Optional.of(new LoraConfig(file.path(), json));
            }
        } catch (JsonParseException | IllegalStateException e) {
            throw new LoraException(
                    file.path() + ": metadata '" + METADATA_KEY + "' expected JSON, found other text", e);
        }
        throw new LoraException(
                file.path() + ": metadata '" + METADATA_KEY + "' expected a JSON object, found something else");
    }

    double rank(String module) {
        return of(rankPattern, module, rank);
    }

    /** The factor on what a module's LoRA adds. */
    double scaling(String module) {
        double divisor = rank(module);
        return of(alphaPattern, module, alpha) / (rankStabilised ? Math.sqrt(divisor) : divisor);
    }

    private static double of(Map<String, Double> pattern, String module, double otherwise) {
        for (Map.Entry<String, Double> entry : pattern.entrySet()) {
            if (matches(entry.getKey(), module)) {
                return entry.getValue();
            }
        }
        return otherwise;
    }

    /** As PEFT matches: the whole path, or its end behind a dot; with ^ the whole path alone. */
    private static boolean matches(String pattern, String module) {
        String name = pattern.replace("\\.", ".");
        name = name.endsWith("$") ? name.substring(0, name.length() - 1) : name;
        if (name.startsWith("^")) {
            return module.equals(name.substring(1));
        }
        return module.equals(name) || module.endsWith("." + name);
    }

    private void refuseOtherKinds() {
        String kind = get("peft_type") instanceof JsonPrimitive type ? type.getAsString() : "LORA";
        if (!kind.equals("LORA")) {
            throw unexpected("peft_type", "LORA", kind);
        }
        for (String setting : List.of("use_dora", "lora_bias", "use_qalora")) {
            if (isTrue(setting)) {
                throw unexpected(setting, "false", "true");
            }
        }
        if (get("init_lora_weights") instanceof JsonPrimitive initial) {
            String name = initial.getAsString().toLowerCase(Locale.ROOT);
            if (BASE_CHANGING.stream().anyMatch(name::startsWith)) {
                throw unexpected("init_lora_weights", "a kind that leaves the base weights as they are", name);
            }
        }
    }

    private Map<String, Double> pattern(String name) {
        Map<String, Double> pattern = new LinkedHashMap<>();
        JsonElement element = get(name);
        if (element == null || element.isJsonNull()) {
            return pattern;
        }
        if (!(element instanceof JsonObject object)) {
            throw unexpected(name, "an object of module names", element.toString());
        }
        object.entrySet().forEach(entry -> {
            if (!MODULE_PATTERN.matcher(entry.getKey()).matches()) {
                throw unexpected(name, "plain module names", entry.getKey());
            }
            pattern.put(entry.getKey(), number(name + "." + entry.getKey(), entry.getValue()));
        });
        return pattern;
    }

    private double number(String name, JsonElement element) {
        if (!(element instanceof JsonPrimitive primitive) || !primitive.isNumber()) {
            throw unexpected(name, "a number", element == null ? "nothing" : element.toString());
        }
        double value = element.getAsDouble();
        if (!Double.isFinite(value)) {
            throw unexpected(name, "a finite number", element.toString());
        }
        return value;
    }

    private boolean isTrue(String name) {
        return get(name) instanceof JsonPrimitive value && value.isBoolean() && value.getAsBoolean();
    }

    private JsonElement get(String name) {
        return json.has(name) ? json.get(name) : json.get(PREFIX + name);
    }

    private LoraException unexpected(String name, String expected, String found) {
        return new LoraException(path + ": metadata '" + METADATA_KEY + "': '" + name + "' expected " + expected
                + ", found " + (found.length() <= 80 ? found : found.substring(0, 77) + "...")
                + "; save the LoRA again as a plain one");
    }
}
