package acestep4j;

import acestep4j.diffusion.GuidanceType;
import acestep4j.quality.SeamMeasures;
import acestep4j.request.EditRequest;
import acestep4j.request.GenerationSettings;
import acestep4j.request.Sampling;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a result was made from and with: enough to make it again. Immutable.
 *
 * @param settings every setting with the value that was used, the seeds of the items and a drawn duration included
 * @param duration seconds of each item
 * @param bundleName the bundle's name
 * @param bundleId SHA-256 over the bundle's files
 * @param versions the versions of {@code acestep4j}, {@code onnxruntime} and {@code java}
 * @param options how the bundle was opened
 * @param plan how it was carried out: with a memory limit it may be another one than the options ask for
 * @param device what computed, in which precision, and what was tried first
 * @param lora the LoRA that was in use; empty for none
 * @param promptTokens number of prompt tokens that the model got
 * @param promptTruncated whether the prompt was cut off at the model's limit
 * @param lyricTokens number of lyric tokens that the model got; 0 without lyrics
 * @param lyricRemarks what of the lyrics the model didn't get, each with its line
 * @param ignoredInputs what the request gave and the bundle's weights ignore, such as {@code lyrics}
 * @param loop the loop that the music is; empty for music that isn't one
 * @param timings how long each stage took
 */
public record Receipt(
        GenerationSettings settings,
        double duration,
        String bundleName,
        String bundleId,
        Map<String, String> versions,
        AceStepOptions options,
        Plan plan,
        DeviceChoice device,
        Optional<LoraReference> lora,
        int promptTokens,
        boolean promptTruncated,
        int lyricTokens,
        List<String> lyricRemarks,
        List<String> ignoredInputs,
        Optional<Loop> loop,
        Map<Stage, Duration> timings) {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    /** The bundle's precision that was used. */
    public String precision() {
        return device.precision();
    }

    public Receipt {
        lyricRemarks = List.copyOf(lyricRemarks);
        ignoredInputs = List.copyOf(ignoredInputs);
        versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
        timings = Collections.unmodifiableMap(new EnumMap<>(timings));
    }

    /**
     * One line of JSON with everything in it but the timings, so that the same request gives the same bytes.
     *
     * @param item the item of the batch that it is for, counted from 0
     */
    public String toJson(int item) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("software", "acestep4j " + versions.get("acestep4j"));
        json.put("bundle", bundleName);
        json.put("bundle_id", bundleId);
        json.put("precision", device.precision());
        json.put("device", device.used().label());
        json.put("device_asked", device.asked().label());
        if (!device.attempts().isEmpty()) {
            json.put(
                    "device_attempts",
                    device.attempts().stream().map(Receipt::brief).toList());
        }
        options.threads().ifPresent(count -> json.put("threads", count));
        json.put("offload", plan.offload());
        json.put("decoding", plan.decoding().label());
        lora.ifPresent(used -> json.put("lora", used));
        json.put("versions", versions);
        json.put("task", settings.request().task());
        json.put("prompt", settings.request().prompt());
        json.put("prompt_tokens", promptTokens);
        json.put("prompt_truncated", promptTruncated);
        json.put("lyrics", settings.request().lyrics());
        json.put("lyric_tokens", lyricTokens);
        json.put("lyric_remarks", lyricRemarks);
        if (!ignoredInputs.isEmpty()) {
            json.put("ignored_inputs", ignoredInputs);
        }
        json.putAll(new TreeMap<>(settings.request().taskSettings()));
        json.put("duration", duration);
        loop.ifPresent(made -> json.put("loop", json(made, item)));
        json.put("seeds", settings.seeds());
        if (!settings.retakeSeeds().isEmpty()) {
            json.put("retake_seeds", settings.retakeSeeds());
        }
        json.put("item", item);
        putSampling(json);
        return GSON.toJson(json);
    }

    private static Map<String, Object> json(Loop loop, int item) {
        SeamMeasures seam = loop.seams().get(item);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("start", loop.start());
        json.put("length", loop.length());
        json.put("bpm", loop.bpm());
        json.put("seam_step", seam.step());
        json.put("seam_step_quantile", seam.stepQuantile());
        json.put("seam_spectral_change", seam.spectralChange());
        json.put("seam_spectral_change_quantile", seam.spectralChangeQuantile());
        return json;
    }

    private static String brief(DeviceAttempt attempt) {
        return attempt.device() + ": " + attempt.reason();
    }

    /** The settings that the task has; an edit is always guided by the adaptive projected guidance, in every step. */
    private void putSampling(Map<String, Object> json) {
        Sampling sampling = settings.sampling();
        boolean isEdit = settings.request() instanceof EditRequest;
        json.put("steps", sampling.steps());
        if (!sampling.stepList().isEmpty()) {
            json.put("step_list", sampling.stepList());
        }
        json.put("shift", sampling.shift());
        json.put("scheduler", sampling.scheduler().label());
        json.put("guidance", sampling.guidance().label());
        json.put("guidance_scale", sampling.guidanceScale());
        if (isEdit) {
            return;
        }
        json.put("omega_scale", sampling.omegaScale());
        if (sampling.guidance() == GuidanceType.DOUBLE_CONDITION) {
            json.put("guidance_scale_text", sampling.guidanceScaleText());
            json.put("guidance_scale_lyric", sampling.guidanceScaleLyric());
        }
        json.put("guidance_interval", sampling.guidanceInterval());
        json.put("guidance_interval_decay", sampling.guidanceIntervalDecay());
        json.put("min_guidance_scale", sampling.minGuidanceScale());
        json.put("erg_tag", sampling.ergTag());
        json.put("erg_lyric", sampling.ergLyric());
        json.put("erg_diffusion", sampling.ergDiffusion());
    }
}
