package acestep4j.request;

import acestep4j.audio.AudioBuffer;
import acestep4j.diffusion.SchedulerType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A piece whose prompt or lyrics are exchanged for others while the rest of it is kept (FlowEdit, Kulikov et al., 2024,
 * arXiv 2412.08629). Guidance is adaptive and projected in every step; the seeds draw the noise of every step.
 *
 * @param prompt tags and words that describe the music; what is beyond the model's limit of tokens is cut off
 * @param lyrics the words, one line per line, with structure tags such as {@code [verse]}; empty for none
 * @param seeds seeds of the items' noise, 0 to 2^63-1; the last one counts for all items that have none of their own;
 *     without any, each item's seed is drawn and recorded in the receipt
 * @param batchSize number of items made at once, 1 to 16
 * @param sampling how the latents are sampled
 * @param source the piece, any sample rate, mono or stereo, described by the prompt and the lyrics; not copied
 * @param targetPrompt what is to describe the music instead
 * @param targetLyrics the words instead
 * @param nMin share of the steps that are left out at the beginning, 0 to 1: the more, the closer to the source
 * @param nMax share of the steps up to which the piece is moved from source to target, from {@code nMin} to 1; what is left
 *     of the steps samples the target freely
 * @param nAvg number of noises over which each such step is averaged, 1 to 16
 */
public record EditRequest(
        String prompt,
        String lyrics,
        List<Long> seeds,
        int batchSize,
        SamplingOptions sampling,
        AudioBuffer source,
        String targetPrompt,
        String targetLyrics,
        double nMin,
        double nMax,
        int nAvg)
        implements GenerationRequest {

    /** @throws acestep4j.InvalidRequestException naming the first field that is out of its range or contradicts another */
    public EditRequest {
        seeds = RequestRules.common(prompt, lyrics, seeds, batchSize);
        RequestRules.onlyForEdit(sampling);
        RequestRules.audio("source", source);
        RequestRules.text("targetPrompt", targetPrompt);
        RequestRules.text("targetLyrics", targetLyrics);
        RequestRules.edit(nMin, nMax, nAvg);
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String task() {
        return "edit";
    }

    @Override
    public Map<String, Object> taskSettings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("source", SourceDigest.of(source));
        settings.put("target_prompt", targetPrompt);
        settings.put("target_lyrics", targetLyrics);
        settings.put("n_min", nMin);
        settings.put("n_max", nMax);
        settings.put("n_avg", nAvg);
        return settings;
    }

    /** Collects the fields of a request; not thread-safe. */
    public static final class Builder extends RequestBuilder<EditRequest.Builder> {
        private AudioBuffer source;
        private String targetPrompt;
        private String targetLyrics;
        private double nMin;
        private double nMax = 1;
        private int nAvg = 1;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** @param audio the piece, any sample rate, mono or stereo; not copied, so leave it as it is */
        public Builder source(AudioBuffer audio) {
            source = audio;
            return this;
        }

        /** @param text what is to describe the music instead; the prompt when left out */
        public Builder targetPrompt(String text) {
            targetPrompt = RequestRules.present("targetPrompt", text);
            return this;
        }

        /** @param text the words instead; the lyrics when left out */
        public Builder targetLyrics(String text) {
            targetLyrics = RequestRules.present("targetLyrics", text);
            return this;
        }

        /** @param share of the steps left out at the beginning, 0 to 1 (0 when left out) */
        public Builder nMin(double share) {
            nMin = share;
            return this;
        }

        /** @param share of the steps up to which the piece is moved, from {@code nMin} to 1 (1 when left out) */
        public Builder nMax(double share) {
            nMax = share;
            return this;
        }

        /** @param count noises over which a step is averaged, 1 to 16 (1 when left out) */
        public Builder nAvg(int count) {
            nAvg = count;
            return this;
        }

        /** Keeps the song and exchanges a few words: {@code nMin} 0.6, {@code nMax} 1, as the official interface does. */
        public Builder onlyLyrics() {
            return nMin(0.6).nMax(1);
        }

        /** Changes melody and genre: {@code nMin} 0.2, {@code nMax} 0.4, as the official interface does. */
        public Builder remix() {
            return nMin(0.2).nMax(0.4);
        }

        /** How the latents are stepped: {@link SchedulerType#EULER} or {@link SchedulerType#PINGPONG}. */
        public Builder scheduler(SchedulerType type) {
            sampling.scheduler = given("scheduler", type);
            return this;
        }

        @Override
        public EditRequest build() {
            return new EditRequest(
                    prompt,
                    lyrics,
                    seeds,
                    batchSize,
                    sampling.build(),
                    source,
                    targetPrompt == null ? prompt : targetPrompt,
                    targetLyrics == null ? lyrics : targetLyrics,
                    nMin,
                    nMax,
                    nAvg);
        }
    }
}
