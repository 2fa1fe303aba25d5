package acestep4j.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the benchmarks of the model's parts share: an open bundle and tokens of a prompt and of lyrics. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Benchmark)
public abstract class ModelBenchmark {
    @Param("models/random-small")
    public String bundle;

    /** One of the bundle's precisions, or the runtime's choice. */
    @Param(Opening.AUTO)
    public String precision;

    @Param("cpu")
    public String device;

    /** Threads of one operation; 0 for one per core. */
    @Param("0")
    public int threads;

    PromptedModel model;

    @Setup
    public void open() {
        model = PromptedModel.open(Path.of(bundle), Opening.options(precision, device, threads, false));
        prepare();
    }

    /** What a benchmark makes before it is measured. */
    void prepare() {}

    @TearDown
    public void close() {
        release();
        model.close();
    }

    /** Closes what {@link #prepare} made. */
    void release() {}

    /** That many ids of the example's prompt, repeated. */
    long[] promptIds(int count) {
        return repeat(model.promptIds(Example.PROMPT), count);
    }

    /** That many ids of the example's lyrics, repeated. */
    long[] lyricIds(int count) {
        return repeat(model.lyricIds(Example.LYRICS), count);
    }

    private static long[] repeat(long[] ids, int count) {
        long[] repeated = new long[count];
        Arrays.setAll(repeated, i -> ids[i % ids.length]);
        return repeated;
    }
}
