package acestep4j.benchmarks;

import acestep4j.bundle.Manifest;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.TorchGenerator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** From the log mel to the waveforms of both channels. */
public class VocoderBenchmark extends ModelBenchmark {
    private static final float LOG_MEL_MEAN = -5;

    @Param("10")
    public double seconds;

    private INDArray mel;

    @Override
    void prepare() {
        Manifest manifest = model.manifest();
        int melFrames = model.frames(seconds) * manifest.latents().melFrames();
        mel = Latents.create(1, manifest.audio().channels(), manifest.mel().bins(), melFrames);
        new TorchGenerator(1).fillNormal(Latents.values(mel));
        mel.addi(LOG_MEL_MEAN);
    }

    @Benchmark
    public void synthesize() {
        model.synthesize(mel);
    }

    @Override
    void release() {
        mel.close();
    }
}
