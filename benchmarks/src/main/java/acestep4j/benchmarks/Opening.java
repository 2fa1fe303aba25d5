package acestep4j.benchmarks;

import acestep4j.AceStepOptions;

/** From the parameters of a benchmark to the options that a bundle is opened with: the only place that does so. */
final class Opening {
    /** Leaves a parameter to the runtime. */
    static final String AUTO = "auto";

    private Opening() {}

    /**
     * @param precision one of the bundle's, or {@code auto}
     * @param device {@code cpu}; others aren't there yet
     * @param threads 0 for one per core
     * @throws UnsupportedOperationException for what the runtime can't do, which leaves a row not measured
     */
    static AceStepOptions options(String precision, String device, int threads, boolean offload) {
        if (!device.equals("cpu") && !device.equals(AUTO)) {
            throw new UnsupportedOperationException("device " + device + ": this version computes on the CPU only");
        }
        if (offload) {
            throw new UnsupportedOperationException("offload: this version keeps all parts loaded");
        }
        AceStepOptions options = AceStepOptions.defaults();
        if (threads > 0) {
            options = options.withThreads(threads);
        }
        return precision.equals(AUTO) ? options : options.withPrecision(precision);
    }
}
