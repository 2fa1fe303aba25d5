package acestep4j.cli;

import acestep4j.AceStep;
import acestep4j.AceStepOptions;
import acestep4j.MemoryLimit;
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

    @Option(
            names = "--overlapped-decode",
            description = "Decode songs of more than 48 s in overlapping windows, as the official overlapped_decode.")
    private boolean overlappedDecode;

    @Option(
            names = "--memory-limit",
            paramLabel = "SIZE",
            description = "The most memory that a song may be estimated to take, such as 6GB or 800MB.")
    private String memoryLimit;

    @Option(
            names = "--memory-policy",
            paramLabel = "NAME",
            description = "For a song over the limit: refuse, or smaller-plan, which takes offload before overlapped"
                    + " decoding (default: refuse).")
    private String memoryPolicy;

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

    private MemoryLimit.Policy policy() {
        String name = memoryPolicy == null ? MemoryLimit.Policy.REFUSE.label() : memoryPolicy;
        return MemoryLimit.Policy.labelled(name)
                .orElseThrow(() ->
                        new InputException("--memory-policy: expected refuse or smaller-plan, found '" + name + "'"));
    }

    private AceStepOptions options() {
        AceStepOptions options = device.applyTo(AceStepOptions.defaults())
                .withSpinning(spinning)
                .withOffload(offload)
                .withOverlappedDecode(overlappedDecode)
                .withVerifyHashes(verify);
        if (memoryLimit != null) {
            options = options.withMemoryLimit(Labels.bytes("--memory-limit", memoryLimit), policy());
        } else if (memoryPolicy != null) {
            throw new InputException(
                    "--memory-policy: has no meaning without --memory-limit; give one, or leave it out");
        }
        return threads == null ? options : options.withThreads(threads);
    }
}
