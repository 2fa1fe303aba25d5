package acestep4j.player;

import acestep4j.GenerationResult;
import acestep4j.InvalidRequestException;
import acestep4j.Loop;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.EqualPower;
import acestep4j.audio.Resampler;
import acestep4j.request.EditRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.RequestRules;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Music in memory that can be played again and again, with its bars: 48 kHz stereo, beginning on a bar line. Immutable.
 *
 * <p>A loop is repeated as it is. Other music is repeated at the last bar line that has a beat of sound behind it, which
 * fades out, with equal power, while the beginning fades in; music shorter than a bar and a beat counts as one bar.
 */
public final class Track {
    static final int CHANNELS = 2;
    static final int SAMPLE_RATE = 48_000;
    private static final double USUAL_BPM = 120;
    private static final int USUAL_BEATS = 4;
    private static final Pattern TEMPO = Pattern.compile("(?<!\\d)(\\d{2,3}) bpm");

    /** {@code [channel][frame]} with what follows the repeated part, if anything does. */
    private final float[][] samples;

    /** {@code [channel][frame]} in place of the first samples whenever they come round again; empty for a loop. */
    private final float[][] seam;

    private final int length;
    private final int bars;
    private final int beatsPerBar;
    private final Optional<String> prompt;

    private Track(float[][] samples, float[][] seam, int length, int bars, int beatsPerBar, Optional<String> prompt) {
        this.samples = samples;
        this.seam = seam;
        this.length = length;
        this.bars = bars;
        this.beatsPerBar = beatsPerBar;
        this.prompt = prompt;
    }

    /**
     * The first sound of a result, with its prompt. Of a loop all is known; the tempo of other music is the one in its prompt,
     * as in {@code 140 bpm}, or else 120 beats a minute, in bars of four.
     */
    public static Track of(GenerationResult result) {
        GenerationRequest request = result.receipt().settings().request();
        Track track = unnamed(result, request);
        return prompt(request).map(track::withPrompt).orElse(track);
    }

    private static Track unnamed(GenerationResult result, GenerationRequest request) {
        AudioBuffer audio = result.audio().get(0);
        if (result.loop().isPresent()) {
            Loop loop = result.loop().get();
            return loop(audio.slice(loop.start(), loop.end()), loop.bars(), loop.beatsPerBar());
        }
        Matcher tempo = TEMPO.matcher(request.prompt());
        double bpm = tempo.find() ? Integer.parseInt(tempo.group(1)) : USUAL_BPM;
        return of(audio, Math.max(RequestRules.SLOWEST_BPM, Math.min(RequestRules.FASTEST_BPM, bpm)), USUAL_BEATS);
    }

    /** What a request's music is, in words; empty when it has none. */
    static Optional<String> prompt(GenerationRequest request) {
        String words = request instanceof EditRequest edit ? edit.targetPrompt() : request.prompt();
        return Optional.of(words).filter(text -> !text.isBlank());
    }

    /**
     * Any sound with a tempo.
     *
     * @param audio any sample rate, mono or stereo; copied
     * @param bpm beats per minute, 30 to 300
     * @param beatsPerBar 1 to 32
     */
    public static Track of(AudioBuffer audio, double bpm, int beatsPerBar) {
        RequestRules.bpm(bpm);
        float[][] samples = stereo(audio, beatsPerBar);
        int all = samples[0].length;
        double beat = SAMPLE_RATE * 60 / bpm;
        int fade = (int) beat;
        double bar = beat * beatsPerBar;
        int bars = (int) ((all - fade) / bar);
        int length = (int) Math.round(bars * bar);
        if (bars < 1) {
            bars = 1;
            fade = Math.min(fade, all / 4);
            length = all - fade;
        }
        return new Track(samples, seam(samples, length, fade), length, bars, beatsPerBar, Optional.empty());
    }

