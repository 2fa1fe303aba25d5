package acestep4j.cli;

import acestep4j.request.LoopRequest;
import acestep4j.request.LoopSeam;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** How long a loop is, and how its end is made to run into its beginning. */
final class LoopFlags {
    @Option(
            names = "--bpm",
            paramLabel = "X",
            description =
                    "Beats per minute, 30 to 300; name them in the prompt too, which is all the model hears of them.")
    private Double bpm;

    @Option(names = "--beats-per-bar", paramLabel = "N", description = "1 to 32 (default 4).")
    private Integer beatsPerBar;

    @Option(names = "--bars", paramLabel = "N", description = "Bars of the loop; together 1 to 240 seconds.")
    private Integer bars;

    @Option(
            names = "--seam",
            paramLabel = "KIND",
            description = "repaint: the model makes the seam (default); crossfade: what comes after the end fades out.")
    private LoopSeam seam;

    @Option(
            names = "--seam-seconds",
            paramLabel = "SECONDS",
            description =
                    "How much is repainted around the seam (default a bar), or how long the fade is (default a beat).")
    private Double seamSeconds;

    @Option(
            names = "--retake-seed",
            paramLabel = "N[,N...]",
            description = "Seed of the noise around a repainted seam, for another seam of the same music.")
    private String retakeSeed;

    boolean isEmpty() {
        return Stream.of(bpm, beatsPerBar, bars, seam, seamSeconds, retakeSeed).allMatch(Objects::isNull);
    }

    void applyTo(LoopRequest.Builder builder) {
        Optional.ofNullable(bpm).ifPresent(builder::bpm);
        Optional.ofNullable(beatsPerBar).ifPresent(builder::beatsPerBar);
        Optional.ofNullable(bars).ifPresent(builder::bars);
        Optional.ofNullable(seam).ifPresent(builder::seam);
        Optional.ofNullable(seamSeconds).ifPresent(builder::seamSeconds);
        Optional.ofNullable(retakeSeed).ifPresent(seeds -> builder.retakeSeeds(Seeds.parse("--retake-seed", seeds)));
    }
}
