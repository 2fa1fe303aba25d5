package acestep4j.job;

import acestep4j.AceStepOptions;
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
import acestep4j.request.TextToMusicRequest;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Results without a model. */
public final class FakeMusic {
    static final int SAMPLE_RATE = 1_000;

    private static final Manifest.Defaults DEFAULTS = new Manifest.Defaults(
            60, 27, 15, 10, 0.5, 0, 3, true, false, true, SchedulerType.EULER, GuidanceType.APG, 3);

    private FakeMusic() {}

    /** One second of music by its name. */
    static TextToMusicRequest request(String prompt) {
        return TextToMusicRequest.builder().prompt(prompt).duration(1).seed(1).build();
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

    /** Music in which a quality gate finds nothing. */
    static GenerationResult good(GenerationRequest request) {
        return result(request, tone(1, 0.5f));
    }

    static AudioBuffer tone(double seconds, float level) {
        float[] samples = new float[(int) (seconds * SAMPLE_RATE)];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = i % 2 == 0 ? level : -level;
        }
        return new AudioBuffer(new float[][] {samples, samples}, SAMPLE_RATE);
    }
}
