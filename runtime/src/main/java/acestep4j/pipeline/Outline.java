package acestep4j.pipeline;

import acestep4j.AceStepException;
import acestep4j.DecodingMode;
import acestep4j.Stage;
import acestep4j.audio.AudioBuffer;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.Manifest;
import acestep4j.bundle.TensorSpec;
import acestep4j.diffusion.FlowEditSettings;
import acestep4j.diffusion.Guidance;
import acestep4j.diffusion.Pass;
import acestep4j.diffusion.SamplingSettings;
import acestep4j.diffusion.SchedulerType;
import acestep4j.diffusion.SigmaSchedule;
import acestep4j.model.AceStepModel;
import acestep4j.model.LatentEncoder;
import acestep4j.model.Vocoder;
import acestep4j.request.GenerationSettings;
import acestep4j.request.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What a generation will run, found from its request before anything of it runs or is allocated: which graphs, how often,
 * on what sizes. A {@link Task} adds its parts in the order of its work. Not thread-safe.
 */
final class Outline {
    /** The official pipeline decodes in windows only what lasts longer. */
    private static final double LONGEST_WHOLE_SECONDS = 48;

    /**
     * Runs of a graph.
     *
     * @param sizes of its dynamic dimensions but the batch
     * @param items the batch's size
     */
    record Run(Stage stage, String graph, Map<String, Integer> sizes, int items, double times) {}

    private final AceStepModel model;
    private final Manifest manifest;
    private final GenerationSettings settings;
    private final boolean isStreamed;
    private final int items;
    private final List<Run> runs = new ArrayList<>();
    private final List<Tokens> read = new ArrayList<>();
    private long conditionBytes;
    private boolean isDecodedAtOnce;
    private boolean isCircle;
    private int frames;

    /**
     * @param isStreamed whether the sound is given away while it is decoded
     * @throws AceStepException when the request can't be carried out
     */
    static Outline of(AceStepModel model, GenerationSettings settings, Task task, boolean isStreamed) {
        Outline outline = new Outline(model, settings, isStreamed);
        outline.frames = task.outline(outline);
        return outline;
    }

    private Outline(AceStepModel model, GenerationSettings settings, boolean isStreamed) {
        this.isStreamed = isStreamed;
        this.model = model;
        this.manifest = model.manifest();
        this.settings = settings;
        this.items = settings.seeds().size();
    }

    Sampling sampling() {
        return settings.sampling();
    }

    /** The runs up to the finished latents. */
    List<Run> runs() {
        return runs;
    }

    /** Prompts and lyrics in the order in which they were read. */
    List<Tokens> read() {
        return read;
    }

    /** Bytes of all that the transformer attends to. */
    long conditionBytes() {
        return conditionBytes;
    }

    int items() {
        return items;
    }

    /** The latent frames of each item of the result. */
    int frames() {
        return frames;
    }

    /** The sound is given away when it is finished, even to a sink that takes it piece by piece. */
    void decodeAtOnce() {
        isDecodedAtOnce = true;
    }

    /** The frames are a circle, whose sound is given away when it is finished. */
    void decodeAsCircle() {
        isCircle = true;
    }

    /** The latent frames that the decoder gets for each item. */
    int decodedFrames(DecodingMode mode) {
        return Decoding.decodedFrames(model, frames, mode);
    }

    /** How the official pipeline would decode it; a stream is always decoded whole, and so is a circle. */
    DecodingMode decoding(boolean overlappedDecode) {
        if (isCircle) {
            return DecodingMode.CIRCULAR;
        }
        if (isStreamed && !isDecodedAtOnce) {
            return DecodingMode.STREAMED;
        }
        double frameSamples = manifest.latents().frameSamples(manifest.mel());
        double seconds = settings.duration()
                .orElse(frames * frameSamples / manifest.audio().decoderSampleRate());
        return overlappedDecode && seconds > LONGEST_WHOLE_SECONDS ? DecodingMode.OVERLAPPED : DecodingMode.WHOLE;
    }

    Tokens read(String prompt, String lyricsField, String lyrics) {
        Tokens tokens = Tokens.of(model, prompt, lyricsField, lyrics);
        read.add(tokens);
        text(Stage.TEXT, tokens);
        return tokens;
    }

    private void text(Stage stage, Tokens tokens) {
        runs.add(new Run(
                stage,
                Bundle.TEXT_ENCODER,
                Map.of("text_tokens", tokens.prompt().ids().length),
                1,
                1));
    }

    /** @return the latent frames of the piece */
    int encode(AudioBuffer audio) {
        int encoded = frames(audio);
        int samples = Math.multiplyExact(encoded, manifest.latents().frameSamples(manifest.mel()));
        runs.add(new Run(Stage.SOURCE, Bundle.LATENT_ENCODER, Map.of("samples", samples), 1, 1));
        return encoded;
    }

