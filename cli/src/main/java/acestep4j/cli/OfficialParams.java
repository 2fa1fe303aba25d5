package acestep4j.cli;

import acestep4j.audio.AudioBuffer;
import acestep4j.diffusion.GuidanceType;
import acestep4j.diffusion.SchedulerType;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.ExtendRequest;
import acestep4j.request.GuidedRequestBuilder;
import acestep4j.request.LoopRequest;
import acestep4j.request.LoopSeam;
import acestep4j.request.RepaintRequest;
import acestep4j.request.RequestBuilder;
import acestep4j.request.RetakeRequest;
import acestep4j.request.ScheduledRequestBuilder;
import acestep4j.request.TextToMusicRequest;
import acestep4j.request.TimedRequestBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import picocli.CommandLine.TypeConversionException;

/**
 * The settings in a {@code *_input_params.json}, as the official pipeline writes it beside its audio
 * ({@code acestep/pipeline_ace_step.py} at d612523). Settings that the task doesn't use are ignored, as there. A key whose
 * value is null counts as absent.
 */
final class OfficialParams {
    /** Facts about the run that wrote the file. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("audio_path", "timecosts", "debug");

    private static final Set<String> WITH_EFFECT = Set.of(
            "format",
            "lora_name_or_path",
            "lora_weight",
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
            "retake_seeds",
            "retake_variance",
            "guidance_scale_text",
            "guidance_scale_lyric",
            "repaint_start",
            "repaint_end",
            "src_audio_path",
            "edit_target_prompt",
            "edit_target_lyrics",
            "edit_n_min",
            "edit_n_max",
            "edit_n_avg",
            "audio2audio_enable",
            "ref_audio_strength",
            "ref_audio_input",
            "batch_size",
            "save_path");

    /** Of a loop, which is no task of the official pipeline. */
    private static final Set<String> LOOP_KEYS = Set.of("bpm", "beats_per_bar", "bars", "seam", "seam_seconds");

    private static final Set<String> TASKS =
            Set.of("text2music", "retake", "repaint", "extend", "edit", "audio2audio", "loop");
    private static final Set<String> FORMATS = Set.of("wav", "flac", "ogg", "mp3");

    /** Of the latents of ACE-Step v1. */
    private static final double FRAMES_PER_SECOND = 44_100 / 512.0 / 8;

    private final Path file;
    private final JsonObject values;

    /** What a flag names instead of the file's own sound. */
    private final Optional<AudioBuffer> sound;

    /** The sounds that have been read, each of them once. */
    private final Map<Path, AudioBuffer> read = new HashMap<>();

    private OfficialParams(Path file, JsonObject values, Optional<AudioBuffer> sound) {
        this.file = file;
        this.values = values;
        this.sound = sound;
    }

    /** @throws InputException naming the file and the key that can't be used */
    static OfficialParams read(Path file) {
        OfficialParams params =
                new OfficialParams(file, parse(file, InputFile.read("--params", file)), Optional.empty());
        params.check();
        return params;
    }

    /** The same for another number of items. */
    OfficialParams withBatchSize(int items) {
        JsonObject changed = values.deepCopy();
        changed.addProperty("batch_size", items);
        return new OfficialParams(file, changed, sound);
    }

    /** The same with another sound to start from, if there is one; the file's own is not read then. */
    OfficialParams withSound(Optional<AudioBuffer> other) {
        return new OfficialParams(file, values, other.or(() -> sound));
    }

    /** The keys that mean nothing here or in the official pipeline, in the file's order. */
    List<String> unknownKeys() {
        return values.keySet().stream()
                .filter(key -> !WITH_EFFECT.contains(key) && !WITHOUT_EFFECT.contains(key) && !LOOP_KEYS.contains(key))
                .toList();
    }

    /** A builder for the file's own task, with everything set but the seeds and the batch size. */
    RequestBuilder<?> builder() {
        RequestBuilder<?> builder =
                switch (task()) {
                    case "retake" -> RetakeRequest.builder();
                    case "repaint", "extend" -> paintsBeside() ? ExtendRequest.builder() : RepaintRequest.builder();
                    case "edit" -> EditRequest.builder();
                    case "audio2audio" -> AudioToAudioRequest.builder();
                    case "loop" -> LoopRequest.builder();
                    default -> TextToMusicRequest.builder();
                };
        applyTo(builder);
        return builder;
    }

