package acestep4j.diffusion;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Classifier-free guidance (Ho and Salimans, 2022, arXiv 2207.12598): from the unconditional velocity towards the
 * conditional one and beyond; after {@code acestep/apg_guidance.py} (cfg_forward) at d612523. Immutable and thread-safe.
 */
public final class CfgGuidance implements Guidance {
    @Override
    public List<Pass> passes() {
        return List.of(Pass.UNCONDITIONAL);
    }

    @Override
    public void guide(Map<Pass, INDArray> velocities, int evaluation, double guidanceScale) {
        FloatBuffer guided = Latents.values(velocities.get(Pass.CONDITIONAL));
        FloatBuffer unconditional = Latents.values(velocities.get(Pass.UNCONDITIONAL), guided.limit());
        float scale = (float) guidanceScale;
        for (int i = 0; i < guided.limit(); i++) {
            float without = unconditional.get(i);
            guided.put(i, without + scale * (guided.get(i) - without));
        }
        Reference.reachabilityFence(velocities);
    }
}
