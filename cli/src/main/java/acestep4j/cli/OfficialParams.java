package acestep4j.cli;

import acestep4j.GenerationRequest;
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
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The settings in a {@code *_input_params.json}, as the official pipeline writes it beside its audio
 * ({@code acestep/pipeline_ace_step.py} at d612523). Settings of what this version hasn't are accepted as long as they
 * ask for nothing. A key whose value is null counts as absent.
 */
final class OfficialParams {
    /** Facts about the run that wrote the file, and settings that count only together with another one. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "audio_path",
            "timecosts",
            "debug",
            "lora_weight",
            "retake_seeds",
            "retake_variance",
            "repaint_start",
            "repaint_end",
            "src_audio_path",
            "edit_target_prompt",
            "edit_target_lyrics",
            "edit_n_min",
            "edit_n_max",
            "edit_n_avg",
            "ref_audio_strength",
            "ref_audio_input");

    private static final Set<String> WITH_EFFECT = Set.of(
            "format",
            "lora_name_or_path",
            "task",
            "prompt",
            "lyrics",
            "audio_duration",
            "infer_step",
            "guidance_scale",
            "scheduler_type",
            "cfg_type",
            "omega_scale",
            "guidance_interval",
            "guidance_interval_decay",
            "min_guidance_scale",
            "use_erg_tag",
            "use_erg_lyric",
            "use_erg_diffusion",
            "oss_steps",
            "manual_seeds",
            "actual_seeds",
            "guidance_scale_text",
            "guidance_scale_lyric",
            "audio2audio_enable",
            "batch_size",
            "save_path");

    private final Path file;
    private final JsonObject values;

    private OfficialParams(Path file, JsonObject values) {
        this.file = file;
        this.values = values;
    }

    /** @throws InputException naming the file and the key that can't be used */
    static OfficialParams read(Path file) {
        OfficialParams params = new OfficialParams(file, parse(file, InputFile.read("--params", file)));
        params.refuseOtherTasks();
        return params;
    }

    /** The keys that mean nothing here or in the official pipeline, in the file's order. */
    List<String> unknownKeys() {
        return values.keySet().stream()
                .filter(key -> !WITH_EFFECT.contains(key) && !WITHOUT_EFFECT.contains(key))
                .toList();
    }

    /** Sets everything but the seeds and the batch size. */
    void applyTo(GenerationRequest.Builder builder) {
        string("prompt").ifPresent(builder::prompt);
        string("lyrics").ifPresent(builder::lyrics);
        number("audio_duration").ifPresent(seconds -> {
            if (seconds <= 0) {
                builder.randomDuration();
            } else {
                builder.duration(seconds);
            }
        });
        wholeNumber("infer_step").ifPresent(builder::steps);
        apply("guidance_scale", builder, GenerationRequest.Builder::guidanceScale);
        apply("omega_scale", builder, GenerationRequest.Builder::omegaScale);
        apply("guidance_interval", builder, GenerationRequest.Builder::guidanceInterval);
        apply("guidance_interval_decay", builder, GenerationRequest.Builder::guidanceIntervalDecay);
        apply("min_guidance_scale", builder, GenerationRequest.Builder::minGuidanceScale);
        bool("use_erg_tag").ifPresent(builder::ergTag);
        bool("use_erg_lyric").ifPresent(builder::ergLyric);
        bool("use_erg_diffusion").ifPresent(builder::ergDiffusion);
    }

    boolean hasPrompt() {
        return has("prompt");
    }

