package acestep4j.diffusion;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The model as the sampling loop sees it: from latents and noise level to velocity. */
@FunctionalInterface
public interface Denoiser {
    /**
     * @param latents float32 {@code [batch, channels, height, frames]} in C order, not to be changed
     * @param timestep noise level in (0, 1000], the same for the whole batch
     * @param velocity gets the prediction; same shape, type and order as the latents
     */
    void denoise(INDArray latents, float timestep, Pass pass, INDArray velocity);
}
