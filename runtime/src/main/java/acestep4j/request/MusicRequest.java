package acestep4j.request;

import acestep4j.GenerationResult;
import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Requests in the words of a game. What comes out are the requests of the tasks, so that there is nothing else to learn:
 * the receipt shows the prompt, the lyrics and the seeds that the words became.
 *
 * <p>The prompt is, with a comma and a space between: the tags of the style, the tempo as in {@code 140 bpm}, the moods,
 * {@code instrumental} without lyrics, and the phrase. This is the order of the presets of the official interface; the
 * phrase comes last so that one that is longer than the model reads costs none of the tags. Without lyrics the lyrics are
 * {@code [inst]}, as that interface asks for.
 *
 * <p>Variations, extensions, restylings and bridges come from a result or from any sound. From a result they take its first sound,
 * its prompt, its lyrics, its steps and its guidance scale.
 */
public final class MusicRequest {
    private static final String INSTRUMENTAL_TAG = "instrumental";
    private static final String INSTRUMENTAL_LYRICS = "[inst]";

    private static final double LATENT_FRAME_SECONDS = 4096 / 44_100.0;

    /** The seeds that differ to the model: its noise has as many beginnings. */
    private static final long DISTINCT_SEEDS = 1L << 32;

    private MusicRequest() {}

    /** Starts an instrumental piece of {@link MusicDuration#MEDIUM} length. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The seed of the model for any number that a game has at hand, such as the id of a level: from 0 to 2^32-1 the number
     * itself, for any other its bits mixed (the finalizer of SplitMix64), without the sign. The model tells seeds apart by
     * their lowest 32 bits alone; mixing brings the others into them, so that ids that differ in any bit give other music, but
     * for one pair in 2^32.
     */
    public static long seed(long any) {
        return any >= 0 && any < DISTINCT_SEEDS ? any : mixed(any);
    }

    static long mixed(long any) {
        long bits = any;
        bits = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        bits = (bits ^ (bits >>> 27)) * 0x94d049bb133111ebL;
        return (bits ^ (bits >>> 31)) & Long.MAX_VALUE;
    }

    /**
     * A variation of music that was made from text: a retake of the same seeds and settings, as long as it. Of other results
     * it is a variation of their sound.
     *
     * @param strength how far it goes, 0 for the same music, 1 for other music under the same prompt
     * @param seed any number; another one gives another variation
     */
    public static RequestBuilder<?> variation(GenerationResult original, double strength, long seed) {
        GenerationSettings settings = original.receipt().settings();
        if (!(settings.request() instanceof TextToMusicRequest request)) {
            return likeIn(original, variation(original.audio().get(0), strength, seed));
        }
        RetakeRequest.Builder retake = RetakeRequest.builder()
                .prompt(request.prompt())
                .lyrics(request.lyrics())
                .seeds(settings.seeds())
                .batchSize(request.batchSize())
                .duration(settings.duration().orElseThrow())
                .variance(strength(strength))
                .retakeSeed(seed(seed));
        retake.sampling.set(request.sampling());
        return retake;
    }

    /**
     * A variation of any sound: audio to audio, which keeps the less of it the stronger it is. The builder's prompt says
     * what the sound is.
     *
     * @param audio any sample rate, mono or stereo; not copied
     * @param strength how far it goes, 0 for the same music, 1 for music that begins at noise alone
     * @param seed any number; another one gives another variation
     */
    public static AudioToAudioRequest.Builder variation(AudioBuffer audio, double strength, long seed) {
        return AudioToAudioRequest.builder()
                .reference(audio)
                .strength(1 - strength(strength))
                .seed(seed(seed));
    }

    /**
     * More of the music that was made, before it or after it; the piece itself stays.
     *
     * @param seconds of new music, up to 239
     * @param seed any number; another one gives another continuation
     */
    public static ExtendRequest.Builder extend(GenerationResult original, MusicSide side, double seconds, long seed) {
        return likeIn(original, extend(original.audio().get(0), side, seconds, seed));
    }

    /**
     * More music before any sound or after it; the sound itself stays. The builder's prompt says what the music is.
     *
     * @param audio any sample rate, mono or stereo; not copied
     * @param seconds of new music, up to 239
     * @param seed any number; another one gives another continuation
     */
    public static ExtendRequest.Builder extend(AudioBuffer audio, MusicSide side, double seconds, long seed) {
        ExtendRequest.Builder extension =
                ExtendRequest.builder().source(audio).seed(mixed(~seed)).retakeSeed(seed(seed));
        return RequestRules.present("side", side) == MusicSide.BEFORE
                ? extension.left(seconds)
                : extension.right(seconds);
    }

