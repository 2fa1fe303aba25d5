package acestep4j.diffusion;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Guidance with a scale for the prompt and another one for the lyrics: a sum of the velocities with both, with the prompt
 * alone and with neither; after {@code acestep/apg_guidance.py} (cfg_double_condition_forward) at d612523. Nothing
 * of it depends on the guidance scale, which still turns all guidance off at 0 and 1. Immutable and thread-safe.
 */
public final class DoubleConditionGuidance implements Guidance {
    private final float conditionalShare;
    private final float textOnlyShare;
    private final float unconditionalShare;

    /**
     * @param textScale strength of the prompt; 1 leaves it as it is
     * @param lyricScale strength of the lyrics; 1 leaves them as they are
     */
    public DoubleConditionGuidance(double textScale, double lyricScale) {
        if (!Double.isFinite(textScale) || !Double.isFinite(lyricScale)) {
            throw new IllegalArgumentException(
                    "scales: expected finite numbers, found " + textScale + " for text, " + lyricScale + " for lyrics");
        }
        this.conditionalShare = (float) lyricScale;
        this.textOnlyShare = (float) (textScale - lyricScale);
        this.unconditionalShare = (float) (1 - textScale);
    }

    @Override
    public List<Pass> passes() {
        return List.of(Pass.TEXT_ONLY, Pass.UNCONDITIONAL);
    }

    @Override
    public void guide(Map<Pass, INDArray> velocities, int evaluation, double guidanceScale) {
        FloatBuffer guided = Latents.values(velocities.get(Pass.CONDITIONAL));
        FloatBuffer textOnly = Latents.values(velocities.get(Pass.TEXT_ONLY), guided.limit());
        FloatBuffer unconditional = Latents.values(velocities.get(Pass.UNCONDITIONAL), guided.limit());
        for (int i = 0; i < guided.limit(); i++) {
            guided.put(
                    i,
                    unconditionalShare * unconditional.get(i)
                            + textOnlyShare * textOnly.get(i)
                            + conditionalShare * guided.get(i));
        }
        Reference.reachabilityFence(velocities);
    }
}