    /** Sets what the task of the builder has, but for the seeds and the batch size. */
    void applyTo(RequestBuilder<?> builder) {
        string("prompt").ifPresent(builder::prompt);
        string("lyrics").ifPresent(builder::lyrics);
        number("guidance_scale").ifPresent(builder::guidanceScale);
        wholeNumber("infer_step").ifPresent(builder::steps);
        if (builder instanceof GuidedRequestBuilder<?> guided) {
            applyGuidance(guided);
        }
        if (builder instanceof ScheduledRequestBuilder<?> scheduled) {
            applyScheduled(scheduled);
        }
        if (builder instanceof TimedRequestBuilder<?> timed) {
            applyTimed(timed);
        }
        if (builder instanceof RetakeRequest.Builder retake) {
            number("retake_variance").ifPresent(retake::variance);
            retake.retakeSeeds(retakeSeeds());
        } else if (builder instanceof RepaintRequest.Builder repaint) {
            applyRepaint(repaint);
        } else if (builder instanceof ExtendRequest.Builder extend) {
            applyExtend(extend);
        } else if (builder instanceof EditRequest.Builder edit) {
            applyEdit(edit);
        } else if (builder instanceof AudioToAudioRequest.Builder audioToAudio) {
            applyAudioToAudio(audioToAudio);
        } else if (builder instanceof LoopRequest.Builder loop) {
            applyLoop(loop);
        }
    }

    private void applyGuidance(GuidedRequestBuilder<?> builder) {
        string("cfg_type").map(this::guidance).ifPresent(builder::guidance);
        double text = number("guidance_scale_text").orElse(0.0);
        double lyric = number("guidance_scale_lyric").orElse(0.0);
        if (text > 1 && lyric > 1) {
            builder.doubleCondition(text, lyric);
        }
        number("guidance_interval").ifPresent(builder::guidanceInterval);
        number("guidance_interval_decay").ifPresent(builder::guidanceIntervalDecay);
        number("min_guidance_scale").ifPresent(builder::minGuidanceScale);
        bool("use_erg_tag").ifPresent(builder::ergTag);
        bool("use_erg_lyric").ifPresent(builder::ergLyric);
        bool("use_erg_diffusion").ifPresent(builder::ergDiffusion);
    }

    private void applyTimed(TimedRequestBuilder<?> builder) {
        number("audio_duration").ifPresent(seconds -> {
            if (seconds <= 0) {
                builder.randomDuration();
            } else {
                builder.duration(seconds);
            }
        });
    }

    private void applyScheduled(ScheduledRequestBuilder<?> builder) {
        builder.stepList(stepList());
        string("scheduler_type").map(this::scheduler).ifPresent(builder::scheduler);
        number("omega_scale").ifPresent(builder::omegaScale);
    }

    private void applyLoop(LoopRequest.Builder builder) {
        number("bpm").ifPresent(builder::bpm);
        wholeNumber("beats_per_bar").ifPresent(builder::beatsPerBar);
        wholeNumber("bars").ifPresent(builder::bars);
        string("seam").map(this::seam).ifPresent(builder::seam);
        number("seam_seconds").ifPresent(builder::seamSeconds);
        if (task().equals("loop")) {
            builder.retakeSeeds(retakeSeeds());
        }
    }

    private LoopSeam seam(String label) {
        return LoopSeam.labelled(label).orElseThrow(() -> unexpected("seam", "repaint or crossfade"));
    }

    /** The range of a file that extends, or that knows no range, isn't one. */
    private void applyRepaint(RepaintRequest.Builder builder) {
        Optional<AudioBuffer> source = source();
        source.ifPresent(builder::source);
        if (source.isPresent() && paints()) {
            builder.start(number("repaint_start").orElse(0.0));
            builder.end(Math.min(number("repaint_end").orElse(0.0), source.get().seconds()));
        }
        if (paints()) {
            number("retake_variance").ifPresent(builder::variance);
            builder.retakeSeeds(retakeSeeds());
        }
        builder.stepList(stepList());
    }

    private void applyExtend(ExtendRequest.Builder builder) {
        Optional<AudioBuffer> source = source();
        source.ifPresent(builder::source);
        if (source.isPresent() && paints()) {
            double seconds = source.get().seconds();
            builder.left(Math.max(0, -number("repaint_start").orElse(0.0)));
            builder.right(Math.max(0, number("repaint_end").orElse(0.0) - seconds));
        }
        if (paints()) {
            number("retake_variance").ifPresent(builder::variance);
            builder.retakeSeeds(retakeSeeds());
        }
        builder.stepList(stepList());
    }

    private void applyEdit(EditRequest.Builder builder) {
        source().ifPresent(builder::source);
        string("edit_target_prompt").ifPresent(builder::targetPrompt);
        string("edit_target_lyrics").ifPresent(builder::targetLyrics);
        number("edit_n_min").ifPresent(builder::nMin);
        number("edit_n_max").ifPresent(builder::nMax);
        wholeNumber("edit_n_avg").ifPresent(builder::nAvg);
        string("scheduler_type")
                .map(this::scheduler)
                .filter(type -> type == SchedulerType.PINGPONG)
                .ifPresent(builder::scheduler);
    }

