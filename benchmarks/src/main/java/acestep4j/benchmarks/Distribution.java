package acestep4j.benchmarks;

import java.util.Arrays;

/** How measured times are spread, in seconds. Each figure is one of those times, p999 the one at 99.9 %. */
record Distribution(double p50, double p95, double p99, double p999, double max) {
    private static final double NANOS = 1e9;

    /** @param nanos at least one */
    static Distribution of(long... nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Distribution(
                percentile(sorted, 500),
                percentile(sorted, 950),
                percentile(sorted, 990),
                percentile(sorted, 999),
                percentile(sorted, 1000));
    }

    /** The smallest time that so many thousandths of all don't exceed. */
    private static double percentile(long[] sorted, long thousandths) {
        return sorted[(int) ((sorted.length * thousandths + 999) / 1000) - 1] / NANOS;
    }
}
