package acestep4j.request;

import acestep4j.InvalidRequestException;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.GuidanceType;
import acestep4j.diffusion.SchedulerType;
import java.util.List;

/**
 * {@link SamplingOptions} with nothing left open. Immutable.
 *
 * @param steps number of sampling steps; that of the list when there is one
 * @param stepList the steps to take of a longer schedule, counted from 1; empty for all
 * @param guidanceScaleText 0 but for {@link GuidanceType#DOUBLE_CONDITION}
 * @param guidanceScaleLyric 0 but for {@link GuidanceType#DOUBLE_CONDITION}
 * @param shift the shift of the scheduler's sigmas, above 0
 */
public record Sampling(
        int steps,
        List<Integer> stepList,
        SchedulerType scheduler,
        double omegaScale,
        GuidanceType guidance,
        double guidanceScale,
        double guidanceInterval,
        double guidanceIntervalDecay,
        double minGuidanceScale,
        double guidanceScaleText,
        double guidanceScaleLyric,
        boolean ergTag,
        boolean ergLyric,
        boolean ergDiffusion,
        double shift) {

    /** @throws InvalidRequestException naming the first field that is out of its range: a bundle's default, then */
    public Sampling {
        RequestRules.steps(steps);
        stepList = List.copyOf(stepList);
        RequestRules.from0("guidanceScale", guidanceScale);
        RequestRules.from0To1("guidanceInterval", guidanceInterval);
        RequestRules.from0To1("guidanceIntervalDecay", guidanceIntervalDecay);
        RequestRules.from0("minGuidanceScale", minGuidanceScale);
        RequestRules.finite("omegaScale", omegaScale);
    }

    /** Takes what a request leaves open from its task, where that has no choice, else from the bundle's defaults. */
    static Sampling of(GenerationRequest request, Manifest.Defaults defaults) {
        SamplingOptions options = request.sampling();
        boolean isEdit = request instanceof EditRequest;
        boolean hasSchedulers = request instanceof TimedRequest
                || request instanceof AudioToAudioRequest
                || request instanceof LoopRequest;
        return new Sampling(
                options.stepList().isEmpty()
                        ? options.steps().orElse(defaults.steps())
                        : options.stepList().size(),
                options.stepList(),
                options.scheduler().orElse(hasSchedulers ? defaults.scheduler() : SchedulerType.EULER),
                options.omegaScale().orElse(defaults.omegaScale()),
                options.guidance().orElse(isEdit ? GuidanceType.APG : defaults.guidance()),
                options.guidanceScale().orElse(defaults.guidanceScale()),
                options.guidanceInterval().orElse(defaults.guidanceInterval()),
                options.guidanceIntervalDecay().orElse(defaults.guidanceIntervalDecay()),
                options.minGuidanceScale().orElse(defaults.minGuidanceScale()),
                options.guidanceScaleText().orElse(0),
                options.guidanceScaleLyric().orElse(0),
                options.ergTag().orElse(defaults.ergTag()),
                options.ergLyric().orElse(defaults.ergLyric()),
                options.ergDiffusion().orElse(defaults.ergDiffusion()),
                defaults.shift());
    }
}
