package acestep4j.diffusion;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How a step's predictions become one velocity. One object per generation, not thread-safe. */
public interface Guidance {
    /** The passes that a guided step needs after the conditional one, in their order. */
    List<Pass> passes();

    /**
     * Guides one step, in place.
     *
     * @param velocities the predictions {@code [batch, channels, height, frames]} of the conditional pass and of
     *     {@link #passes()}; afterwards the conditional one is the guided velocity, the others are as they were
     * @param evaluation the scheduler's evaluation the velocities belong to, from 0
     * @param guidanceScale strength of the guidance
     */
    void guide(Map<Pass, INDArray> velocities, int evaluation, double guidanceScale);
}
