package acestep4j.diffusion;

import acestep4j.InvalidRequestException;

/**
 * How an edit goes from a source to its target. The steps before {@code nMin} are left out, those from there to
 * {@code nMax} follow the difference between the target's velocity and the source's, those after it the target's alone.
 *
 * @param guidanceScale strength of the guidance on both sides, from 0; 0 and 1 turn it off
 * @param nMin share of the steps to leave out, 0 to {@code nMax}: more keeps more of the source
 * @param nMax share of the steps up to which the source is followed, {@code nMin} to 1: less keeps less of the source
 * @param nAvg number of noises over which a step's difference is averaged, at least 1
 * @param pingPong whether each step goes to noise level 0 and comes back with new noise, rather than straight on
 */
public record FlowEditSettings(double guidanceScale, double nMin, double nMax, int nAvg, boolean pingPong) {
    public FlowEditSettings {
        if (!(guidanceScale >= 0) || Double.isInfinite(guidanceScale)) {
            throw new InvalidRequestException(
                    "guidanceScale", "expected a finite number from 0 up, found " + guidanceScale);
        }
        if (!(nMax >= 0 && nMax <= 1)) {
            throw new InvalidRequestException("nMax", "expected a number from 0 to 1, found " + nMax);
        }
        if (!(nMin >= 0 && nMin <= nMax)) {
            throw new InvalidRequestException("nMin", "expected a number from 0 to nMax " + nMax + ", found " + nMin);
        }
        if (nAvg < 1) {
            throw new InvalidRequestException("nAvg", "expected at least 1, found " + nAvg);
        }
    }

    public boolean isGuided() {
        return guidanceScale != 0 && guidanceScale != 1;
    }

    /** The step of that many to begin with; equal to the number of steps when there is nothing to do. */
    public int firstStep(int steps) {
        return (int) (steps * nMin);
    }

    /** The first step of that many which follows the target alone; equal to the number of steps when there is none. */
    public int firstTargetStep(int steps) {
        return (int) (steps * nMax);
    }

    /** How often the model runs in step i of that many. */
    public int evaluations(int i, int steps) {
        int passes = isGuided() ? 2 : 1;
        return i < firstTargetStep(steps) ? nAvg * 2 * passes : passes;
    }
}
