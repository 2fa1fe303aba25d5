package acestep4j.benchmarks;

import acestep4j.diffusion.Denoiser;
import acestep4j.diffusion.Latents;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Compares a precision with a trajectory of another one over a whole song, in two ways: the velocity for the very latents
 * that the reference got in each step, and the song's own way from the same noise, with where its latents end.
 */
@Command(
        name = "quality",
        description = "Compares a precision with a trajectory, velocities step by step and the final latents.",
        mixinStandardHelpOptions = true)
final class QualityCommand implements Callable<Integer> {
    @Mixin
    private BundleFlags flags;

    @Option(names = "--precision", required = true, paramLabel = "NAME", description = "One of the bundle's.")
    private String precision;

    @Option(names = "--reference", required = true, paramLabel = "DIR", description = "What 'trajectory' wrote.")
    private Path reference;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The results file, new or to go on.")
    private Path out;

    @Override
    public Integer call() throws IOException {
        ResultsFile results = ResultsFile.open(out);
        Trajectory expected = Trajectory.read(reference);
        Trajectory.Song song = expected.song();
        try (PromptedModel model = PromptedModel.open(flags.bundle, flags.options(precision))) {
            if (!model.manifest().id().equals(song.bundleId())) {
                throw new IOException(reference + ": expected a trajectory of the bundle "
                        + model.manifest().id() + ", found one of " + song.bundleId());
            }
            Trajectory own = Trajectory.follow(model, song.in(model.precision()));
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("kind", "quality");
            row.put("side", "acestep4j");
            row.put(
                    "bundle",
                    flags.bundle.toAbsolutePath().normalize().getFileName().toString());
            row.put("precision", model.precision());
            row.put("device", flags.device);
            row.put("threads", flags.threads);
            row.put("seconds", song.seconds());
            row.put("steps", song.steps());
            row.put("measured", true);
            row.put("reference_precision", song.precision());
            row.put("seed", song.seed());
            row.put("bundle_id", song.bundleId());
            row.put("velocities", velocities(model, expected, own));
            row.put("final_latents", Deviation.of(own.latents(), expected.latents()));
            row.put("export_errors", exportErrors(model.precision()));
            row.put("git_commit", Machine.gitCommit().orElse(null));
            results.put(row);
        }
        return 0;
    }

    private static List<Map<String, Object>> velocities(PromptedModel model, Trajectory expected, Trajectory own) {
        List<Map<String, Object>> rows = new ArrayList<>();
        Denoiser denoiser = model.denoiser();
        try (INDArray latents = model.noise(expected.song().seconds(), 0);
                INDArray velocity = Latents.create(latents.shape())) {
            for (int i = 0; i < expected.passes().size(); i++) {
                Trajectory.Run run = expected.passes().get(i);
                Latents.values(latents).put(run.latents());
                denoiser.denoise(latents, run.timestep(), run.pass(), velocity);
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("step", run.step() + 1);
                row.put("pass", run.pass().name().toLowerCase(Locale.ROOT));
                row.put("timestep", run.timestep());
                row.put("same_latents", Deviation.of(Trajectory.values(velocity), run.velocity()));
                row.put("own_latents", Deviation.of(own.passes().get(i).velocity(), run.velocity()));
                rows.add(row);
            }
        }
        return rows;
    }

    /** What the export measured of this precision's graphs, by graph; empty when the manifest says nothing of it. */
    private Map<String, JsonElement> exportErrors(String name) throws IOException {
        JsonObject manifest = JsonParser.parseString(Files.readString(flags.bundle.resolve("manifest.json")))
                .getAsJsonObject();
        Map<String, JsonElement> errors = new LinkedHashMap<>();
        manifest.getAsJsonObject("graphs").entrySet().forEach(graph -> {
            JsonObject precisions = graph.getValue().getAsJsonObject();
            if (precisions.has(name) && precisions.getAsJsonObject(name).has("errors")) {
                errors.put(graph.getKey(), precisions.getAsJsonObject(name).get("errors"));
            }
        });
        return errors;
    }
}
