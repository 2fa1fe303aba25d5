package acestep4j.benchmarks;

import acestep4j.diffusion.ApgGuidance;
import acestep4j.diffusion.Denoiser;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.Pass;
import java.util.EnumMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * One step of the diffusion transformer, with as many condition tokens as prompt and lyric tokens and one more. Plain is a
 * single pass; guided is the conditional and the unconditional pass and the guidance over both.
 */
public class TransformerBenchmark extends ModelBenchmark {
    private static final float TIMESTEP = 500;
    private static final double GUIDANCE_SCALE = 15;

    @Param("30")
    public double seconds;

    @Param("32")
    public int promptTokens;

    @Param("267")
    public int lyricTokens;

    private final Map<Pass, INDArray> velocities = new EnumMap<>(Pass.class);
    private INDArray latents;
    private Denoiser denoiser;

    @Override
    void prepare() {
        model.prompt(promptIds(promptTokens), lyricIds(lyricTokens));
        latents = model.noise(seconds, 1);
        velocities.put(Pass.CONDITIONAL, Latents.create(latents.shape()));
        velocities.put(Pass.UNCONDITIONAL, Latents.create(latents.shape()));
        denoiser = model.denoiser();
    }

    @Benchmark
    public INDArray plain() {
        return denoise(Pass.CONDITIONAL);
    }

    @Benchmark
    public INDArray guided() {
        denoise(Pass.CONDITIONAL);
        denoise(Pass.UNCONDITIONAL);
        new ApgGuidance().guide(velocities, 0, GUIDANCE_SCALE);
        return velocities.get(Pass.CONDITIONAL);
    }

    private INDArray denoise(Pass pass) {
        denoiser.denoise(latents, TIMESTEP, pass, velocities.get(pass));
        return velocities.get(pass);
    }

    @Override
    void release() {
        velocities.values().forEach(INDArray::close);
        latents.close();
    }
}
