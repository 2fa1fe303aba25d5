package acestep4j.cli;

import acestep4j.diffusion.GuidanceType;
import acestep4j.request.GuidedRequestBuilder;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** How the two sides are set against each other. */
final class GuidanceFlags {
    @Option(
            names = "--guidance",
            paramLabel = "TYPE",
            converter = Labels.Guidance.class,
            description = "apg, cfg or cfg_star; for two scales see --guidance-scale-text.")
    private GuidanceType guidance;

    @Option(
            names = "--guidance-scale-text",
            paramLabel = "X",
            description = "With --guidance-scale-lyric, both above 1: guidance by prompt and lyrics apart.")
    private Double guidanceScaleText;

    @Option(names = "--guidance-scale-lyric", paramLabel = "X", description = "The scale of the lyrics then.")
    private Double guidanceScaleLyric;

    @Option(
            names = "--guidance-interval",
            paramLabel = "X",
            description = "Share of the steps that are guided, 0 to 1.")
    private Double guidanceInterval;

    @Option(
            names = "--guidance-interval-decay",
            paramLabel = "X",
            description = "How far the guidance scale falls over the interval, 0 to 1.")
    private Double guidanceIntervalDecay;

    @Option(names = "--min-guidance-scale", paramLabel = "X", description = "Where the decay leads to, from 0.")
    private Double minGuidanceScale;

    @Option(names = "--erg-tag", negatable = true, description = "Guide away from a weakened prompt, or from none.")
    private Boolean ergTag;

    @Option(names = "--erg-lyric", negatable = true, description = "Guide away from weakened lyrics, or from none.")
    private Boolean ergLyric;

    @Option(
            names = "--erg-diffusion",
            negatable = true,
            description = "Weaken the transformer's attention in the unguided pass, or not.")
    private Boolean ergDiffusion;

    boolean isEmpty() {
        return Stream.of(
                        guidance,
                        guidanceScaleText,
                        guidanceScaleLyric,
                        guidanceInterval,
                        guidanceIntervalDecay,
                        minGuidanceScale,
                        ergTag,
                        ergLyric,
                        ergDiffusion)
                .allMatch(Objects::isNull);
    }

    void applyTo(GuidedRequestBuilder<?> builder) {
        if (guidance != null && (guidanceScaleText != null || guidanceScaleLyric != null)) {
            throw new InputException("--guidance: has no meaning beside --guidance-scale-text and"
                    + " --guidance-scale-lyric, which are a guidance of their own; leave it or them out");
        }
        Optional.ofNullable(guidance).ifPresent(builder::guidance);
        if (guidanceScaleText != null && guidanceScaleLyric != null) {
            builder.doubleCondition(guidanceScaleText, guidanceScaleLyric);
        } else if (guidanceScaleText != null || guidanceScaleLyric != null) {
            throw new InputException("--guidance-scale-text, --guidance-scale-lyric: expected both, found one of them");
        }
        Optional.ofNullable(guidanceInterval).ifPresent(builder::guidanceInterval);
        Optional.ofNullable(guidanceIntervalDecay).ifPresent(builder::guidanceIntervalDecay);
        Optional.ofNullable(minGuidanceScale).ifPresent(builder::minGuidanceScale);
        Optional.ofNullable(ergTag).ifPresent(builder::ergTag);
        Optional.ofNullable(ergLyric).ifPresent(builder::ergLyric);
        Optional.ofNullable(ergDiffusion).ifPresent(builder::ergDiffusion);
    }
}