    private void applyAudioToAudio(AudioToAudioRequest.Builder builder) {
        sound.or(() -> sound("ref_audio_input")).ifPresent(builder::reference);
        number("ref_audio_strength").ifPresent(builder::strength);
        string("scheduler_type").map(this::scheduler).ifPresent(builder::scheduler);
        number("omega_scale").ifPresent(builder::omegaScale);
        List<Integer> steps = stepList();
        if (!steps.isEmpty()) {
            builder.steps(steps.get(steps.size() - 1));
        }
    }

    private Optional<AudioBuffer> source() {
        return sound.or(() -> sound("src_audio_path"));
    }

    private Optional<AudioBuffer> sound(String key) {
        return file(key).map(path -> read.computeIfAbsent(path, found -> SourceFile.read(file + ": " + key, found)));
    }

    /** The sound that the file's own task starts from. */
    Optional<Path> sourceFile() {
        return file(task().equals("audio2audio") ? "ref_audio_input" : "src_audio_path");
    }

    /** Audio to audio is turned on by a switch, whatever the task. */
    private String task() {
        boolean hasReference = bool("audio2audio_enable").orElse(false) && has("ref_audio_input");
        return hasReference ? "audio2audio" : string("task").orElse("text2music");
    }

    private boolean paints() {
        return task().equals("repaint") || task().equals("extend");
    }

    /** In the official pipeline the range decides what repaint and extend do. */
    private boolean paintsBeside() {
        double start = number("repaint_start").orElse(0.0);
        double end = number("repaint_end").orElse(0.0);
        return start < 0
                || source().map(audio ->
                                (int) (end * FRAMES_PER_SECOND) > Math.ceil(audio.seconds() * FRAMES_PER_SECOND))
                        .orElse(false);
    }

    private SchedulerType scheduler(String label) {
        return SchedulerType.labelled(label)
                .orElseThrow(() -> unexpected("scheduler_type", "a scheduler such as euler"));
    }

    private GuidanceType guidance(String label) {
        return GuidanceType.labelled(label)
                .filter(type -> type != GuidanceType.DOUBLE_CONDITION)
                .orElseThrow(() -> unexpected("cfg_type", "a guidance such as apg"));
    }

    private List<Integer> stepList() {
        if (!has("oss_steps") || isEmpty(values.get("oss_steps"))) {
            return List.of();
        }
        JsonElement value = values.get("oss_steps");
        try {
            if (isString(value)) {
                return Labels.steps(value.getAsString());
            }
            return value.getAsJsonArray().asList().stream()
                    .map(JsonElement::getAsInt)
                    .toList();
        } catch (TypeConversionException | IllegalStateException | NumberFormatException e) {
            throw unexpected("oss_steps", "whole numbers in a list or with commas between");
        }
    }

    /** The audio format that is asked for. */
    String format() {
        return string("format").orElse("wav");
    }

    boolean hasPrompt() {
        return has("prompt");
    }

    OptionalInt batchSize() {
        return wholeNumber("batch_size").map(OptionalInt::of).orElse(OptionalInt.empty());
    }

    /** The LoRA's file or folder; empty for "none". */
    Optional<Path> loraFile() {
        return file("lora_name_or_path").filter(path -> !path.equals(Path.of("none")));
    }

    double loraWeight() {
        return number("lora_weight").orElse(1.0);
    }

    Optional<Path> savePath() {
        return file("save_path");
    }

    private Optional<Path> file(String key) {
        return string(key).filter(name -> !name.isEmpty()).map(name -> {
            try {
                return Path.of(name);
            } catch (InvalidPathException e) {
                throw new InputException(file + ": " + key + ": expected a file name, found '" + name + "'", e);
            }
        });
    }

    /** The seeds of a request's noise, at most one for each item; as in the official pipeline, those beyond don't count. */
    List<Long> seeds(RequestBuilder<?> builder, int items, PrintWriter err) {
        List<Long> seeds = builder instanceof EditRequest.Builder ? seeds("retake_seeds") : seeds();
        if (seeds.size() <= items || items < 1) {
            return seeds;
        }
        err.println("acestep4j: warning: " + file + ": " + seeds.size() + " seeds for " + items
                + (items == 1 ? " item" : " items") + "; only the first count");
        return seeds.subList(0, items);
    }

    /** The manual seeds, else those that an earlier run drew; empty when there are neither. */
    List<Long> seeds() {
        List<Long> manual = seeds("manual_seeds");
        return manual.isEmpty() ? seeds("actual_seeds") : manual;
    }

    /** Those of the second noise, which the official pipeline draws for every item and records for all tasks. */
    private List<Long> retakeSeeds() {
        List<Long> seeds = seeds("retake_seeds");
        int items = batchSize().orElse(1);
        return items < 1 ? seeds : seeds.subList(0, Math.min(items, seeds.size()));
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

    private void check() {
        requireOneOf("task", TASKS);
        requireOneOf("format", FORMATS);
    }

    private void requireOneOf(String key, Set<String> words) {
        string(key).filter(word -> !words.contains(word)).ifPresent(word -> {
            throw unexpected(key, "one of " + words.stream().sorted().toList());
        });
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
