package acestep4j.pipeline;

import acestep4j.diffusion.Latents;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns noise towards another one by an angle of 0 to 90 degrees, which keeps its mean and standard deviation; in single
 * precision as the official code does.
 */
record NoiseTurn(float cosine, float sine) {
    /** @param variance 0 for the first noise, 1 for the second */
    static NoiseTurn by(double variance) {
        float angle = (float) (variance * Math.PI / 2);
        return new NoiseTurn((float) Math.cos(angle), (float) Math.sin(angle));
    }

    /** @param noise turned in place */
    void turn(INDArray noise, INDArray towards) {
        turn(noise, towards, 0, (int) noise.size(3));
    }

    /** Turns the frames from {@code start} to before {@code end} only. */
    void turn(INDArray noise, INDArray towards, int start, int end) {
        FloatBuffer first = Latents.values(noise);
        FloatBuffer second = Latents.values(towards);
        int frames = (int) noise.size(3);
        for (int row = 0; row < first.limit(); row += frames) {
            for (int i = row + start; i < row + end; i++) {
                first.put(i, cosine * first.get(i) + sine * second.get(i));
            }
        }
        Reference.reachabilityFence(noise);
        Reference.reachabilityFence(towards);
    }
}
