package acestep4j.benchmarks;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** The decoder from latents to the log mel of both channels. */
public class DcaeBenchmark extends ModelBenchmark {
    @Param("10")
    public double seconds;

    private INDArray latents;

    @Override
    void prepare() {
        latents = model.noise(seconds, 1);
    }

    @Benchmark
    public void decode() {
        model.decode(latents).close();
    }

    @Override
    void release() {
        latents.close();
    }
}
