package acestep4j.diffusion;

import acestep4j.golden.NpyArray;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Golden numbers as latents and back. */
final class Arrays4d {
    private Arrays4d() {}

    static INDArray of(NpyArray golden) {
        INDArray latents = Latents.create(golden.longShape());
        Latents.values(latents).put(golden.floats());
        return latents;
    }

    static float[] floats(INDArray latents) {
        FloatBuffer values = Latents.values(latents);
        float[] floats = new float[values.remaining()];
        values.get(floats);
        return floats;
    }
}
