package acestep4j.library;

import acestep4j.AceStepOptions;
import acestep4j.DecodingMode;
import acestep4j.Device;
import acestep4j.DeviceChoice;
import acestep4j.GenerationResult;
import acestep4j.LoraReference;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Results as no model made them: another sound for each seed. */
final class Synthetic {
    static final Manifest.Defaults DEFAULTS = new Manifest.Defaults(
            60, 60, 15, 10, 0.5, 0, 3, true, true, true, SchedulerType.EULER, GuidanceType.APG, 3);
    static final String BUNDLE_ID = "ab".repeat(32);

    private static final int CHANNELS = 8;
    private static final int HEIGHT = 16;

    private Synthetic() {}

    /** Between a hundredth of a second and a second of noise. */
    static GenerationResult result(long seed) {
        return result(seed, 480 + (int) (seed * 7919 % 47_520));
    }

    static GenerationResult result(long seed, int length) {
        GenerationRequest request = TextToMusicRequest.builder()
                .prompt("noise")
                .duration(1)
                .seed(seed)
                .build();
        Random random = new Random(seed);
        float[][] samples = new float[2][length];
        for (float[] channel : samples) {
            fill(channel, random);
        }
        int frames = 1 + length / 4458;
        float[] latents = new float[CHANNELS * HEIGHT * frames];
        fill(latents, random);
        return new GenerationResult(
                List.of(new AudioBuffer(samples, 48_000)),
                latents,
                List.of(1, CHANNELS, HEIGHT, frames),
                receipt(request, Optional.empty()));
    }

    /** The recipe that the result of a seed has. */
    static Recipe recipe(long seed) {
        return Recipe.of(result(seed, 480).receipt(), 0);
    }

    static Receipt receipt(GenerationRequest request, Optional<LoraReference> lora) {
        return new Receipt(
                GenerationSettings.of(request, DEFAULTS),
                1,
                "synthetic",
                BUNDLE_ID,
                Map.of("acestep4j", "test"),
                AceStepOptions.defaults(),
                new Plan(false, DecodingMode.WHOLE),
                new DeviceChoice(Device.auto(), Device.cpu(), "fp32", new ArrayList<>()),
                lora,
                3,
                false,
                0,
                List.of(),
                List.of(),
                Optional.empty(),
                Map.of(Stage.TEXT, Duration.ZERO));
    }

    private static void fill(float[] values, Random random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
    }
}
