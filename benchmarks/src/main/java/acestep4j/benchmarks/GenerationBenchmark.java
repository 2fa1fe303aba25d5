package acestep4j.benchmarks;

import acestep4j.AceStep;
import acestep4j.GenerationResult;
import acestep4j.request.TextToMusicRequest;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole generation, prompt to samples, on an open bundle. The counter {@code realTimeFactor} is seconds of music per
 * second of computing: above 1 is faster than playing.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 5)
@State(Scope.Benchmark)
public class GenerationBenchmark {
    @Param("models/random-small")
    public String bundle;

    @Param("10")
    public double seconds;

    @Param("8")
    public int steps;

    /** One of the bundle's precisions, or the runtime's choice. */
    @Param(Opening.AUTO)
    public String precision;

    @Param("cpu")
    public String device;

    /** Threads of one operation; 0 for one per core. */
    @Param("0")
    public int threads;

    private AceStep aceStep;

    /** Seconds of music made, which JMH divides by the time it took. */
    @AuxCounters
    @State(Scope.Thread)
    public static class Music {
        public double realTimeFactor;

        @Setup(Level.Iteration)
        public void reset() {
            realTimeFactor = 0;
        }
    }

    @Setup
    public void open() {
        aceStep = AceStep.open(Path.of(bundle), Opening.options(precision, device, threads, false));
    }

    @Benchmark
    public GenerationResult generate(Music music) {
        GenerationResult result = aceStep.generate(TextToMusicRequest.builder()
                .prompt(Example.PROMPT)
                .lyrics(Example.LYRICS)
                .duration(seconds)
                .steps(steps)
                .seed(1)
                .build());
        music.realTimeFactor += seconds;
        return result;
    }

    @TearDown
    public void close() {
        aceStep.close();
    }
}
