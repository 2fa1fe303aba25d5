package acestep4j.diffusion;

import acestep4j.InvalidRequestException;

/**
 * When and how strongly the sampling loop guides.
 *
 * @param guidanceScale strength of the guidance, from 0; 0 and 1 turn it off
 * @param guidanceInterval share of the steps that are guided, 0 to 1, in the middle of the schedule
 * @param guidanceIntervalDecay how far the guidance scale falls towards {@code minGuidanceScale} over the interval, from 0
 *     (not at all) to 1 (all the way); above 1 it overshoots
 * @param minGuidanceScale where the decay leads to, from 0
 */
public record SamplingSettings(
        double guidanceScale, double guidanceInterval, double guidanceIntervalDecay, double minGuidanceScale) {

    public SamplingSettings {
        requireFrom0("guidanceScale", guidanceScale);
        requireFrom0("guidanceInterval", guidanceInterval);
        if (guidanceInterval > 1) {
            throw new InvalidRequestException(
                    "guidanceInterval", "expected a number from 0 to 1, found " + guidanceInterval);
        }
        requireFrom0("guidanceIntervalDecay", guidanceIntervalDecay);
        requireFrom0("minGuidanceScale", minGuidanceScale);
    }

    private static void requireFrom0(String field, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new InvalidRequestException(field, "expected a finite number from 0 up, found " + value);
        }
    }

    /** Whether step i of that many is guided and so needs the guidance's passes too. */
    public boolean guides(int i, int steps) {
        boolean on = guidanceScale != 0 && guidanceScale != 1;
        return on && i >= intervalStart(steps) && i < intervalEnd(steps);
    }

    /** The guidance scale of step i of that many, a step inside the guidance interval. */
    public double guidanceScale(int i, int steps) {
        int last = intervalEnd(steps) - intervalStart(steps) - 1;
        if (last == 0) {
            return guidanceScale;
        }
        double progress = (double) (i - intervalStart(steps)) / last;
        return guidanceScale - (guidanceScale - minGuidanceScale) * progress * guidanceIntervalDecay;
    }

    private int intervalStart(int steps) {
        return (int) (steps * ((1 - guidanceInterval) / 2));
    }

    private int intervalEnd(int steps) {
        return (int) (steps * (guidanceInterval / 2 + 0.5));
    }
}