    /**
     * A sound whose end runs into its beginning.
     *
     * @param audio any sample rate, mono or stereo, of whole bars; copied
     * @param bars how many it has, at least 1
     * @param beatsPerBar 1 to 32
     */
    public static Track loop(AudioBuffer audio, int bars, int beatsPerBar) {
        float[][] samples = stereo(audio, beatsPerBar);
        if (bars < 1 || bars > samples[0].length) {
            throw new InvalidRequestException(
                    "bars", "expected 1 to " + samples[0].length + " in this sound, found " + bars);
        }
        return new Track(samples, new float[CHANNELS][0], samples[0].length, bars, beatsPerBar, Optional.empty());
    }

    /** A sound of whole bars that is heard once, and at its end goes over into other music. */
    static Track passage(AudioBuffer audio, int length, int bars, int beatsPerBar) {
        return new Track(
                stereo(audio, beatsPerBar), new float[CHANNELS][0], length, bars, beatsPerBar, Optional.empty());
    }

    /**
     * The same music, with words for what it is: a bridge to it, or from it to music that has none, is made under them.
     *
     * @param text tags and words, as in a request; in place of those that it had
     */
    public Track withPrompt(String text) {
        RequestRules.text("prompt", text);
        if (text.isBlank()) {
            throw new InvalidRequestException("prompt", "expected words, found none; leave it out for none");
        }
        return new Track(samples, seam, length, bars, beatsPerBar, Optional.of(text));
    }

    private static float[][] stereo(AudioBuffer audio, int beatsPerBar) {
        if (audio == null || audio.channels() > CHANNELS || audio.length() == 0) {
            throw new InvalidRequestException(
                    "audio",
                    "expected sound of 1 or 2 channels, found "
                            + (audio == null ? "none" : audio.channels() + " channels of " + audio.length()));
        }
        RequestRules.beatsPerBar(beatsPerBar);
        float[] left = at48Khz(audio, 0);
        return new float[][] {left, audio.channels() == 1 ? left : at48Khz(audio, 1)};
    }

    private static float[] at48Khz(AudioBuffer audio, int channel) {
        float[] samples = audio.samples()[channel];
        return audio.sampleRate() == SAMPLE_RATE
                ? samples.clone()
                : new Resampler(audio.sampleRate(), SAMPLE_RATE).resample(samples);
    }

    private static float[][] seam(float[][] samples, int length, int fade) {
        float[][] seam = new float[CHANNELS][fade];
        for (int channel = 0; channel < CHANNELS; channel++) {
            for (int i = 0; i < fade; i++) {
                seam[channel][i] = EqualPower.mix(samples[channel][length + i], samples[channel][i], i, fade);
            }
        }
        return seam;
    }

    /** What the music is, in words; empty when nobody said. */
    public Optional<String> prompt() {
        return prompt;
    }

    /** How many bars are repeated. */
    public int bars() {
        return bars;
    }

    public int beatsPerBar() {
        return beatsPerBar;
    }

    /** Frames of the part that is repeated, at 48 kHz. */
    public int length() {
        return length;
    }

    /** Beats per minute. */
    public double bpm() {
        return 60.0 * SAMPLE_RATE * bars * beatsPerBar / length;
    }

    /** The first frame of a bar, counted from 0; of bar {@link #bars} the frame where it all begins again. */
    public int barLine(int bar) {
        return (int) Math.round((double) bar * length / bars);
    }

    /** The bar that a frame lies in. */
    int barAt(int frame) {
        int bar = (int) ((long) frame * bars / length);
        return barLine(bar) > frame ? bar - 1 : barLine(bar + 1) <= frame ? bar + 1 : bar;
    }

    int frames(double beats) {
        return (int) Math.round(beats * length / bars / beatsPerBar);
    }

    /** All frames that there are, with those behind the repeated part. */
    int heldFrames() {
        return samples[0].length;
    }

    float[][] samples() {
        return samples;
    }

    float[][] seam() {
        return seam;
    }

    /** The last seconds before it repeats. */
    AudioBuffer end(int seconds) {
        return part(Math.max(0, length - seconds * SAMPLE_RATE), length);
    }

    AudioBuffer beginning(int seconds) {
        return part(0, Math.min(length, seconds * SAMPLE_RATE));
    }

    private AudioBuffer part(int from, int to) {
        return new AudioBuffer(samples, SAMPLE_RATE).slice(from, to);
    }
}