    OptionalInt batchSize() {
        return wholeNumber("batch_size").map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    Optional<Path> savePath() {
        return string("save_path").filter(path -> !path.isEmpty()).map(this::path);
    }

    private Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new InputException(file + ": save_path: expected a file name, found '" + text + "'", e);
        }
    }

    /** The manual seeds, else those that an earlier run drew; empty when there are neither. */
    List<Long> seeds() {
        List<Long> manual = seeds("manual_seeds");
        return manual.isEmpty() ? seeds("actual_seeds") : manual;
    }

    private List<Long> seeds(String key) {
        if (!has(key)) {
            return List.of();
        }
        JsonElement value = values.get(key);
        if (isString(value)) {
            return value.getAsString().isBlank() ? List.of() : Seeds.parse(file + ": " + key, value.getAsString());
        }
        List<Long> seeds = new ArrayList<>();
        List<JsonElement> elements =
                value.isJsonArray() ? value.getAsJsonArray().asList() : List.of(value);
        for (JsonElement element : elements) {
            if (!isNumber(element)) {
                throw unexpected(key, "a whole number, a list of them or \"1,2\"");
            }
            seeds.add(Seeds.parseOne(file + ": " + key, element.getAsString()));
        }
        return seeds;
    }

    private void refuseOtherTasks() {
        requireWord("task", "text2music", "makes music from text only");
        requireWord("scheduler_type", "euler", "has the Euler scheduler only");
        requireWord("cfg_type", "apg", "has adaptive projected guidance only");
        requireWord("format", "wav", "writes WAV only");
        requireWord("lora_name_or_path", "none", "has no LoRA");
        if (has("oss_steps") && !isEmpty(values.get("oss_steps"))) {
            throw notInThisVersion("oss_steps", "no steps", "has no chosen steps");
        }
        if (bool("audio2audio_enable").orElse(false)) {
            throw notInThisVersion("audio2audio_enable", "false", "takes no audio");
        }
        double text = number("guidance_scale_text").orElse(0.0);
        double lyric = number("guidance_scale_lyric").orElse(0.0);
        if (text > 1 && lyric > 1) {
            throw notInThisVersion(
                    "guidance_scale_text", "at most 1 when guidance_scale_lyric is above 1", "has one guidance scale");
        }
    }

    private void requireWord(String key, String expected, String what) {
        Optional<String> found = string(key);
        if (found.isPresent() && !found.get().equals(expected)) {
            throw notInThisVersion(key, "\"" + expected + "\"", what);
        }
    }

    private InputException notInThisVersion(String key, String expected, String what) {
        return new InputException(file + ": " + key + " expected " + expected + ", found " + shown(key)
                + "; this version " + what + ", change or remove the key");
    }

    private static JsonObject parse(Path file, String text) {
        JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        try {
            JsonElement element = JsonParser.parseReader(reader);
            if (element.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) {
                return element.getAsJsonObject();
            }
        } catch (JsonParseException | IOException e) {
            throw new InputException(
                    file + ": expected a JSON object, found text that isn't JSON (" + e.getMessage() + ")", e);
        }
        throw new InputException(file + ": expected a JSON object, found something else or more");
    }

    private void apply(
            String key, GenerationRequest.Builder builder, BiConsumer<GenerationRequest.Builder, Double> setting) {
        number(key).ifPresent(value -> setting.accept(builder, value));
    }

    private boolean has(String key) {
        return values.has(key) && !values.get(key).isJsonNull();
    }

    private Optional<String> string(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        if (!isString(values.get(key))) {
            throw unexpected(key, "a text");
        }
        return Optional.of(values.get(key).getAsString());
    }

    private Optional<Double> number(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        if (!isNumber(values.get(key))) {
            throw unexpected(key, "a number");
        }
        return Optional.of(values.get(key).getAsDouble());
    }

    private Optional<Integer> wholeNumber(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        if (!isNumber(values.get(key))) {
            throw unexpected(key, "a whole number");
        }
        double value = values.get(key).getAsDouble();
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw unexpected(key, "a whole number");
        }
        return Optional.of((int) value);
    }

    private Optional<Boolean> bool(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        if (!(values.get(key) instanceof JsonPrimitive primitive) || !primitive.isBoolean()) {
            throw unexpected(key, "true or false");
        }
        return Optional.of(values.get(key).getAsBoolean());
    }

    private InputException unexpected(String key, String expected) {
        return new InputException(file + ": " + key + " expected " + expected + ", found " + shown(key));
    }

    private String shown(String key) {
        String text = values.get(key).toString();
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    private static boolean isEmpty(JsonElement element) {
        return element.isJsonArray() && element.getAsJsonArray().isEmpty()
                || isString(element) && element.getAsString().isBlank();
    }

    private static boolean isString(JsonElement element) {
        return element instanceof JsonPrimitive primitive && primitive.isString();
    }

    private static boolean isNumber(JsonElement element) {
        return element instanceof JsonPrimitive primitive && primitive.isNumber();
    }
}
