package acestep4j.cli;

import acestep4j.AceStep;
import acestep4j.AceStepOptions;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model computes, and with what. */
final class ModelFlags {
    @Option(names = "--bundle", required = true, paramLabel = "DIR", description = "The bundle.")
    private Path bundle;

    @Mixin
    private DeviceFlags device;

    @Option(names = "--threads", paramLabel = "N", description = "Threads that compute (default: one per core).")
    private Integer threads;

    @Option(
            names = "--spinning",
            description = "Threads that wait within a step keep their cores: for a machine of one's own.")
    private boolean spinning;

    @Option(names = "--offload", description = "Load each part for its stage only: less memory, more time.")
    private boolean offload;

    @Option(names = "--verify", description = "Compare the SHA-256 of every file of the bundle first.")
    private boolean verify;

    @Option(names = "--lora", paramLabel = "FILE", description = "A LoRA: its .safetensors file, or the folder of one.")
    private Path lora;

    @Option(names = "--lora-weight", paramLabel = "X", description = "Factor on what the LoRA adds (default: 1).")
    private Double loraWeight;

    /** Opens the bundle, with the LoRA of the flags or of the parameters. Whoever opened it closes it. */
    AceStep open(Optional<OfficialParams> params) {
        if (loraWeight != null && loraFile(params).isEmpty()) {
            throw new InputException("--lora-weight: has no meaning without a LoRA; give --lora, or leave it out");
        }
        AceStep aceStep = AceStep.open(bundle, options());
        try {
            loraFile(params).ifPresent(file -> aceStep.useLora(file, loraWeight(params)));
            return aceStep;
        } catch (RuntimeException | Error e) {
            aceStep.close();
            throw e;
        }
    }

    /** The LoRA to use. */
    Optional<Path> loraFile(Optional<OfficialParams> params) {
        return Optional.ofNullable(lora).or(() -> params.flatMap(OfficialParams::loraFile));
    }

    private double loraWeight(Optional<OfficialParams> params) {
        return Optional.ofNullable(loraWeight)
                .orElseGet(() -> params.map(OfficialParams::loraWeight).orElse(1.0));
    }

    private AceStepOptions options() {
        AceStepOptions options = device.applyTo(AceStepOptions.defaults())
                .withSpinning(spinning)
                .withOffload(offload)
                .withVerifyHashes(verify);
        return threads == null ? options : options.withThreads(threads);
    }
}
