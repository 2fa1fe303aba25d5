package acestep4j.benchmarks;

import acestep4j.bundle.Bundle;
import acestep4j.bundle.Manifest;
import acestep4j.text.LyricTokenizer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
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

/** From lyrics to tokens: a song of 60 lines, and 100,000 characters in one line, which no text may make slow. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 3, time = 3)
@State(Scope.Benchmark)
public class LyricBenchmark {
    private static final int LONG_LINE = 100_000;
    private static final int SONG_LINES = 60;
    private static final Map<String, String> LINES = Map.of(
            "en", "The lamps along the harbour burn until the 2nd morning comes for $20 ",
            "de", "Die Lichter am Hafen brennen bis zum 3. Morgen und kosten 20 Euro ",
            "zh", "我们在2024年8月24日唱了100首歌，花了20块钱。",
            "ko", "우리는 서울에서 12번째 노래를 부르고 있어요 ",
            "ja", "私は東京に住んでいます、音楽が好きです。");

    /** Japanese needs a bundle that was exported with its dictionary. */
    @Param("models/random-small")
    public String bundle;

    @Param({"en", "de", "zh", "ko"})
    public String language;

    private LyricTokenizer tokenizer;
    private String song;
    private String longLine;

    @Setup
    public void open() {
        Bundle opened = Bundle.open(Path.of(bundle), false);
        Manifest.Lyrics lyrics = opened.manifest().lyrics().orElseThrow();
        tokenizer = LyricTokenizer.load(
                opened.file(lyrics.tokenizer()),
                opened.file(lyrics.languageModel()),
                lyrics.pinyin().map(opened::file),
                lyrics.japanese().map(opened::file));
        String line = LINES.get(language);
        song = (line.strip() + "\n").repeat(SONG_LINES);
        longLine = line.repeat(LONG_LINE / line.length() + 1).substring(0, LONG_LINE);
    }

    @Benchmark
    public long[] song() {
        return tokenizer.encode(song);
    }

    @Benchmark
    public long[] hundredThousandCharacters() {
        return tokenizer.encode(longLine);
    }

    @TearDown
    public void close() {
        tokenizer.close();
    }
}