    /**
     * The music that was made under another prompt, such as the tags of another style.
     *
     * @param prompt what the music is to be
     * @param strength how far it goes, 0 for the same music, 1 for music whose melody may be another
     * @param seed any number
     */
    public static EditRequest.Builder restyle(GenerationResult original, String prompt, double strength, long seed) {
        return likeIn(original, restyle(original.audio().get(0), prompt, strength, seed));
    }

    /**
     * Any sound under another prompt. It is an edit and not audio to audio: an edit moves the piece itself along the
     * difference of the two prompts, which keeps what they have in common, its structure above all, where audio to audio
     * covers it with noise and makes it anew. An edit runs the transformer up to four times a step. The builder's prompt
     * says what the sound is now, which makes the difference clearer.
     *
     * @param audio any sample rate, mono or stereo; not copied
     * @param prompt what the music is to be
     * @param strength how far it goes: the share of the steps that move it, 0 for the same music
     * @param seed any number
     */
    public static EditRequest.Builder restyle(AudioBuffer audio, String prompt, double strength, long seed) {
        return EditRequest.builder()
                .source(audio)
                .targetPrompt(prompt)
                .nMin(1 - strength(strength))
                .seed(seed(seed));
    }

    /**
     * Music that leads from the end of one piece into the beginning of another, under the second one's prompt. Of a loop the
     * end is the loop's.
     *
     * @param seconds of new music, up to 220
     * @param seed any number; another one gives another bridge
     */
    public static RepaintRequest.Builder bridge(GenerationResult from, GenerationResult to, double seconds, long seed) {
        return likeIn(to, bridge(repeated(from), repeated(to), seconds, seed));
    }

    private static AudioBuffer repeated(GenerationResult result) {
        AudioBuffer audio = result.audio().get(0);
        return result.loop().map(loop -> audio.slice(loop.start(), loop.end())).orElse(audio);
    }

    /**
     * Music that leads from the end of one sound into the beginning of another: a repaint of what lies between the last ten
     * seconds of the one and the first ten of the other. The bridge begins at the request's {@code start} and is as long as
     * is asked for here; up to a tenth of a second on both sides of it is made anew with it. The builder's prompt says what
     * the music is.
     *
     * @param from at least half a second, any sample rate, mono or stereo; not kept
     * @param to at least half a second, with the sample rate and the channels of {@code from}; not kept
     * @param seconds of new music, from a tenth up to 220
     * @param seed any number; another one gives another bridge
     */
    public static RepaintRequest.Builder bridge(AudioBuffer from, AudioBuffer to, double seconds, long seed) {
        RequestRules.audio("from", from);
        RequestRules.audio("to", to);
        RequestRules.bridge(from, to, seconds);
        int rate = from.sampleRate();
        int context = RequestRules.BRIDGE_CONTEXT_SECONDS * rate;
        AudioBuffer before = from.slice(from.length() - Math.min(from.length(), context), from.length());
        AudioBuffer after = to.slice(0, Math.min(to.length(), context));
        int gap = (int) Math.round(seconds * rate);
        float[][] samples = new float[from.channels()][before.length() + gap + after.length()];
        for (int channel = 0; channel < samples.length; channel++) {
            fill(before.samples()[channel], after.samples()[channel], samples[channel], gap);
        }
        AudioBuffer source = new AudioBuffer(samples, rate);
        // The range is counted down to whole latent frames, of 0.093 s: up to a frame more covers all of the gap.
        return RepaintRequest.builder()
                .source(source)
                .start(before.seconds())
                .end((double) (before.length() + gap) / rate + LATENT_FRAME_SECONDS)
                .variance(1)
                .seed(mixed(~seed))
                .retakeSeed(seed(seed));
    }

    /** Both sides run on mirrored in the gap, one fading into the other: the encoder hears no edge beside the music it keeps. */
    private static void fill(float[] before, float[] after, float[] whole, int gap) {
        System.arraycopy(before, 0, whole, 0, before.length);
        for (int i = 0; i < gap; i++) {
            double share = (i + 0.5) / gap;
            whole[before.length + i] = (float)
                    ((1 - share) * mirrored(before, before.length - 1, -i) + share * mirrored(after, 0, gap - 1 - i));
        }
        System.arraycopy(after, 0, whole, before.length + gap, after.length);
    }

    /** The sample at a distance from an end, going to and fro in the sound. */
    private static float mirrored(float[] sound, int end, int distance) {
        int step = Math.abs(distance) % (2 * sound.length);
        int inside = step < sound.length ? step : 2 * sound.length - 1 - step;
        return sound[end == 0 ? inside : end - inside];
    }

