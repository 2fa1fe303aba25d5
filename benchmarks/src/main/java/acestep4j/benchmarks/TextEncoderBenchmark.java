package acestep4j.benchmarks;

import acestep4j.model.TextStates;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** The prompt's T5 encoder. */
public class TextEncoderBenchmark extends ModelBenchmark {
    @Param("32")
    public int promptTokens;

    private long[] ids;

    @Override
    void prepare() {
        ids = promptIds(promptTokens);
    }

    @Benchmark
    public TextStates encode() {
        return model.encodeText(ids);
    }
}
