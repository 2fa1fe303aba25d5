package acestep4j.cli;

import acestep4j.AceStepOptions;
import acestep4j.Device;
import acestep4j.InvalidRequestException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** What computes, and in which precision. */
final class DeviceFlags {
    private static final Pattern DEVICE = Pattern.compile("(auto|cpu|cuda)(?::(\\d{1,4}))?");
    private static final double BYTES_PER_GIGABYTE = 1e9;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description =
                    "auto, cpu, cuda or cuda:N with the card's number (default: auto, which is CUDA where it can).")
    private String device;

    @Option(
            names = "--device-memory",
            paramLabel = "GB",
            description = "The most memory of the card that one graph may use beside its weights.")
    private Double deviceMemory;

    @Option(names = "--no-tf32", description = "Multiply float32 on CUDA with all its bits.")
    private boolean noTf32;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description =
                    "auto or one of the bundle's precisions, such as fp32 (default: auto, the best for the device).")
    private String precision;

    AceStepOptions applyTo(AceStepOptions options) {
        AceStepOptions changed = options.withDevice(device());
        return precision == null ? changed : changed.withPrecision(precision);
    }

    private Device device() {
        String name = device == null ? "auto" : device.toLowerCase(Locale.ROOT);
        Matcher matcher = DEVICE.matcher(name);
        if (!matcher.matches()) {
            throw new InvalidRequestException("--device", "expected auto, cpu, cuda or cuda:N, found " + device);
        }
        Device chosen =
                switch (matcher.group(1)) {
                    case "cpu" -> Device.cpu();
                    case "cuda" -> Device.cuda();
                    default -> Device.auto();
                };
        if (matcher.group(2) != null) {
            chosen = chosen.withId(Integer.parseInt(matcher.group(2)));
        }
        if (deviceMemory != null) {
            chosen = chosen.withMemoryLimit((long) (deviceMemory * BYTES_PER_GIGABYTE));
        }
        return chosen.withTf32(!noTf32);
    }
}
