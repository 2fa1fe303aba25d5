package acestep4j.library;

import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.diffusion.GuidanceType;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.ExtendRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.GuidedRequestBuilder;
import acestep4j.request.LoopRequest;
import acestep4j.request.LoopSeam;
import acestep4j.request.RepaintRequest;
import acestep4j.request.RequestBuilder;
import acestep4j.request.RetakeRequest;
import acestep4j.request.Sampling;
import acestep4j.request.ScheduledRequestBuilder;
import acestep4j.request.TextToMusicRequest;
import acestep4j.request.TimedRequest;
import acestep4j.request.TimedRequestBuilder;
import acestep4j.request.VariedRequest;
import java.util.Optional;
import java.util.TreeMap;

/** From a recipe back to the request. */
final class RecipeRequest {
    private final Recipe recipe;
    private final Sampling sampling;
    private final AudioBuffer source;

    private RecipeRequest(Recipe recipe, AudioBuffer source) {
        this.recipe = recipe;
        this.sampling = recipe.sampling();
        this.source = source;
    }

    static GenerationRequest of(Recipe recipe, Optional<AudioBuffer> source) {
        if (recipe.needsSource() != source.isPresent()) {
            throw new LibraryException("recipe: a piece of the task " + recipe.task()
                    + (recipe.needsSource()
                            ? " starts from a sound, which the recipe doesn't hold; give the same sound again"
                            : " starts from no sound; leave the source out"));
        }
        GenerationRequest request = new RecipeRequest(recipe, source.orElse(null)).build();
        if (!CanonicalJson.element(recipe.taskSettings()).equals(CanonicalJson.element(request.taskSettings()))) {
            throw new LibraryException("recipe: the source is another sound: expected " + recipe.taskSettings()
                    + ", found " + new TreeMap<>(request.taskSettings()));
        }
        return request;
    }

    /** @throws InvalidRequestException naming what the request leaves to chance */
    static void requireNothingDrawn(GenerationRequest request) {
        requireGiven("seeds", !request.seeds().isEmpty());
        requireGiven(
                "retakeSeeds",
                !(request instanceof VariedRequest varied)
                        || !varied.retakeSeeds().isEmpty());
        requireGiven("duration", !(request instanceof TimedRequest timed) || !timed.randomDuration());
    }

    private static void requireGiven(String field, boolean isGiven) {
        if (!isGiven) {
            throw new InvalidRequestException(
                    field,
                    "expected a given value, found one that is drawn, which gives another piece each time; give one, or"
                            + " generate and put the result into the library");
        }
    }

    private GenerationRequest build() {
        return switch (recipe.task()) {
            case "text2music" -> timed(TextToMusicRequest.builder()).build();
            case "retake" ->
                timed(RetakeRequest.builder())
                        .variance(number("variance"))
                        .retakeSeeds(recipe.retakeSeeds())
                        .build();
            case "repaint" ->
                guided(RepaintRequest.builder())
                        .source(source)
                        .start(number("start"))
                        .end(number("end"))
                        .variance(number("variance"))
                        .retakeSeeds(recipe.retakeSeeds())
                        .stepList(sampling.stepList())
                        .build();
            case "extend" ->
                guided(ExtendRequest.builder())
                        .source(source)
                        .left(number("left"))
                        .right(number("right"))
                        .variance(number("variance"))
                        .retakeSeeds(recipe.retakeSeeds())
                        .stepList(sampling.stepList())
                        .build();
            case "edit" ->
                common(EditRequest.builder())
                        .source(source)
                        .targetPrompt((String) recipe.taskSettings().get("target_prompt"))
                        .targetLyrics((String) recipe.taskSettings().get("target_lyrics"))
                        .nMin(number("n_min"))
                        .nMax(number("n_max"))
                        .nAvg((Integer) recipe.taskSettings().get("n_avg"))
                        .scheduler(sampling.scheduler())
                        .build();
            case "loop" ->
                scheduled(LoopRequest.builder())
                        .bpm(number("bpm"))
                        .beatsPerBar((Integer) recipe.taskSettings().get("beats_per_bar"))
                        .bars((Integer) recipe.taskSettings().get("bars"))
                        .seam(seam())
                        .seamSeconds(number("seam_seconds"))
                        .retakeSeeds(recipe.retakeSeeds())
                        .build();
            default ->
                guided(AudioToAudioRequest.builder())
                        .reference(source)
                        .strength(number("strength"))
                        .scheduler(sampling.scheduler())
                        .omegaScale(sampling.omegaScale())
                        .build();
        };
    }

    private LoopSeam seam() {
        Object label = recipe.taskSettings().get("seam");
        return LoopSeam.labelled(String.valueOf(label))
                .orElseThrow(() -> new LibraryException("recipe: seam: expected repaint or crossfade, found " + label));
    }

    private double number(String key) {
        return (Double) recipe.taskSettings().get(key);
    }

    private <B extends RequestBuilder<B>> B common(B builder) {
        return builder.prompt(recipe.prompt())
                .lyrics(recipe.lyrics())
                .batchSize(recipe.seeds().size())
                .seeds(recipe.seeds())
                .steps(sampling.steps())
                .guidanceScale(sampling.guidanceScale());
    }

    private <B extends GuidedRequestBuilder<B>> B guided(B builder) {
        B guided = common(builder)
                .guidanceInterval(sampling.guidanceInterval())
                .guidanceIntervalDecay(sampling.guidanceIntervalDecay())
                .minGuidanceScale(sampling.minGuidanceScale())
                .ergTag(sampling.ergTag())
                .ergLyric(sampling.ergLyric())
                .ergDiffusion(sampling.ergDiffusion());
        return sampling.guidance() == GuidanceType.DOUBLE_CONDITION
                ? guided.doubleCondition(sampling.guidanceScaleText(), sampling.guidanceScaleLyric())
                : guided.guidance(sampling.guidance());
    }

    private <B extends TimedRequestBuilder<B>> B timed(B builder) {
        return scheduled(builder).duration(recipe.duration().orElseThrow());
    }

    private <B extends ScheduledRequestBuilder<B>> B scheduled(B builder) {
        return guided(builder)
                .stepList(sampling.stepList())
                .scheduler(sampling.scheduler())
                .omegaScale(sampling.omegaScale());
    }
}
