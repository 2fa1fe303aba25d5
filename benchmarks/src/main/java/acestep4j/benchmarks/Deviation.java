package acestep4j.benchmarks;

/**
 * How far values lie from a reference.
 *
 * @param cosine of the angle between the two as vectors, 1 for the same direction
 * @param relativeError root mean square of the difference over that of the reference
 */
record Deviation(double cosine, double relativeError) {
    static Deviation of(float[] values, float[] reference) {
        if (values.length != reference.length) {
            throw new IllegalArgumentException("expected " + reference.length + " values, found " + values.length);
        }
        double dot = 0;
        double valuesSquared = 0;
        double referenceSquared = 0;
        double differenceSquared = 0;
        for (int i = 0; i < values.length; i++) {
            dot += (double) values[i] * reference[i];
            valuesSquared += (double) values[i] * values[i];
            referenceSquared += (double) reference[i] * reference[i];
            double difference = (double) values[i] - reference[i];
            differenceSquared += difference * difference;
        }
        return new Deviation(
                dot / Math.sqrt(valuesSquared * referenceSquared), Math.sqrt(differenceSquared / referenceSquared));
    }
}
