package acestep4j.library;

import acestep4j.AceStep;
import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.GenerationResult;
import acestep4j.InvalidRequestException;
import acestep4j.LoraReference;
import acestep4j.ProgressListener;
import acestep4j.Receipt;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioSink;
import acestep4j.request.GenerationRequest;
import acestep4j.request.GenerationSettings;
import acestep4j.request.LoopRequest;
import acestep4j.request.Sampling;
import acestep4j.request.TimedRequest;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that decides how one piece sounds, with nothing left open: the same recipe gives the same music again.
 * Immutable. Device, threads and versions aren't in it: on another kind of machine the same recipe gives the same music
 * but for rounding.
 *
 * @param bundleId the bundle, SHA-256 over its files
 * @param precision the bundle's precision that computes
 * @param lora the LoRA; empty for none
 * @param task the task's name, such as {@code text2music}
 * @param duration seconds; empty for a task whose source or bars decide
 * @param seeds one for each item of the batch
 * @param retakeSeeds one for each item of the batch; empty for a task without a second noise
 *     and for a loop whose seam goes on with the noise of its seeds
 * @param item which item of the batch it is, counted from 0
 * @param sampling how the latents are sampled
 * @param decoding how much of the latents the decoder sees at a time
 * @param taskSettings the settings that only this task has, by their names in the receipt: texts, numbers, and for a sound
 *     to start from its length and SHA-256
 */
