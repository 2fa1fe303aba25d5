package acestep4j.job;

import acestep4j.AceStepOptions;
import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.Device;
import acestep4j.DeviceChoice;
import acestep4j.GenerationResult;
import acestep4j.Plan;
import acestep4j.Receipt;
import acestep4j.Stage;
import acestep4j.audio.AudioBuffer;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.GuidanceType;
import acestep4j.diffusion.SchedulerType;
import acestep4j.request.GenerationRequest;
import acestep4j.request.GenerationSettings;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Jobs whose music a test makes, without a model. */
public final class FakeJobs {
    private static final Manifest.Defaults DEFAULTS = new Manifest.Defaults(
            60, 27, 15, 10, 0.5, 0, 3, true, false, true, SchedulerType.EULER, GuidanceType.APG, 3);

    private FakeJobs() {}

    /** Makes the sound of a request. */
    @FunctionalInterface
    public interface Maker {
        AudioBuffer make(GenerationRequest request, Cancellation cancellation);
    }

    /** One worker, whose finished music is checked for nothing. */
    public static MusicJobs of(Maker maker) {
        return of(maker, JobOptions.defaults());
    }

    public static MusicJobs of(Maker maker, JobOptions options) {
        Generator generator =
                (request, listener, cancellation, sink) -> result(request, maker.make(request, cancellation));
        return new MusicJobs(generator, 2, 48_000, options);
    }

    /** What a generation of this request would give if it sounded like this. */
    public static GenerationResult result(GenerationRequest request, AudioBuffer audio) {
        Receipt receipt = new Receipt(
                GenerationSettings.of(request, DEFAULTS),
                audio.seconds(),
                "fake",
                "",
                Map.of(),
                AceStepOptions.defaults(),
                new Plan(false, DecodingMode.WHOLE),
                new DeviceChoice(Device.cpu(), Device.cpu(), "fp32", List.of()),
                Optional.empty(),
                1,
                false,
                0,
                List.of(),
                List.of(),
                Optional.empty(),
                new EnumMap<>(Stage.class));
        return new GenerationResult(List.of(audio), new float[0], List.of(), receipt);
    }
}
