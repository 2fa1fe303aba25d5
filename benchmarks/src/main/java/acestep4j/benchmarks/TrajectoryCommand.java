package acestep4j.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the way of a song's latents, to compare another precision with. */
@Command(
        name = "trajectory",
        description = "Writes what the transformer gets and answers in each step of a song, to compare with.",
        mixinStandardHelpOptions = true)
final class TrajectoryCommand implements Callable<Integer> {
    @Mixin
    private BundleFlags flags;

    @Option(names = "--precision", defaultValue = "fp32", paramLabel = "NAME", description = "One of the bundle's.")
    private String precision;

    @Option(names = "--seconds", defaultValue = "10", paramLabel = "S", description = "Duration of the music.")
    private double seconds;

    @Option(names = "--steps", defaultValue = "27", paramLabel = "N", description = "Diffusion steps.")
    private int steps;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "Seed of the noise.")
    private long seed;

    @Option(names = "--prompt", paramLabel = "TEXT")
    private String prompt = Example.PROMPT;

    @Option(names = "--lyrics", paramLabel = "TEXT")
    private String lyrics = Example.LYRICS;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write to.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        try (PromptedModel model = PromptedModel.open(flags.bundle, flags.options(precision))) {
            Trajectory.Song song =
                    new Trajectory.Song(model.manifest().id(), model.precision(), prompt, lyrics, seconds, steps, seed);
            Trajectory.follow(model, song).write(out);
        }
        return 0;
    }
}
