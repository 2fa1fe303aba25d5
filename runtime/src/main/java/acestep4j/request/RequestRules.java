package acestep4j.request;

import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.SchedulerType;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The limits of a request's fields, one method per kind of field. */
public final class RequestRules {
    /** The shortest piece that can be asked for, in seconds. */
    public static final double SHORTEST_SECONDS = 1;

    /** The longest piece that the model makes at once, in seconds. */
    public static final double LONGEST_SECONDS = 240;

    /** How many seconds of both neighbours a bridge is made from. */
    public static final int BRIDGE_CONTEXT_SECONDS = 10;

    /** With the music on both sides it is as much as the model sees at once. */
    static final double LONGEST_BRIDGE_SECONDS = LONGEST_SECONDS - 2 * BRIDGE_CONTEXT_SECONDS;

    public static final int MOST_STEPS = 1000;
    public static final int LARGEST_BATCH = 16;
    public static final int SLOWEST_BPM = 30;
    public static final int FASTEST_BPM = 300;
    private static final int MOST_BEATS_PER_BAR = 32;

    /** Two latent frames, rounded up. */
    private static final double SHORTEST_REPAINTED_SEAM = 0.2;

    private static final double SHORTEST_CROSSFADE = 0.01;
    private static final int MOST_NOISES = 16;
    private static final double MOST_DECODED_SECONDS = 3600;

    private RequestRules() {}

