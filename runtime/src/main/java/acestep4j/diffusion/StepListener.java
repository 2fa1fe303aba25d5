package acestep4j.diffusion;

/** Hears of each finished step of the sampling loop; what it throws ends the loop, and its caller gets it. */
@FunctionalInterface
public interface StepListener {
    /**
     * @param done number of steps finished so far, from 1 to total
     * @param total number of steps of the whole loop
     */
    void stepDone(int done, int total);
}
