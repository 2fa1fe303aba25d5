package acestep4j.pipeline;

import org.nd4j.linalg.api.ndarray.INDArray;

/** What differs between the kinds of requests: how the latents come about. One object per generation. */
interface Task {
    /** The finished latents of the whole batch, float32 [batch, channels, height, frames]; the caller closes them. */
    INDArray sample(Song song);
}
