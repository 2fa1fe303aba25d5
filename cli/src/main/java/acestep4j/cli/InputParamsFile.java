package acestep4j.cli;

import acestep4j.LoraReference;
import acestep4j.Receipt;
import acestep4j.Stage;
import acestep4j.codecs.AudioFormat;
import acestep4j.diffusion.GuidanceType;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.ExtendRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.GenerationSettings;
import acestep4j.request.LoopRequest;
import acestep4j.request.RepaintRequest;
import acestep4j.request.Sampling;
import acestep4j.request.VariedRequest;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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

    /**
     * The file's text for one item's audio file.
     *
     * @param source the file of the sound that was started from
     * @param lora the file of the LoRA that was in use
     */
    static String of(Receipt receipt, Path audioFile, Optional<Path> source, Optional<Path> lora) {
        GenerationSettings settings = receipt.settings();
        GenerationRequest request = settings.request();
        Sampling sampling = settings.sampling();
        boolean isDouble = sampling.guidance() == GuidanceType.DOUBLE_CONDITION;
        boolean isEdit = request instanceof EditRequest;
        Map<String, Object> params = new LinkedHashMap<>();
        params.put("format", format(audioFile));
        params.put("lora_name_or_path", lora.map(Path::toString).orElse("none"));
        params.put("lora_weight", receipt.lora().map(LoraReference::weight).orElse(1.0));
        params.put("task", request.task());
        params.put("prompt", request.prompt());
        params.put("lyrics", request.lyrics());
        params.put("audio_duration", receipt.duration());
        params.put("infer_step", sampling.steps());
        params.put("guidance_scale", sampling.guidanceScale());
        params.put("scheduler_type", sampling.scheduler().label());
        params.put(
                "cfg_type",
                isDouble ? GuidanceType.APG.label() : sampling.guidance().label());
        params.put("omega_scale", sampling.omegaScale());
        params.put("guidance_interval", sampling.guidanceInterval());
        params.put("guidance_interval_decay", sampling.guidanceIntervalDecay());
        params.put("min_guidance_scale", sampling.minGuidanceScale());
        params.put("use_erg_tag", sampling.ergTag());
        params.put("use_erg_lyric", sampling.ergLyric());
        params.put("use_erg_diffusion", sampling.ergDiffusion());
        params.put("oss_steps", sampling.stepList());
        params.put("timecosts", timecosts(receipt.timings()));
        params.put("actual_seeds", isEdit ? List.of() : settings.seeds());
        params.put("retake_seeds", isEdit ? settings.seeds() : settings.retakeSeeds());
        params.put("retake_variance", request instanceof VariedRequest varied ? varied.variance() : 0.5);
        params.put("guidance_scale_text", sampling.guidanceScaleText());
        params.put("guidance_scale_lyric", sampling.guidanceScaleLyric());
        putRange(request, params);
        putEdit(request, params);
        putReference(request, source, params);
        if (request instanceof LoopRequest loop) { // the official file knows no loops
            params.putAll(new TreeMap<>(loop.taskSettings()));
        }
        params.put("audio_path", audioFile.toString());
        // The official file lacks it and its reader takes it; the items of a batch influence each other.
        if (request.batchSize() > 1) {
            params.put("batch_size", request.batchSize());
        }
        return GSON.toJson(params) + "\n";
    }

    private static String format(Path audioFile) {
        boolean hasExtension = String.valueOf(audioFile.getFileName()).lastIndexOf('.') > 0;
        AudioFormat format = AudioFormat.of(hasExtension ? audioFile : Path.of("output.wav"));
        return format.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static void putRange(GenerationRequest request, Map<String, Object> params) {
        double start = 0;
        double end = 0;
        if (request instanceof RepaintRequest repaint) {
            start = repaint.start();
            end = repaint.end();
        } else if (request instanceof ExtendRequest extend) {
            start = 0 - extend.left();
            end = extend.source().seconds() + extend.right();
        }
        params.put("repaint_start", start);
        params.put("repaint_end", end);
    }

    private static void putEdit(GenerationRequest request, Map<String, Object> params) {
        Optional<EditRequest> edit = request instanceof EditRequest each ? Optional.of(each) : Optional.empty();
        params.put("edit_n_min", edit.map(EditRequest::nMin).orElse(0.0));
        params.put("edit_n_max", edit.map(EditRequest::nMax).orElse(1.0));
        params.put("edit_n_avg", edit.map(EditRequest::nAvg).orElse(1));
        params.put("edit_target_prompt", edit.map(EditRequest::targetPrompt).orElse(null));
        params.put("edit_target_lyrics", edit.map(EditRequest::targetLyrics).orElse(null));
    }

    private static void putReference(GenerationRequest request, Optional<Path> source, Map<String, Object> params) {
        String name = source.map(Path::toString).orElse(null);
        boolean isReference = request instanceof AudioToAudioRequest;
        params.put("src_audio_path", isReference ? null : name);
        params.put("audio2audio_enable", isReference);
        params.put("ref_audio_strength", request instanceof AudioToAudioRequest each ? each.strength() : 0.5);
        params.put("ref_audio_input", isReference ? name : null);
    }

    private static Map<String, Double> timecosts(Map<Stage, Duration> timings) {
        Map<String, Double> costs = new LinkedHashMap<>();
        costs.put(
                "preprocess",
                seconds(timings, Stage.TEXT) + seconds(timings, Stage.SOURCE) + seconds(timings, Stage.CONDITION));
        costs.put("diffusion", seconds(timings, Stage.DIFFUSION));
        costs.put("latent2audio", seconds(timings, Stage.DECODING));
        return costs;
    }

    private static double seconds(Map<Stage, Duration> timings, Stage stage) {
        return timings.getOrDefault(stage, Duration.ZERO).toNanos() / NANOSECONDS;
    }
}