    int frames(AudioBuffer audio) {
        return LatentEncoder.frames(audio, manifest);
    }

    int frames(double seconds) {
        return Song.frames(seconds, manifest);
    }

    double framesPerSecond() {
        return Song.framesPerSecond(manifest);
    }

    /** The latent frames of the piece to be made. */
    int askedFrames() {
        return frames(settings.duration().orElseThrow());
    }

    /** New frames beside kept ones. */
    void repaint(Tokens tokens, int window, double variance) {
        int steps = Song.schedule(sampling()).steps();
        evaluate(tokens, window, Song.firstStep(steps, variance), steps, steps);
    }

    void denoise(Tokens tokens, int window, SigmaSchedule schedule) {
        int steps = schedule.steps();
        int evaluations = sampling().scheduler() == SchedulerType.HEUN ? 2 * steps - 1 : steps;
        evaluate(tokens, window, 0, evaluations, steps);
    }

    private void evaluate(Tokens tokens, int window, int first, int evaluations, int steps) {
        Guidance guidance = Song.guidance(sampling());
        SamplingSettings steering = Song.steering(sampling());
        double[] costs = Song.costs(first, evaluations, steps, guidance, steering);
        List<Pass> passes = Arrays.stream(costs).anyMatch(cost -> cost > 1) ? guidance.passes() : List.of();
        if (passes.contains(Pass.UNCONDITIONAL) && Song.hasWeakText(sampling())) {
            text(Stage.CONDITION, tokens);
        }
        condition(tokens, 1 + passes.size());
        transform(tokens, window, Arrays.stream(costs).sum());
    }

    void edit(Tokens from, Tokens to, int window, FlowEditSettings flow) {
        int steps = Song.schedule(sampling()).steps();
        double[] costs = Song.costs(flow, steps);
        int passes = flow.isGuided() ? 2 : 1;
        condition(from, passes);
        condition(to, passes);
        double both = 0;
        double all = 0;
        for (int i = 0; i < costs.length; i++) {
            all += costs[i];
            both += flow.firstStep(steps) + i < flow.firstTargetStep(steps) ? costs[i] : 0;
        }
        transform(from, window, both / 2);
        transform(to, window, all - both / 2);
    }

    private void condition(Tokens tokens, int passes) {
        int lyricTokens = Math.max(1, tokens.lyricIds().length);
        int textTokens = tokens.prompt().ids().length;
        runs.add(new Run(
                Stage.CONDITION,
                Bundle.CONDITION_ENCODER,
                Map.of("text_tokens", textTokens, "lyric_tokens", lyricTokens),
                items,
                passes));
        for (TensorSpec output : model.spec(Bundle.CONDITION_ENCODER).outputs()) {
            long bytes = output.type().bytes();
            for (int i = 0; i < output.shape().size(); i++) {
                bytes *= output.size(i).orElse(output.shape().get(i).equals("batch") ? items : conditionTokens(tokens));
            }
            conditionBytes += passes * bytes;
        }
    }

    private void transform(Tokens tokens, int window, double times) {
        if (times > 0) {
            Map<String, Integer> sizes = Map.of("frames", window, "condition_tokens", conditionTokens(tokens));
            runs.add(new Run(Stage.DIFFUSION, Bundle.TRANSFORMER, sizes, items, times));
        }
    }

    /** The speaker's, those of the prompt and those of the lyrics. */
    private static int conditionTokens(Tokens tokens) {
        return 1 + tokens.prompt().ids().length + Math.max(1, tokens.lyricIds().length);
    }

    /** The runs from the latents to sound. */
    List<Run> decodingRuns(DecodingMode mode) {
        int decoded = decodedFrames(mode);
        List<Run> decoding = new ArrayList<>();
        int channels = manifest.audio().channels();
        for (int length : model.dcaeDecoder().decoderRuns(decoded, mode)) {
            decoding.add(new Run(Stage.DECODING, Bundle.DCAE_DECODER, Map.of("frames", length), 1, items));
        }
        for (int length : model.dcaeDecoder().upsamplerRuns(decoded, mode)) {
            decoding.add(new Run(Stage.DECODING, Bundle.DCAE_UPSAMPLER, Map.of("frames", length), 1, items));
        }
        for (Vocoder.Run run : model.vocoder().runs(decoded * manifest.latents().melFrames(), mode)) {
            Map<String, Integer> sizes = Map.of("mel_frames", run.melFrames());
            decoding.add(new Run(Stage.DECODING, Bundle.VOCODER, sizes, channels, items));
        }
        return decoding;
    }
}
