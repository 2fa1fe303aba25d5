package acestep4j.request;

import acestep4j.audio.AudioBuffer;
import acestep4j.audio.EqualPower;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Music from a prompt and lyrics whose end runs into its beginning, as long as its bars are at its tempo.
 *
 * <p>The model hears of the tempo through the prompt alone, such as by {@code 120 bpm}: name it there.
 *
 * <p>{@link LoopSeam#REPAINT}: the loop is the whole number of latent frames, of 4096 samples at 44.1 kHz, that is nearest to
 * the length. {@link acestep4j.Loop#bpm} says which tempo that is; from 5 s on it differs by less than 1 %. The music is made,
 * and then the frames around its seam anew, in plain steps whatever the scheduler. {@link LoopSeam#CROSSFADE}: the loop has the
 * length to the sample.
 *
 * @param prompt tags and words that describe the music; what is beyond the model's limit of tokens is cut off
 * @param lyrics the words, one line per line, with structure tags such as {@code [verse]}; empty for none
 * @param seeds seeds of the items' noise, 0 to 2^63-1; the last one counts for all items that have none of their own;
 *     without any, each item's seed is drawn and recorded in the receipt
 * @param batchSize number of items made at once, 1 to 16
 * @param sampling how the latents are sampled
 * @param bpm beats per minute, 30 to 300
 * @param beatsPerBar 1 to 32
 * @param bars at least 1; all of them together take 1 to 240 seconds
 * @param seam how the end is made to run into the beginning
 * @param seamSeconds how long the music is that is made anew around the seam (at least 0.2 s, counted to whole latent frames
 *     on both sides of it), or how long the fade is (at least 0.01 s); at most half of the loop. Loop and fade together take at
 *     most 240 seconds
 * @param retakeSeeds seeds of the noise around the seam, under the same rules as the seeds; without any, it is the noise that
 *     comes next from each item's own seed. Only for {@link LoopSeam#REPAINT}
 */
public record LoopRequest(
        String prompt,
        String lyrics,
        List<Long> seeds,
        int batchSize,
        SamplingOptions sampling,
        double bpm,
        int beatsPerBar,
        int bars,
        LoopSeam seam,
        double seamSeconds,
        List<Long> retakeSeeds)
        implements GenerationRequest {

    /** @throws acestep4j.InvalidRequestException naming the first field that is out of its range or contradicts another */
    public LoopRequest {
        seeds = RequestRules.common(prompt, lyrics, seeds, batchSize);
        RequestRules.bars(bpm, beatsPerBar, bars);
        RequestRules.present("seam", seam);
        RequestRules.seam(seam, seamSeconds, seconds(bpm, beatsPerBar, bars));
        retakeSeeds = RequestRules.seeds("retakeSeeds", retakeSeeds, batchSize);
        RequestRules.absent("retakeSeeds", "a crossfade", seam == LoopSeam.CROSSFADE && !retakeSeeds.isEmpty());
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String task() {
        return "loop";
    }

    @Override
    public Map<String, Object> taskSettings() {
        return Map.of(
                "bpm",
                bpm,
                "beats_per_bar",
                beatsPerBar,
                "bars",
                bars,
                "seam",
                seam.label(),
                "seam_seconds",
                seamSeconds);
    }

    /** How long the bars are at the tempo that is asked for. */
    public double seconds() {
        return seconds(bpm, beatsPerBar, bars);
    }

    private static double seconds(double bpm, int beatsPerBar, int bars) {
        return bars * (double) beatsPerBar * 60 / bpm;
    }

    /**
     * The loop in the sound of its latents. {@link LoopSeam#REPAINT}: that sound, in the mode
     * {@link acestep4j.DecodingMode#CIRCULAR}, is the loop. {@link LoopSeam#CROSSFADE}: what is beyond the end fades out over
     * the beginning.
     *
     * @param decoded the sound of all the latents; not changed
     */
    public AudioBuffer loopOf(AudioBuffer decoded) {
        if (seam == LoopSeam.REPAINT) {
            return decoded;
        }
        int length = (int) Math.round(seconds() * decoded.sampleRate());
        int fade = (int) Math.min(decoded.length() - length, Math.round(seamSeconds * decoded.sampleRate()));
        float[][] samples = new float[decoded.channels()][length];
        for (int channel = 0; channel < samples.length; channel++) {
            float[] from = decoded.samples()[channel];
            System.arraycopy(from, 0, samples[channel], 0, length);
            for (int i = 0; i < fade; i++) {
                samples[channel][i] = EqualPower.mix(from[length + i], from[i], i, fade);
            }
        }
        return new AudioBuffer(samples, decoded.sampleRate());
    }

    /** Collects the fields of a request; not thread-safe. */
    public static final class Builder extends ScheduledRequestBuilder<Builder> {
        private double bpm = Double.NaN;
        private int beatsPerBar = 4;
        private int bars;
        private LoopSeam seam = LoopSeam.REPAINT;
        private OptionalDouble seamSeconds = OptionalDouble.empty();
        private List<Long> retakeSeeds = List.of();

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** @param beats per minute, 30 to 300 */
        public Builder bpm(double beats) {
            bpm = beats;
            return this;
        }

        /** @param beats 1 to 32 (4 when left out) */
        public Builder beatsPerBar(int beats) {
            beatsPerBar = beats;
            return this;
        }

        /** @param count at least 1 */
        public Builder bars(int count) {
            bars = count;
            return this;
        }

        /** How the end is made to run into the beginning ({@link LoopSeam#REPAINT} when left out). */
        public Builder seam(LoopSeam value) {
            seam = RequestRules.present("seam", value);
            return this;
        }

        /**
         * @param seconds how much is made anew around the seam, or how long the fade is; when left out a bar or a beat, but at
         *     most half of the loop
         */
        public Builder seamSeconds(double seconds) {
            seamSeconds = OptionalDouble.of(seconds);
            return this;
        }

        /** The seed of every item's noise around the seam: 0 to 2^63-1. */
        public Builder retakeSeed(long seed) {
            retakeSeeds = List.of(seed);
            return this;
        }

        /** The seeds of the items' noise around the seam, at most one for each. */
        public Builder retakeSeeds(List<Long> list) {
            retakeSeeds = RequestRules.present("retakeSeeds", list);
            return this;
        }

        @Override
        public LoopRequest build() {
            int beats = seam == LoopSeam.REPAINT ? beatsPerBar : 1;
            double usual = Math.min(beats * 60 / bpm, seconds(bpm, beatsPerBar, bars) / 2);
            return new LoopRequest(
                    prompt,
                    lyrics,
                    seeds,
                    batchSize,
                    sampling.build(),
                    bpm,
                    beatsPerBar,
                    bars,
                    seam,
                    seamSeconds.orElse(usual),
                    retakeSeeds);
        }
    }
}