public record Recipe(
        String bundleId,
        String precision,
        Optional<Lora> lora,
        String task,
        String prompt,
        String lyrics,
        OptionalDouble duration,
        List<Long> seeds,
        List<Long> retakeSeeds,
        int item,
        Sampling sampling,
        DecodingMode decoding,
        SortedMap<String, Object> taskSettings) {

    /** The file's SHA-256 in hexadecimal, and the factor on what it adds. */
    public record Lora(String sha256, double weight) {}

    public Recipe {
        seeds = List.copyOf(seeds);
        retakeSeeds = List.copyOf(retakeSeeds);
        taskSettings = Collections.unmodifiableSortedMap(new TreeMap<>(taskSettings));
    }

    /**
     * What a result was made from.
     *
     * @param item the item of the batch, counted from 0
     */
    public static Recipe of(Receipt receipt, int item) {
        return of(
                receipt.settings(),
                receipt.bundleId(),
                receipt.precision(),
                receipt.lora(),
                receipt.plan().decoding(),
                item);
    }

    /**
     * What a request for one piece would be made from now, before it is made.
     *
     * @throws InvalidRequestException when the request has more than one item, or leaves a seed or the duration to chance:
     *     what is drawn is another piece each time
     */
    public static Recipe of(GenerationRequest request, AceStep aceStep) {
        if (request.batchSize() != 1) {
            throw new InvalidRequestException(
                    "batchSize",
                    "expected 1 for a recipe, found " + request.batchSize()
                            + "; generate the batch and put its items into the library one by one");
        }
        RecipeRequest.requireNothingDrawn(request);
        return of(request, aceStep, aceStep.estimate(request).plan().decoding(), 0);
    }

    private static Recipe of(GenerationRequest request, AceStep aceStep, DecodingMode decoding, int item) {
        return of(
                GenerationSettings.of(request, aceStep.manifest().defaults()),
                aceStep.manifest().id(),
                aceStep.device().precision(),
                aceStep.lora(),
                decoding,
                item);
    }

    private static Recipe of(
            GenerationSettings settings,
            String bundleId,
            String precision,
            Optional<LoraReference> lora,
            DecodingMode decoding,
            int item) {
        GenerationRequest request = settings.request();
        if (item < 0 || item >= settings.seeds().size()) {
            throw new InvalidRequestException(
                    "item", "expected 0 to " + (settings.seeds().size() - 1) + ", found " + item);
        }
        return new Recipe(
                bundleId,
                precision,
                lora.map(used -> new Lora(used.sha256(), used.weight())),
                request.task(),
                request.prompt(),
                request.lyrics(),
                request instanceof TimedRequest ? settings.duration() : OptionalDouble.empty(),
                settings.seeds(),
                settings.retakeSeeds(),
                item,
                settings.sampling(),
                decoding,
                new TreeMap<>(request.taskSettings()));
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws LibraryException naming the first key that is missing, unknown or not what it should be
     */
    public static Recipe parse(String json) {
        return RecipeJson.read(json);
    }

    /** One line of JSON, the same bytes in UTF-8 for the same recipe on every machine; about a kilobyte. */
    public String toJson() {
        return CanonicalJson.write(RecipeJson.content(this));
    }

    /** SHA-256 of {@link #toJson} in hexadecimal: what the piece is addressed by. */
    public String key() {
        byte[] json = toJson().getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(Sha256.digest().digest(json));
    }

    /** Whether the music starts from a sound, which the recipe knows by its SHA-256 only. */
    public boolean needsSource() {
        return taskSettings.values().stream().anyMatch(Map.class::isInstance);
    }

    /** Whether the music is a loop, which all its sound is. */
    public boolean isLoop() {
        return task.equals("loop");
    }

    /** The piece in the sound of its latents. */
    AudioBuffer piece(AudioBuffer decoded) {
        return isLoop() ? ((LoopRequest) request(Optional.empty())).loopOf(decoded) : decoded;
    }

    /**
     * The request that gives the same music with the same bundle, precision and LoRA.
     *
     * @param source the sound that it starts from; empty for a task without one
     * @throws LibraryException when the source is missing, is another one than it was, or is given where there is none
     * @throws InvalidRequestException naming a value that no request can have
     */
    public GenerationRequest request(Optional<AudioBuffer> source) {
        return RecipeRequest.of(this, source);
    }

    /**
     * Makes the music again, without a source.
     *
     * @throws LibraryException as {@link #regenerate(AceStep, Optional, ProgressListener, Cancellation)}
     */
    public GenerationResult regenerate(AceStep aceStep) {
        return regenerate(aceStep, Optional.empty(), ProgressListener.none(), new Cancellation());
    }

    /**
     * Makes the music again; the audio is that of {@link #item}.
     *
     * @param source the sound that it starts from; empty for a task without one
     * @throws LibraryException naming what differs when bundle, precision, LoRA or source aren't those of the recipe
     * @throws acestep4j.CancelledException when cancelled before it is finished
     * @throws acestep4j.GenerationException when it fails on the way
     */
    public GenerationResult regenerate(
            AceStep aceStep, Optional<AudioBuffer> source, ProgressListener listener, Cancellation cancellation) {
        GenerationRequest request = request(source);
        boolean isStreamed = decoding == DecodingMode.STREAMED;
        requireSame(of(
                request,
                aceStep,
                isStreamed ? decoding : aceStep.estimate(request).plan().decoding(),
                item));
        GenerationResult result = isStreamed
                ? aceStep.stream(request, AudioSink.none(), listener, cancellation)
                : aceStep.generate(request, listener, cancellation);
        requireSame(of(result.receipt(), item));
        return result;
    }

    /** @throws LibraryException naming the first key that differs */
    private void requireSame(Recipe found) {
        Map<String, Object> expected = RecipeJson.content(this);
        Map<String, Object> others = RecipeJson.content(found);
        for (String key : new TreeMap<>(expected).keySet()) {
            requireSame(key, expected.get(key), others.remove(key));
        }
        others.forEach((key, value) -> requireSame(key, null, value));
    }

    private static void requireSame(String key, Object expected, Object found) {
        if (expected == null ? found != null : !expected.equals(found)) {
            throw new LibraryException("recipe: " + key + ": expected "
                    + (expected == null ? "none" : expected) + ", found " + (found == null ? "none" : found)
                    + "; open the bundle as it was when the piece was made, with the same LoRA and source");
        }
    }
}
