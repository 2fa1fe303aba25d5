package acestep4j;

import acestep4j.diffusion.GuidanceType;
import acestep4j.diffusion.SchedulerType;
import acestep4j.golden.SyntheticSound;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.ExtendRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.GuidedRequestBuilder;
import acestep4j.request.RepaintRequest;
import acestep4j.request.RequestBuilder;
import acestep4j.request.RetakeRequest;
import acestep4j.request.TextToMusicRequest;
import acestep4j.request.TimedRequestBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;

/** Arguments of the official pipeline as the request that means the same. Sources are synthetic sounds by their names. */
final class OfficialCase {
    private final JsonObject arguments;

    private OfficialCase(JsonObject arguments) {
        this.arguments = arguments;
    }

    static GenerationRequest request(JsonObject arguments) {
        return new OfficialCase(arguments).request();
    }

    private GenerationRequest request() {
        RequestBuilder<?> builder = builder();
        builder.prompt(text("prompt")).lyrics(text("lyrics"));
        builder.batchSize((int) number("batch_size", 1));
        builder.seeds(seeds(builder instanceof EditRequest.Builder ? "retake_seeds" : "manual_seeds"));
        if (has("infer_step")) {
            builder.steps((int) number("infer_step", 0));
        }
        if (has("guidance_scale")) {
            builder.guidanceScale(number("guidance_scale", 0));
        }
        if (builder instanceof GuidedRequestBuilder<?> guided) {
            guide(guided);
        }
        if (builder instanceof TimedRequestBuilder<?> timed) {
            time(timed);
        }
        return builder.build();
    }

    private RequestBuilder<?> builder() {
        if (has("audio2audio_enable")) {
            AudioToAudioRequest.Builder builder = AudioToAudioRequest.builder()
                    .reference(SyntheticSound.named(text("ref_audio_input")))
                    .strength(number("ref_audio_strength", 0));
            if (has("scheduler_type")) {
                builder.scheduler(scheduler());
            }
            return builder;
        }
        return switch (has("task") ? text("task") : "text2music") {
            case "retake" ->
                RetakeRequest.builder().variance(number("retake_variance", 0)).retakeSeeds(seeds("retake_seeds"));
            case "repaint" ->
                RepaintRequest.builder()
                        .source(SyntheticSound.named(text("src_audio_path")))
                        .start(number("repaint_start", 0))
                        .end(number("repaint_end", 0))
                        .variance(number("retake_variance", 0))
                        .retakeSeeds(seeds("retake_seeds"));
            case "extend" -> extend();
            case "edit" -> edit();
            default -> TextToMusicRequest.builder();
        };
    }

    /** With a left side the official code counts the end of the right one from the new beginning. */
    private ExtendRequest.Builder extend() {
        double left = -number("repaint_start", 0);
        double right = number("repaint_end", 0) - number("audio_duration", 0);
        return ExtendRequest.builder()
                .source(SyntheticSound.named(text("src_audio_path")))
                .left(left)
                .right(left > 0 ? Math.max(0, right - left) : right)
                .variance(number("retake_variance", 0))
                .retakeSeeds(seeds("retake_seeds"));
    }

    private EditRequest.Builder edit() {
        EditRequest.Builder builder = EditRequest.builder()
                .source(SyntheticSound.named(text("src_audio_path")))
                .targetPrompt(text("edit_target_prompt"))
                .targetLyrics(text("edit_target_lyrics"))
                .nMin(number("edit_n_min", 0))
                .nMax(number("edit_n_max", 1))
                .nAvg((int) number("edit_n_avg", 1));
        return has("scheduler_type") ? builder.scheduler(scheduler()) : builder;
    }

    private void guide(GuidedRequestBuilder<?> builder) {
        if (has("cfg_type")) {
            builder.guidance(GuidanceType.labelled(text("cfg_type")).orElseThrow());
        }
        if (has("guidance_scale_text")) {
            builder.doubleCondition(number("guidance_scale_text", 0), number("guidance_scale_lyric", 0));
        }
        if (has("guidance_interval")) {
            builder.guidanceInterval(number("guidance_interval", 0));
        }
        if (has("guidance_interval_decay")) {
            builder.guidanceIntervalDecay(number("guidance_interval_decay", 0));
        }
        if (has("min_guidance_scale")) {
            builder.minGuidanceScale(number("min_guidance_scale", 0));
        }
        if (has("use_erg_tag")) {
            builder.ergTag(arguments.get("use_erg_tag").getAsBoolean());
        }
        if (has("use_erg_lyric")) {
            builder.ergLyric(arguments.get("use_erg_lyric").getAsBoolean());
        }
        if (has("use_erg_diffusion")) {
            builder.ergDiffusion(arguments.get("use_erg_diffusion").getAsBoolean());
        }
    }

    private void time(TimedRequestBuilder<?> builder) {
        builder.duration(number("audio_duration", 0));
        if (has("scheduler_type")) {
            builder.scheduler(scheduler());
        }
        if (has("omega_scale")) {
            builder.omegaScale(number("omega_scale", 0));
        }
        if (has("oss_steps")) {
            builder.stepList(Arrays.stream(text("oss_steps").split(", "))
                    .map(Integer::valueOf)
                    .toList());
        }
    }

    private SchedulerType scheduler() {
        return SchedulerType.labelled(text("scheduler_type")).orElseThrow();
    }

    private List<Long> seeds(String key) {
        return arguments.getAsJsonArray(key).asList().stream()
                .map(JsonElement::getAsLong)
                .toList();
    }

    private boolean has(String key) {
        return arguments.has(key);
    }

    private String text(String key) {
        return arguments.get(key).getAsString();
    }

    private double number(String key, double otherwise) {
        return has(key) ? arguments.get(key).getAsDouble() : otherwise;
    }
}