    private static <B extends RequestBuilder<B>> B likeIn(GenerationResult original, B builder) {
        GenerationSettings settings = original.receipt().settings();
        GenerationRequest request = settings.request();
        boolean isEdit = request instanceof EditRequest;
        return builder.prompt(isEdit ? ((EditRequest) request).targetPrompt() : request.prompt())
                .lyrics(isEdit ? ((EditRequest) request).targetLyrics() : request.lyrics())
                .steps(settings.sampling().steps())
                .guidanceScale(settings.sampling().guidanceScale());
    }

    private static double strength(double strength) {
        RequestRules.from0To1("strength", strength);
        return strength;
    }

    /** Collects the words of a request for music; not thread-safe. */
    public static final class Builder {
        private Optional<MusicStyle> style = Optional.empty();
        private OptionalInt bpm = OptionalInt.empty();
        private final List<String> moods = new ArrayList<>();
        private Optional<String> phrase = Optional.empty();
        private Optional<String> lyrics = Optional.empty();
        private double seconds = MusicDuration.MEDIUM.seconds();
        private List<Long> seeds = List.of();

        private Builder() {}

        public Builder style(MusicStyle value) {
            style = RequestBuilder.given("style", value);
            return this;
        }

        /** @param text what the music is about, in any words or tags, such as "a boss fight in a flooded cathedral" */
        public Builder phrase(String text) {
            phrase = Optional.of(text("phrase", text));
            return this;
        }

        /** @param tags moods such as "tense", "heroic", "calm", in place of those given before */
        public Builder mood(String... tags) {
            moods.clear();
            for (String tag : RequestRules.present("mood", tags)) {
                moods.add(text("mood", tag));
            }
            return this;
        }

        /** @param beats per minute, 30 to 300 */
        public Builder bpm(int beats) {
            RequestRules.bpm(beats);
            bpm = OptionalInt.of(beats);
            return this;
        }

        /** @param text the words to be sung, one line per line, with structure tags such as {@code [verse]} */
        public Builder lyrics(String text) {
            lyrics = Optional.of(text("lyrics", text));
            return this;
        }

        /** Music without a voice, as it is when no lyrics are given. */
        public Builder instrumental() {
            lyrics = Optional.empty();
            return this;
        }

        public Builder duration(MusicDuration value) {
            return duration(RequestRules.present("duration", value).seconds());
        }

        /** @param length in seconds, 1 to 240 */
        public Builder duration(double length) {
            RequestRules.duration(length);
            seconds = length;
            return this;
        }

        /** @param any number, such as the id of a level; the same one gives the same music, none gives other music each time */
        public Builder seed(long any) {
            seeds = List.of(MusicRequest.seed(any));
            return this;
        }

        /**
         * The request.
         *
         * @throws InvalidRequestException when there is neither a style nor a mood nor a phrase
         */
        public TextToMusicRequest build() {
            return full().build();
        }

        /**
         * The builder of the full request with all these words in it, for what a game seldom sets: steps, guidance, batches.
         *
         * @throws InvalidRequestException when there is neither a style nor a mood nor a phrase
         */
        public TextToMusicRequest.Builder full() {
            return words(TextToMusicRequest.builder()).duration(seconds);
        }

        /**
         * The builder of a loop of these words: its length comes from the tempo and the bars.
         *
         * @param bars at least 1; of four beats unless the builder is told otherwise
         * @throws InvalidRequestException when there is no tempo, or neither a style nor a mood nor a phrase
         */
        public LoopRequest.Builder loop(int bars) {
            int beats = bpm.orElseThrow(() -> new InvalidRequestException(
                    "bpm", "expected a tempo for a loop, found none; say how many beats a minute has"));
            return words(LoopRequest.builder()).bpm(beats).bars(bars);
        }

        private <B extends RequestBuilder<B>> B words(B builder) {
            if (style.isEmpty() && moods.isEmpty() && phrase.isEmpty()) {
                throw new InvalidRequestException(
                        "style", "expected a style, a mood or a phrase, found none of them; say what to play");
            }
            List<String> prompt = new ArrayList<>();
            style.ifPresent(value -> prompt.add(value.tags()));
            bpm.ifPresent(beats -> prompt.add(beats + " bpm"));
            prompt.addAll(moods);
            if (lyrics.isEmpty()) {
                prompt.add(INSTRUMENTAL_TAG);
            }
            phrase.ifPresent(prompt::add);
            return builder.prompt(String.join(", ", prompt))
                    .lyrics(lyrics.orElse(INSTRUMENTAL_LYRICS))
                    .seeds(seeds);
        }

        private static String text(String field, String text) {
            RequestRules.text(field, text);
            if (text.isBlank()) {
                throw new InvalidRequestException(field, "expected words, found none; leave it out for none");
            }
            return text.strip();
        }
    }
}
