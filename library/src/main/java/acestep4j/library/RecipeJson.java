package acestep4j.library;

import acestep4j.DecodingMode;
import acestep4j.InvalidRequestException;
import acestep4j.diffusion.GuidanceType;
import acestep4j.diffusion.SchedulerType;
import acestep4j.request.Sampling;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A recipe as the content of a JSON object, and back. */
final class RecipeJson {
    private static final String WHERE = "recipe";
    private static final int FORMAT = 1;

    /** The tasks without a source, which say how long they are. */
    private static final List<String> TIMED = List.of("text2music", "retake");

    /** The tasks with a second noise. */
    private static final List<String> VARIED = List.of("retake", "repaint", "extend");

    private static final Map<String, Map<String, Kind>> TASK_SETTINGS = Map.of(
            "text2music",
            Map.of(),
            "retake",
            Map.of("variance", Kind.NUMBER),
            "repaint",
            Map.of("source", Kind.SOUND, "start", Kind.NUMBER, "end", Kind.NUMBER, "variance", Kind.NUMBER),
            "extend",
            Map.of("source", Kind.SOUND, "left", Kind.NUMBER, "right", Kind.NUMBER, "variance", Kind.NUMBER),
            "edit",
            Map.of(
                    "source",
                    Kind.SOUND,
                    "target_prompt",
                    Kind.TEXT,
                    "target_lyrics",
                    Kind.TEXT,
                    "n_min",
                    Kind.NUMBER,
                    "n_max",
                    Kind.NUMBER,
                    "n_avg",
                    Kind.WHOLE),
            "audio2audio",
            Map.of("reference", Kind.SOUND, "strength", Kind.NUMBER),
            "loop",
            Map.of(
                    "bpm",
                    Kind.NUMBER,
                    "beats_per_bar",
                    Kind.WHOLE,
                    "bars",
                    Kind.WHOLE,
                    "seam",
                    Kind.TEXT,
                    "seam_seconds",
                    Kind.NUMBER));

    private enum Kind {
        NUMBER,
        WHOLE,
        TEXT,
        SOUND
    }

    private RecipeJson() {}

    static SortedMap<String, Object> content(Recipe recipe) {
        SortedMap<String, Object> content = new TreeMap<>(recipe.taskSettings());
        content.put("format", FORMAT);
        content.put("bundle_id", recipe.bundleId());
        content.put("precision", recipe.precision());
        recipe.lora().ifPresent(lora -> content.put("lora", Map.of("sha256", lora.sha256(), "weight", lora.weight())));
        content.put("task", recipe.task());
        content.put("prompt", recipe.prompt());
        content.put("lyrics", recipe.lyrics());
        recipe.duration().ifPresent(seconds -> content.put("duration", seconds));
        content.put("seeds", recipe.seeds());
        if (!recipe.retakeSeeds().isEmpty()) {
            content.put("retake_seeds", recipe.retakeSeeds());
        }
        content.put("item", recipe.item());
        content.put("decoding", recipe.decoding().label());
        putSampling(recipe.sampling(), content);
        return content;
    }

    private static void putSampling(Sampling sampling, Map<String, Object> content) {
        content.put("steps", sampling.steps());
        content.put("step_list", sampling.stepList());
        content.put("scheduler", sampling.scheduler().label());
        content.put("omega_scale", sampling.omegaScale());
        content.put("guidance", sampling.guidance().label());
        content.put("guidance_scale", sampling.guidanceScale());
        content.put("guidance_interval", sampling.guidanceInterval());
        content.put("guidance_interval_decay", sampling.guidanceIntervalDecay());
        content.put("min_guidance_scale", sampling.minGuidanceScale());
        content.put("guidance_scale_text", sampling.guidanceScaleText());
        content.put("guidance_scale_lyric", sampling.guidanceScaleLyric());
        content.put("erg_tag", sampling.ergTag());
        content.put("erg_lyric", sampling.ergLyric());
        content.put("erg_diffusion", sampling.ergDiffusion());
        content.put("shift", sampling.shift());
    }

