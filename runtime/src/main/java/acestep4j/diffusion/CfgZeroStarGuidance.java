package acestep4j.diffusion;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * CFG-zero-star (Fan et al., 2025, arXiv 2503.18886): classifier-free guidance whose unconditional velocity is first scaled,
 * for each batch item, to the conditional one's projection on it; after {@code acestep/apg_guidance.py} (cfg_zero_star) at
 * d612523. In the first two evaluations the velocity is 0, if they are guided at all: the guidance interval has to begin
 * there. Immutable and thread-safe.
 */
public final class CfgZeroStarGuidance implements Guidance {
    private static final int LAST_ZERO_EVALUATION = 1;
    private static final float SMALLEST_SQUARE = 1e-8f;

    @Override
    public List<Pass> passes() {
        return List.of(Pass.UNCONDITIONAL);
    }

    @Override
    public void guide(Map<Pass, INDArray> velocities, int evaluation, double guidanceScale) {
        INDArray conditional = velocities.get(Pass.CONDITIONAL);
        FloatBuffer guided = Latents.values(conditional);
        FloatBuffer unconditional = Latents.values(velocities.get(Pass.UNCONDITIONAL), guided.limit());
        if (evaluation <= LAST_ZERO_EVALUATION) {
            for (int i = 0; i < guided.limit(); i++) {
                guided.put(i, guided.get(i) * 0);
            }
        } else {
            int item = Math.toIntExact(guided.limit() / conditional.size(0));
            for (int start = 0; start < guided.limit(); start += item) {
                guideItem(guided, unconditional, start, start + item, (float) guidanceScale);
            }
        }
        Reference.reachabilityFence(velocities);
    }

    private static void guideItem(FloatBuffer guided, FloatBuffer unconditional, int start, int end, float scale) {
        double dot = 0;
        double squares = 0;
        for (int i = start; i < end; i++) {
            float without = unconditional.get(i);
            dot += guided.get(i) * without;
            squares += without * without;
        }
        float alpha = (float) dot / ((float) squares + SMALLEST_SQUARE);
        for (int i = start; i < end; i++) {
            float without = unconditional.get(i) * alpha;
            guided.put(i, without + scale * (guided.get(i) - without));
        }
    }
}
