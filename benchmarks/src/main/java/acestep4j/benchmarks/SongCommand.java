package acestep4j.benchmarks;

import acestep4j.AceStep;
import acestep4j.Cancellation;
import acestep4j.DeviceException;
import acestep4j.GenerationResult;
import acestep4j.ProgressListener;
import acestep4j.Stage;
import acestep4j.audio.WavWriter;
import acestep4j.request.TextToMusicRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures one row in this process: opens the bundle, makes a song to warm up and then the songs that count. */
@Command(
        name = "song",
        description = "Measures one kind of song in this process and writes the row as JSON.",
        mixinStandardHelpOptions = true)
final class SongCommand implements Callable<Integer> {
    private static final double NANOS = 1e9;

    @Mixin
    private BundleFlags flags;

    @Option(
            names = "--precision",
            defaultValue = Opening.AUTO,
            paramLabel = "NAME",
            description = "One of the bundle's.")
    private String precision;

    @Option(names = "--seconds", required = true, paramLabel = "S", description = "Duration of the music.")
    private double seconds;

    @Option(names = "--steps", required = true, paramLabel = "N", description = "Diffusion steps.")
    private int steps;

    @Option(
            names = "--songs",
            defaultValue = "1",
            paramLabel = "N",
            description = "Songs that count (default: ${DEFAULT-VALUE}).")
    private int songs;

    @Option(
            names = "--warm-up-steps",
            paramLabel = "N",
            description = "Steps of the song before them; 0 for no such song (default: as many as theirs).")
    private Integer warmUpSteps;

    @Option(names = "--stream", description = "After them make a song that is heard while it is decoded.")
    private boolean isStreamed;

    @Option(names = "--round", defaultValue = "1", paramLabel = "N", description = "Number of the repetition.")
    private int round;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "The prompt of all songs.")
    private String prompt = Example.PROMPT;

    @Option(names = "--lyrics", paramLabel = "TEXT", description = "The lyrics of all songs.")
    private String lyrics = Example.LYRICS;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where the row goes.")
    private Path out;

    private final PeakByStage peaks = new PeakByStage();

    @Override
    public Integer call() throws IOException {
        Map<String, Object> row = new SongCase(precision, seconds, steps).key(SongCase.SONG, flags, round);
        try {
            measure(row);
        } catch (DeviceException e) {
            row = ResultsFile.notMeasured(row, Main.oneLine(e));
        }
        ResultsFile.write(out, ResultsFile.toJson(row) + "\n");
        return 0;
    }

    private void measure(Map<String, Object> row) throws IOException {
        peaks.begin("open");
        long start = System.nanoTime();
        try (AceStep aceStep = AceStep.open(flags.bundle, flags.options(precision))) {
            double open = since(start);
            int first = warmUpSteps == null ? steps : warmUpSteps;
            Map<String, Object> warmUp = first == 0 ? null : song(aceStep, first);
            List<Map<String, Object>> counted = new ArrayList<>();
            for (int i = 0; i < songs; i++) {
                counted.add(song(aceStep, steps));
            }
            row.put("measured", true);
            row.put("open_seconds", open);
            row.put("warm_up", warmUp);
            row.put("songs", counted);
            if (isStreamed) {
                row.put("streamed", streamed(aceStep));
            }
            OptionalLong peak = peaks.most();
            row.put("peak_resident_bytes", peak.isPresent() ? peak.getAsLong() : null);
            row.put("peak_resident_bytes_by_stage", peaks.bytes());
            row.put("bundle_id", aceStep.manifest().id());
            row.put("bundle_source", aceStep.manifest().source().checkpoint());
            row.put("max_heap_bytes", Runtime.getRuntime().maxMemory());
            row.put("git_commit", Machine.gitCommit().orElse(null));
        }
    }

    /** Makes one song, prompt to WAV file. */
    private Map<String, Object> song(AceStep aceStep, int songSteps) throws IOException {
        TextToMusicRequest request = request(songSteps);
        Path wav = Files.createTempFile("song", ".wav");
        try {
            long start = System.nanoTime();
            GenerationResult result = aceStep.generate(
                    request, progress -> peaks.begin(progress.stage().name()));
            peaks.begin("wav");
            long written = System.nanoTime();
            WavWriter.write(
                    wav,
                    result.audio().get(0),
                    WavWriter.SampleFormat.PCM_16,
                    result.receipt().toJson(0));
            double total = since(start);
            double writing = since(written);
            peaks.end();
            Map<String, Object> song = new LinkedHashMap<>();
            song.put("steps", songSteps);
            song.put("total_seconds", total);
            Map<String, Object> stages = new LinkedHashMap<>();
            result.receipt().timings().forEach((stage, time) -> stages.put(lower(stage.name()), seconds(time)));
            stages.put("wav", writing);
            song.put("stages", stages);
            song.put("provider", result.receipt().device().used().label());
            song.put("precision", result.receipt().device().precision());
            song.put("versions", result.receipt().versions());
            return song;
        } finally {
            Files.deleteIfExists(wav);
        }
    }

    private TextToMusicRequest request(int songSteps) {
        return TextToMusicRequest.builder()
                .prompt(prompt)
                .lyrics(lyrics)
                .duration(seconds)
                .steps(songSteps)
                .seed(round)
                .build();
    }

    /** Makes one song whose sound is given away at once, and times the first of it. */
    private Map<String, Object> streamed(AceStep aceStep) {
        Map<String, Object> song = new LinkedHashMap<>();
        long start = System.nanoTime();
        GenerationResult result = aceStep.stream(
                request(steps),
                block -> song.putIfAbsent("first_audio_seconds", since(start)),
                ProgressListener.none(),
                new Cancellation());
        song.put("total_seconds", since(start));
        song.put("decoding_seconds", seconds(result.receipt().timings().get(Stage.DECODING)));
        return song;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static double seconds(Duration time) {
        return time.toNanos() / NANOS;
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / NANOS;
    }
}
