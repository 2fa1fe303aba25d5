package acestep4j;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a result was made from and with: enough to make it again. Immutable.
 *
 * @param settings every setting with the value that was used, the seeds of the items and a drawn duration included
 * @param bundleName the bundle's name
 * @param bundleId SHA-256 over the bundle's files
 * @param versions the versions of {@code acestep4j}, {@code onnxruntime} and {@code java}
 * @param provider the execution provider that computed
 * @param precision the bundle's precision that was used
 * @param promptTokens number of prompt tokens that the model got
 * @param promptTruncated whether the prompt was cut off at the model's limit
 * @param lyricTokens number of lyric tokens that the model got; 0 without lyrics
 * @param lyricRemarks what of the lyrics the model didn't get, each with its line
 * @param timings how long each stage took
 */
public record Receipt(
        GenerationSettings settings,
        String bundleName,
        String bundleId,
        Map<String, String> versions,
        String provider,
        String precision,
        int promptTokens,
        boolean promptTruncated,
        int lyricTokens,
        List<String> lyricRemarks,
        Map<Stage, Duration> timings) {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();
    private static final double NANOSECONDS = 1e9;

    public Receipt {
        lyricRemarks = List.copyOf(lyricRemarks);
        versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
        timings = Collections.unmodifiableMap(new EnumMap<>(timings));
    }

    /** One line of JSON with everything in it; timings in seconds. */
    public String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("software", "acestep4j " + versions.get("acestep4j"));
        json.put("bundle", bundleName);
        json.put("bundle_id", bundleId);
        json.put("precision", precision);
        json.put("provider", provider);
        json.put("versions", versions);
        json.put("prompt", settings.prompt());
        json.put("prompt_tokens", promptTokens);
        json.put("prompt_truncated", promptTruncated);
        json.put("lyrics", settings.lyrics());
        json.put("lyric_tokens", lyricTokens);
        json.put("lyric_remarks", lyricRemarks);
        json.put("duration", settings.duration());
        json.put("steps", settings.steps());
        json.put("seeds", settings.seeds());
        json.put("scheduler", "euler");
        json.put("shift", settings.shift());
        json.put("omega_scale", settings.omegaScale());
        json.put("guidance", "apg");
        json.put("guidance_scale", settings.guidanceScale());
        json.put("guidance_interval", settings.guidanceInterval());
        json.put("guidance_interval_decay", settings.guidanceIntervalDecay());
        json.put("min_guidance_scale", settings.minGuidanceScale());
        json.put("erg_tag", settings.ergTag());
        json.put("erg_lyric", settings.ergLyric());
        json.put("erg_diffusion", settings.ergDiffusion());
        Map<String, Double> seconds = new LinkedHashMap<>();
        timings.forEach(
                (stage, time) -> seconds.put(stage.name().toLowerCase(Locale.ROOT), time.toNanos() / NANOSECONDS));
        json.put("timings", seconds);
        return GSON.toJson(json);
    }
}
