package acestep4j.benchmarks;

import acestep4j.diffusion.ApgGuidance;
import acestep4j.diffusion.Denoiser;
import acestep4j.diffusion.FlowMatchEulerScheduler;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.Pass;
import acestep4j.diffusion.SamplingLoop;
import acestep4j.diffusion.SamplingSettings;
import acestep4j.diffusion.SigmaSchedule;
import acestep4j.diffusion.TorchGenerator;
import java.nio.FloatBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the sampling loop does beside the model: guidance and scheduler in each guided step, and the noise of a song. The
 * model's place is taken by a copy of random velocities, which is in the figure.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public class SamplingLoopBenchmark {
    private static final int STEPS = 27;
    private static final int CHANNELS = 8;
    private static final int HEIGHT = 16;
    private static final double FRAMES_PER_SECOND = 44100.0 / 512 / 8;
    private static final double SHIFT = 3;
    private static final double OMEGA_SCALE = 10;
    private static final SamplingSettings ALWAYS_GUIDED = new SamplingSettings(15, 1, 0, 3);

    @Param({"60", "240"})
    public double seconds;

    private final Map<Pass, INDArray> velocities = new EnumMap<>(Pass.class);
    private INDArray latents;
    private Denoiser denoiser;

    @Setup
    public void fill() {
        long frames = (long) (seconds * FRAMES_PER_SECOND);
        latents = noise(frames, 1);
        velocities.put(Pass.CONDITIONAL, noise(frames, 2));
        velocities.put(Pass.UNCONDITIONAL, noise(frames, 3));
        denoiser = (current, timestep, pass, velocity) -> {
            FloatBuffer prediction = Latents.values(velocities.get(pass));
            Latents.values(velocity).put(prediction);
        };
    }

    private static INDArray noise(long frames, long seed) {
        INDArray noise = Latents.create(1, CHANNELS, HEIGHT, frames);
        new TorchGenerator(seed).fillNormal(Latents.values(noise));
        return noise;
    }

    /** A guided step: adaptive projected guidance and an Euler step. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void guidedStep() {
        FlowMatchEulerScheduler scheduler = new FlowMatchEulerScheduler(SigmaSchedule.of(STEPS, SHIFT), OMEGA_SCALE);
        SamplingLoop.run(denoiser, scheduler, new ApgGuidance(), ALWAYS_GUIDED, latents, (done, total) -> {});
    }

    /** The noise that a song starts from. */
    @Benchmark
    public void noise() {
        noise(latents.size(3), 1).close();
    }

    @TearDown
    public void close() {
        latents.close();
        velocities.values().forEach(INDArray::close);
    }
}
