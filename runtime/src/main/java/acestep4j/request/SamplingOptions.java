package acestep4j.request;

import acestep4j.InvalidRequestException;
import acestep4j.diffusion.GuidanceType;
import acestep4j.diffusion.SchedulerType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How the latents are sampled; whatever is left open takes the bundle's default. Immutable. A request offers only the
 * settings that its task has, and the others stay open.
 *
 * @param steps number of sampling steps, 1 to 1000
 * @param stepList which steps of a schedule to take, counted from 1 and rising; the schedule has as many steps as the last
 *     one says. Empty for all steps
 * @param scheduler how the latents are stepped
 * @param omegaScale strength of the mean shift in each step of the Euler and Heun schedulers
 * @param guidance how the two sides are set against each other
 * @param guidanceScale strength of the guidance, from 0; 0 and 1 turn it off
 * @param guidanceInterval share of the steps that are guided, 0 to 1, in the middle of the schedule
 * @param guidanceIntervalDecay how far the guidance scale falls over that interval, 0 to 1
 * @param minGuidanceScale where the decay leads to, from 0
 * @param guidanceScaleText strength of the prompt in {@link GuidanceType#DOUBLE_CONDITION}, above 1
 * @param guidanceScaleLyric strength of the lyrics in {@link GuidanceType#DOUBLE_CONDITION}, above 1
 * @param ergTag whether the unguided side gets a weakened prompt instead of none
 * @param ergLyric whether the unguided side gets weakened lyrics instead of none
 * @param ergDiffusion whether the unguided side goes through a weakened transformer
 */
public record SamplingOptions(
        OptionalInt steps,
        List<Integer> stepList,
        Optional<SchedulerType> scheduler,
        OptionalDouble omegaScale,
        Optional<GuidanceType> guidance,
        OptionalDouble guidanceScale,
        OptionalDouble guidanceInterval,
        OptionalDouble guidanceIntervalDecay,
        OptionalDouble minGuidanceScale,
        OptionalDouble guidanceScaleText,
        OptionalDouble guidanceScaleLyric,
        Optional<Boolean> ergTag,
        Optional<Boolean> ergLyric,
        Optional<Boolean> ergDiffusion) {

    /** @throws InvalidRequestException naming the first field that is out of its range or contradicts another */
    public SamplingOptions {
        steps.ifPresent(RequestRules::steps);
        stepList = RequestRules.stepList(stepList);
        if (steps.isPresent() && !stepList.isEmpty()) {
            throw new InvalidRequestException(
                    "stepList",
                    "expected either a number of steps or a list of them, found both; leave one of them out");
        }
        omegaScale.ifPresent(value -> RequestRules.finite("omegaScale", value));
        guidanceScale.ifPresent(value -> RequestRules.from0("guidanceScale", value));
        guidanceInterval.ifPresent(value -> RequestRules.from0To1("guidanceInterval", value));
        guidanceIntervalDecay.ifPresent(value -> RequestRules.from0To1("guidanceIntervalDecay", value));
        minGuidanceScale.ifPresent(value -> RequestRules.from0("minGuidanceScale", value));
        boolean isDouble = guidance.equals(Optional.of(GuidanceType.DOUBLE_CONDITION));
        RequestRules.doubleCondition("guidanceScaleText", guidanceScaleText, isDouble);
        RequestRules.doubleCondition("guidanceScaleLyric", guidanceScaleLyric, isDouble);
    }

    /** Everything left open. */
    public static SamplingOptions defaults() {
        return new Builder().build();
    }

    /** Collects the options for a request's builder; not thread-safe. */
    static final class Builder {
        OptionalInt steps = OptionalInt.empty();
        List<Integer> stepList = List.of();
        Optional<SchedulerType> scheduler = Optional.empty();
        OptionalDouble omegaScale = OptionalDouble.empty();
        Optional<GuidanceType> guidance = Optional.empty();
        OptionalDouble guidanceScale = OptionalDouble.empty();
        OptionalDouble guidanceInterval = OptionalDouble.empty();
        OptionalDouble guidanceIntervalDecay = OptionalDouble.empty();
        OptionalDouble minGuidanceScale = OptionalDouble.empty();
        OptionalDouble guidanceScaleText = OptionalDouble.empty();
        OptionalDouble guidanceScaleLyric = OptionalDouble.empty();
        Optional<Boolean> ergTag = Optional.empty();
        Optional<Boolean> ergLyric = Optional.empty();
        Optional<Boolean> ergDiffusion = Optional.empty();

        /** Takes all of them over. */
        void set(SamplingOptions options) {
            steps = options.steps;
            stepList = options.stepList;
            scheduler = options.scheduler;
            omegaScale = options.omegaScale;
            guidance = options.guidance;
            guidanceScale = options.guidanceScale;
            guidanceInterval = options.guidanceInterval;
            guidanceIntervalDecay = options.guidanceIntervalDecay;
            minGuidanceScale = options.minGuidanceScale;
            guidanceScaleText = options.guidanceScaleText;
            guidanceScaleLyric = options.guidanceScaleLyric;
            ergTag = options.ergTag;
            ergLyric = options.ergLyric;
            ergDiffusion = options.ergDiffusion;
        }

        /** A number of steps and a list of them: the later one counts. */
        void steps(int count) {
            steps = OptionalInt.of(count);
            stepList = List.of();
        }

        void stepList(List<Integer> list) {
            stepList = RequestRules.present("stepList", list);
            if (!list.isEmpty()) {
                steps = OptionalInt.empty();
            }
        }

        /** One kind of guidance and another: the later one counts. */
        void guidance(GuidanceType type, OptionalDouble textScale, OptionalDouble lyricScale) {
            guidance = Optional.of(RequestRules.present("guidance", type));
            guidanceScaleText = textScale;
            guidanceScaleLyric = lyricScale;
        }

        SamplingOptions build() {
            return new SamplingOptions(
                    steps,
                    stepList,
                    scheduler,
                    omegaScale,
                    guidance,
                    guidanceScale,
                    guidanceInterval,
                    guidanceIntervalDecay,
                    minGuidanceScale,
                    guidanceScaleText,
                    guidanceScaleLyric,
                    ergTag,
                    ergLyric,
                    ergDiffusion);
        }
    }
}
