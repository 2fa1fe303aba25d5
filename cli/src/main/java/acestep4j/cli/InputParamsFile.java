package acestep4j.cli;

import acestep4j.GenerationSettings;
import acestep4j.Receipt;
import acestep4j.Stage;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A receipt under the keys of the official pipeline ({@code acestep/pipeline_ace_step.py} at d612523), which can read it
 * back; settings of other tasks have the values that turn them off.
 */
final class InputParamsFile {
    private static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeNulls()
            .create();
    private static final double NANOSECONDS = 1e9;

    private InputParamsFile() {}

    /** The file's text for one item's audio file. */
    static String of(Receipt receipt, Path audioFile) {
        GenerationSettings settings = receipt.settings();
        Map<String, Object> params = new LinkedHashMap<>();
        params.put("format", "wav");
        params.put("lora_name_or_path", "none");
        params.put("lora_weight", 1.0);
        params.put("task", "text2music");
        params.put("prompt", settings.prompt());
        params.put("lyrics", settings.lyrics());
        params.put("audio_duration", settings.duration());
        params.put("infer_step", settings.steps());
        params.put("guidance_scale", settings.guidanceScale());
        params.put("scheduler_type", "euler");
        params.put("cfg_type", "apg");
        params.put("omega_scale", settings.omegaScale());
        params.put("guidance_interval", settings.guidanceInterval());
        params.put("guidance_interval_decay", settings.guidanceIntervalDecay());
        params.put("min_guidance_scale", settings.minGuidanceScale());
        params.put("use_erg_tag", settings.ergTag());
        params.put("use_erg_lyric", settings.ergLyric());
        params.put("use_erg_diffusion", settings.ergDiffusion());
        params.put("oss_steps", List.of());
        params.put("timecosts", timecosts(receipt.timings()));
        params.put("actual_seeds", settings.seeds());
        params.put("retake_seeds", List.of());
        params.put("retake_variance", 0.5);
        params.put("guidance_scale_text", 0.0);
        params.put("guidance_scale_lyric", 0.0);
        params.put("repaint_start", 0);
        params.put("repaint_end", 0);
        params.put("edit_n_min", 0.0);
        params.put("edit_n_max", 1.0);
        params.put("edit_n_avg", 1);
        params.put("src_audio_path", null);
        params.put("edit_target_prompt", null);
        params.put("edit_target_lyrics", null);
        params.put("audio2audio_enable", false);
        params.put("ref_audio_strength", 0.5);
        params.put("ref_audio_input", null);
        params.put("audio_path", audioFile.toString());
        // The official file lacks it and its reader takes it; the items of a batch influence each other.
        if (settings.batchSize() > 1) {
            params.put("batch_size", settings.batchSize());
        }
        return GSON.toJson(params) + "\n";
    }

    private static Map<String, Double> timecosts(Map<Stage, Duration> timings) {
        Map<String, Double> costs = new LinkedHashMap<>();
        costs.put("preprocess", seconds(timings, Stage.TEXT) + seconds(timings, Stage.CONDITION));
        costs.put("diffusion", seconds(timings, Stage.DIFFUSION));
        costs.put("latent2audio", seconds(timings, Stage.DECODING));
        return costs;
    }

    private static double seconds(Map<Stage, Duration> timings, Stage stage) {
        return timings.getOrDefault(stage, Duration.ZERO).toNanos() / NANOSECONDS;
    }
}