    static Recipe read(String json) {
        JsonFields fields = JsonFields.parse(WHERE, json);
        int format = fields.integer("format");
        if (format != FORMAT) {
            throw fields.unexpected("format", String.valueOf(FORMAT), format);
        }
        String task = fields.text("task");
        Map<String, Kind> kinds = TASK_SETTINGS.get(task);
        if (kinds == null) {
            throw fields.unexpected("task", "one of " + new TreeMap<>(TASK_SETTINGS).keySet(), task);
        }
        SortedMap<String, Object> taskSettings = new TreeMap<>();
        kinds.forEach((key, kind) -> taskSettings.put(key, value(fields, key, kind)));
        List<Long> seeds = fields.wholes("seeds");
        int item = fields.integer("item");
        if (item < 0 || item >= seeds.size()) {
            throw fields.unexpected("item", "0 to " + (seeds.size() - 1), item);
        }
        Recipe recipe = new Recipe(
                fields.text("bundle_id"),
                fields.text("precision"),
                fields.objectIfPresent("lora").map(RecipeJson::lora),
                task,
                fields.text("prompt"),
                fields.text("lyrics"),
                TIMED.contains(task) ? OptionalDouble.of(fields.number("duration")) : OptionalDouble.empty(),
                seeds,
                retakeSeeds(task, fields),
                item,
                sampling(fields),
                decoding(fields),
                taskSettings);
        fields.end();
        return recipe;
    }

    /** A loop may go on with the noise of its seeds. */
    private static List<Long> retakeSeeds(String task, JsonFields fields) {
        if (VARIED.contains(task)) {
            return fields.wholes("retake_seeds");
        }
        return task.equals("loop") ? fields.wholesIfPresent("retake_seeds") : List.of();
    }

    private static Object value(JsonFields fields, String key, Kind kind) {
        return switch (kind) {
            case NUMBER -> fields.number(key);
            case WHOLE -> fields.integer(key);
            case TEXT -> fields.text(key);
            case SOUND -> sound(fields.object(key));
        };
    }

    private static Map<String, Object> sound(JsonFields fields) {
        Map<String, Object> sound = Map.of(
                "seconds",
                fields.number("seconds"),
                "sample_rate",
                fields.integer("sample_rate"),
                "channels",
                fields.integer("channels"),
                "sha256",
                fields.text("sha256"));
        fields.end();
        return sound;
    }

    private static DecodingMode decoding(JsonFields fields) {
        String label = fields.text("decoding");
        return Arrays.stream(DecodingMode.values())
                .filter(mode -> mode.label().equals(label))
                .findFirst()
                .orElseThrow(() -> fields.unexpected(
                        "decoding",
                        Arrays.stream(DecodingMode.values())
                                .map(DecodingMode::label)
                                .collect(Collectors.joining(" or ")),
                        label));
    }

    private static Recipe.Lora lora(JsonFields fields) {
        Recipe.Lora lora = new Recipe.Lora(fields.text("sha256"), fields.number("weight"));
        fields.end();
        return lora;
    }

    private static Sampling sampling(JsonFields fields) {
        String scheduler = fields.text("scheduler");
        String guidance = fields.text("guidance");
        Optional<SchedulerType> schedulerType = SchedulerType.labelled(scheduler);
        Optional<GuidanceType> guidanceType = GuidanceType.labelled(guidance);
        try {
            return new Sampling(
                    fields.integer("steps"),
                    fields.integers("step_list"),
                    schedulerType.orElseThrow(() -> fields.unexpected("scheduler", "a scheduler", scheduler)),
                    fields.number("omega_scale"),
                    guidanceType.orElseThrow(() -> fields.unexpected("guidance", "a kind of guidance", guidance)),
                    fields.number("guidance_scale"),
                    fields.number("guidance_interval"),
                    fields.number("guidance_interval_decay"),
                    fields.number("min_guidance_scale"),
                    fields.number("guidance_scale_text"),
                    fields.number("guidance_scale_lyric"),
                    fields.flag("erg_tag"),
                    fields.flag("erg_lyric"),
                    fields.flag("erg_diffusion"),
                    fields.number("shift"));
        } catch (InvalidRequestException e) {
            throw new LibraryException(WHERE + ": " + e.getMessage(), e);
        }
    }
}
