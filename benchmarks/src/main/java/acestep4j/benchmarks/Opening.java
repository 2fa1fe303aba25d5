package acestep4j.benchmarks;

import acestep4j.AceStepOptions;
import acestep4j.Device;
import acestep4j.InvalidRequestException;

/** From the parameters of a benchmark to the options that a bundle is opened with: the only place that does so. */
final class Opening {
    /** Leaves a parameter to the runtime. */
    static final String AUTO = "auto";

    private Opening() {}

    /**
     * @param precision one of the bundle's, or {@code auto}
     * @param device {@code cpu}, {@code cuda} or {@code auto}
     * @param threads 0 for one per core
     */
    static AceStepOptions options(String precision, String device, int threads, boolean offload) {
        AceStepOptions options =
                AceStepOptions.defaults().withDevice(device(device)).withOffload(offload);
        if (threads > 0) {
            options = options.withThreads(threads);
        }
        return precision.equals(AUTO) ? options : options.withPrecision(precision);
    }

    private static Device device(String name) {
        return switch (name) {
            case "cpu" -> Device.cpu();
            case "cuda" -> Device.cuda();
            case AUTO -> Device.auto();
            default -> throw new InvalidRequestException("device", "expected cpu, cuda or auto, found " + name);
        };
    }
}