    /** @throws InvalidRequestException when the text is missing or isn't valid Unicode */
    public static void text(String field, String text) {
        if (text == null) {
            throw new InvalidRequestException(field, "expected a text, found null; use an empty text for none");
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean paired = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (paired) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new InvalidRequestException(
                        field,
                        String.format(
                                "expected valid Unicode, found the lone surrogate U+%04X at index %d; remove it",
                                (int) c, i));
            }
        }
    }

    static void duration(double seconds) {
        if (!(seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS)) {
            throw new InvalidRequestException("duration", "expected 1 to 240 seconds, found " + seconds);
        }
    }

    static void duration(OptionalDouble duration, boolean randomDuration) {
        duration.ifPresent(RequestRules::duration);
        if (duration.isPresent() && randomDuration) {
            throw new InvalidRequestException(
                    "duration", "expected either seconds or a random duration, found both; leave one of them out");
        }
    }

    /** @throws InvalidRequestException for a tempo that no request takes */
    public static void bpm(double bpm) {
        if (!(bpm >= SLOWEST_BPM && bpm <= FASTEST_BPM)) {
            throw new InvalidRequestException(
                    "bpm", "expected 30 to 300 beats per minute, found " + (Double.isNaN(bpm) ? "none" : bpm));
        }
    }

    /** @throws InvalidRequestException for bars that no request takes */
    public static void beatsPerBar(int beatsPerBar) {
        if (beatsPerBar < 1 || beatsPerBar > MOST_BEATS_PER_BAR) {
            throw new InvalidRequestException(
                    "beatsPerBar", "expected 1 to " + MOST_BEATS_PER_BAR + ", found " + beatsPerBar);
        }
    }

    static void bars(double bpm, int beatsPerBar, int bars) {
        bpm(bpm);
        beatsPerBar(beatsPerBar);
        double seconds = (double) bars * beatsPerBar * 60 / bpm;
        if (bars < 1 || !(seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS)) {
            throw new InvalidRequestException(
                    "bars",
                    "expected 1 or more that take 1 to 240 seconds, found " + bars
                            + (bars < 1 ? "" : ", which take " + seconds));
        }
    }

    /** @param loop how many seconds the whole loop takes */
    static void seam(LoopSeam seam, double seconds, double loop) {
        double least = seam == LoopSeam.REPAINT ? SHORTEST_REPAINTED_SEAM : SHORTEST_CROSSFADE;
        if (!(seconds >= least && seconds <= loop / 2)) {
            throw new InvalidRequestException(
                    "seamSeconds",
                    "expected " + least + " seconds up to half of the loop's " + loop + ", found " + seconds);
        }
        if (seam == LoopSeam.CROSSFADE && loop + seconds > LONGEST_SECONDS) {
            throw new InvalidRequestException(
                    "seamSeconds",
                    "expected a loop and a fade of at most 240 seconds together, found " + loop + " and " + seconds
                            + "; take fewer bars or a shorter fade");
        }
    }

    static void range(double start, double end, AudioBuffer source) {
        if (!(start >= 0 && start < source.seconds())) {
            throw new InvalidRequestException(
                    "start", "expected seconds from 0 to below the source's " + source.seconds() + ", found " + start);
        }
        if (!(end > start && end <= source.seconds())) {
            throw new InvalidRequestException(
                    "end",
                    "expected seconds above the start at " + start + " and up to the source's " + source.seconds()
                            + ", found " + (Double.isNaN(end) ? "none" : end));
        }
    }

    static void extension(double left, double right) {
        from0ToLongest("left", left);
        from0ToLongest("right", right);
        if (left == 0 && right == 0) {
            throw new InvalidRequestException("right", "expected seconds on at least one side, found 0 on both");
        }
    }

    static void bridge(AudioBuffer from, AudioBuffer to, double seconds) {
        if (from.sampleRate() != to.sampleRate() || from.channels() != to.channels()) {
            throw new InvalidRequestException(
                    "to",
                    "expected " + from.channels() + " channels of " + from.sampleRate() + " Hz as in from, found "
                            + to.channels() + " of " + to.sampleRate() + " Hz; convert one of them");
        }
        atLeastHalfASecond("from", from);
        atLeastHalfASecond("to", to);
        if (!(seconds >= 0.1 && seconds <= LONGEST_BRIDGE_SECONDS)) {
            throw new InvalidRequestException("seconds", "expected 0.1 to 220 seconds, found " + seconds);
        }
    }

    private static void atLeastHalfASecond(String field, AudioBuffer audio) {
        if (audio.seconds() < 0.5) {
            throw new InvalidRequestException(
                    field, "expected at least half a second to lead from or to, found " + audio.seconds() + " s");
        }
    }

    private static void from0ToLongest(String field, double seconds) {
        if (!(seconds >= 0 && seconds <= LONGEST_SECONDS - SHORTEST_SECONDS)) {
            throw new InvalidRequestException(
                    field, "expected 0 to 239 seconds, found " + seconds + "; extend by more in several requests");
        }
    }

    static void edit(double nMin, double nMax, int nAvg) {
        from0To1("nMin", nMin);
        from0To1("nMax", nMax);
        if (nMin > nMax) {
            throw new InvalidRequestException("nMin", "expected at most nMax, " + nMax + ", found " + nMin);
        }
        if (nAvg < 1 || nAvg > MOST_NOISES) {
            throw new InvalidRequestException("nAvg", "expected 1 to " + MOST_NOISES + ", found " + nAvg);
        }
    }

    /** An edit takes steps, guidance scale and a scheduler. */
    static void onlyForEdit(SamplingOptions sampling) {
        absent("stepList", "edit", !sampling.stepList().isEmpty());
        absent("omegaScale", "edit", sampling.omegaScale().isPresent());
        absent("guidance", "edit", sampling.guidance().isPresent());
        absent("guidanceInterval", "edit", sampling.guidanceInterval().isPresent());
        absent("guidanceIntervalDecay", "edit", sampling.guidanceIntervalDecay().isPresent());
        absent("minGuidanceScale", "edit", sampling.minGuidanceScale().isPresent());
        absent("ergTag", "edit", sampling.ergTag().isPresent());
        absent("ergLyric", "edit", sampling.ergLyric().isPresent());
        absent("ergDiffusion", "edit", sampling.ergDiffusion().isPresent());
        if (sampling.scheduler().equals(Optional.of(SchedulerType.HEUN))) {
            throw new InvalidRequestException("scheduler", "expected EULER or PINGPONG for an edit, found HEUN");
        }
    }

    static void steps(int steps) {
        if (steps < 1 || steps > MOST_STEPS) {
            throw new InvalidRequestException("steps", "expected 1 to " + MOST_STEPS + ", found " + steps);
        }
    }

    static void batchSize(int batchSize) {
        if (batchSize < 1 || batchSize > LARGEST_BATCH) {
            throw new InvalidRequestException(
                    "batchSize",
                    "expected 1 to " + LARGEST_BATCH + ", found " + batchSize
                            + "; all items of a batch are in memory at once, so split it into several requests");
        }
    }

    /** @throws InvalidRequestException when the request is for a batch of several items */
    public static void oneItem(GenerationRequest request) {
        if (request.batchSize() > 1) {
            throw new InvalidRequestException(
                    "batchSize",
                    "expected 1 for sound that is heard while it is made, found " + request.batchSize()
                            + "; ask for the items one by one");
        }
    }

    static List<Long> seeds(String field, List<Long> seeds, int batchSize) {
        present(field, seeds);
        if (seeds.size() > batchSize) {
            throw new InvalidRequestException(
                    field,
                    "expected at most one for each of the " + batchSize + " items of the batch, found " + seeds.size());
        }
        for (Long seed : seeds) {
            if (seed == null || seed < 0) {
                throw new InvalidRequestException(field, "expected whole numbers from 0 to 2^63-1, found " + seed);
            }
        }
        return List.copyOf(seeds);
    }

    /** What all requests have; gives the seeds back as a copy. */
    static List<Long> common(String prompt, String lyrics, List<Long> seeds, int batchSize) {
        text("prompt", prompt);
        text("lyrics", lyrics);
        batchSize(batchSize);
        return seeds("seeds", seeds, batchSize);
    }

    static List<Integer> stepList(List<Integer> stepList) {
        present("stepList", stepList);
        int before = 0;
        for (Integer step : stepList) {
            if (step == null || step <= before || step > MOST_STEPS) {
                throw new InvalidRequestException(
                        "stepList", "expected rising whole numbers from 1 to " + MOST_STEPS + ", found " + stepList);
            }
            before = step;
        }
        return List.copyOf(stepList);
    }

    static void doubleCondition(String field, OptionalDouble scale, boolean isDouble) {
        if (!isDouble && scale.isPresent()) {
            throw new InvalidRequestException(
                    field, "expected a scale with double condition guidance only, found one with another guidance");
        }
        if (isDouble && !(scale.orElse(0) > 1 && Double.isFinite(scale.orElse(0)))) {
            throw new InvalidRequestException(
                    field,
                    "expected a number above 1 with double condition guidance, found "
                            + (scale.isPresent() ? scale.getAsDouble() : "none"));
        }
    }

    /** Settings that a task leaves to the bundle, whatever the caller put there. */
    static void absent(String field, String task, boolean isGiven) {
        if (isGiven) {
            throw new InvalidRequestException(
                    field, "expected nothing, as " + task + " has no such setting; leave it out");
        }
    }

    static void audio(String field, AudioBuffer audio) {
        if (audio == null) {
            throw new InvalidRequestException(field, "expected sound to start from, found none");
        }
        if (audio.channels() > 2) {
            throw new InvalidRequestException(
                    field, "expected 1 or 2 channels, found " + audio.channels() + "; mix them down first");
        }
        if (audio.length() == 0) {
            throw new InvalidRequestException(field, "expected at least one sample, found none");
        }
        for (float[] channel : audio.samples()) {
            for (int i = 0; i < channel.length; i++) {
                if (!Float.isFinite(channel[i])) {
                    throw new InvalidRequestException(
                            field, "expected finite samples, found " + channel[i] + " at index " + i);
                }
            }
        }
    }

    /**
     * @throws InvalidRequestException when latents don't have the bundle's shape, or values that aren't finite
     */
    public static void latents(FloatBuffer latents, List<Integer> shape, Manifest manifest) {
        Manifest.Latents expected = manifest.latents();
        double frameSeconds = (double) expected.melFrames()
                * manifest.mel().hopLength()
                / manifest.audio().decoderSampleRate();
        int mostFrames = (int) (MOST_DECODED_SECONDS / frameSeconds);
        boolean fits = present("shape", shape).size() == 4
                && isFrom1To(LARGEST_BATCH, shape.get(0))
                && shape.get(1) == expected.channels()
                && shape.get(2) == expected.height()
                && isFrom1To(mostFrames, shape.get(3));
        if (!fits) {
            throw new InvalidRequestException(
                    "shape",
                    "expected [1 to " + LARGEST_BATCH + ", " + expected.channels() + ", " + expected.height()
                            + ", 1 to " + mostFrames + "], found " + shape);
        }
        long values = (long) shape.get(0) * shape.get(1) * shape.get(2) * shape.get(3);
        if (present("latents", latents).remaining() != values) {
            throw new InvalidRequestException(
                    "latents", "expected " + values + " values for " + shape + ", found " + latents.remaining());
        }
        for (int i = latents.position(); i < latents.limit(); i++) {
            if (!Float.isFinite(latents.get(i))) {
                throw new InvalidRequestException(
                        "latents", "expected finite values, found " + latents.get(i) + " at index " + i);
            }
        }
    }

    private static boolean isFrom1To(int most, int value) {
        return value >= 1 && value <= most;
    }

    /** @throws InvalidRequestException for null */
    public static <T> T present(String field, T value) {
        if (value == null) {
            throw new InvalidRequestException(field, "expected a value, found null; leave it out for none");
        }
        return value;
    }

    static void from0(String field, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new InvalidRequestException(field, "expected a finite number from 0 up, found " + value);
        }
    }

    static void from0To1(String field, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new InvalidRequestException(field, "expected a number from 0 to 1, found " + value);
        }
    }

    static void above0To1(String field, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new InvalidRequestException(field, "expected a number above 0 and up to 1, found " + value);
        }
    }

    static void finite(String field, double value) {
        if (!Double.isFinite(value)) {
            throw new InvalidRequestException(field, "expected a finite number, found " + value);
        }
    }
}
