package acestep4j.benchmarks;

import acestep4j.model.TextStates;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** From encoded prompt and lyrics to the keys and values that the transformer attends to, for one pass. */
public class ConditionEncoderBenchmark extends ModelBenchmark {
    @Param("32")
    public int promptTokens;

    @Param("267")
    public int lyricTokens;

    private TextStates text;
    private long[] lyricIds;

    @Override
    void prepare() {
        text = model.encodeText(promptIds(promptTokens));
        lyricIds = lyricIds(lyricTokens);
    }

    @Benchmark
    public void encode() {
        model.encodeCondition(text, lyricIds).close();
    }
}
