package acestep4j.benchmarks;

import acestep4j.diffusion.ApgGuidance;
import acestep4j.diffusion.Denoiser;
import acestep4j.diffusion.FlowMatchEulerScheduler;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.Pass;
import acestep4j.diffusion.SamplingLoop;
import acestep4j.diffusion.SamplingSettings;
import acestep4j.diffusion.SigmaSchedule;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The way of one song's latents under the default settings: what the transformer got and what it answered in each pass of
 * each step, and where the latents ended. In memory or as a folder of raw little-endian float32 files beside a
 * {@code trajectory.json}.
 *
 * @param song what was made
 * @param passes the transformer's runs in their order
 * @param latents the finished latents in C order
 */
record Trajectory(Song song, List<Run> passes, float[] latents) {
    private static final String FILE_NAME = "trajectory.json";
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

    /** What makes two trajectories comparable, and the model and precision that made this one. */
    record Song(String bundleId, String precision, String prompt, String lyrics, double seconds, int steps, long seed) {
        /** The same music in another precision. */
        Song in(String other) {
            return new Song(bundleId, other, prompt, lyrics, seconds, steps, seed);
        }
    }

    /** One run of the transformer: step from 0, latents it got, velocity it gave, both in C order. */
    record Run(int step, Pass pass, float timestep, float[] latents, float[] velocity) {}

    private record Line(int step, Pass pass, float timestep) {}

    private record Index(Song song, List<Line> passes) {}

    /** Makes the song's latents and keeps what happens on the way. */
    static Trajectory follow(PromptedModel model, Song song) {
        var defaults = model.manifest().defaults();
        model.prompt(model.promptIds(song.prompt()), model.lyricIds(song.lyrics()));
        SamplingSettings settings = new SamplingSettings(
                defaults.guidanceScale(),
                defaults.guidanceInterval(),
                defaults.guidanceIntervalDecay(),
                defaults.minGuidanceScale());
        FlowMatchEulerScheduler scheduler =
                new FlowMatchEulerScheduler(SigmaSchedule.of(song.steps(), defaults.shift()), defaults.omegaScale());
        Denoiser denoiser = model.denoiser();
        List<Run> runs = new ArrayList<>();
        int[] done = {0};
        Denoiser kept = (latents, timestep, pass, velocity) -> {
            denoiser.denoise(latents, timestep, pass, velocity);
            runs.add(new Run(done[0], pass, timestep, values(latents), values(velocity)));
        };
        try (INDArray latents = model.noise(song.seconds(), song.seed())) {
            SamplingLoop.run(kept, scheduler, new ApgGuidance(), settings, latents, (step, total) -> done[0] = step);
            return new Trajectory(song, runs, values(latents));
        }
    }

    static float[] values(INDArray array) {
        FloatBuffer buffer = Latents.values(array);
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Line> lines = new ArrayList<>();
        for (Run run : passes) {
            write(folder.resolve(lines.size() + ".latents.f32"), run.latents());
            write(folder.resolve(lines.size() + ".velocity.f32"), run.velocity());
            lines.add(new Line(run.step(), run.pass(), run.timestep()));
        }
        write(folder.resolve("latents.f32"), latents);
        Files.writeString(folder.resolve(FILE_NAME), GSON.toJson(new Index(song, lines)) + "\n");
    }

    static Trajectory read(Path folder) throws IOException {
        Index index = GSON.fromJson(Files.readString(folder.resolve(FILE_NAME)), Index.class);
        List<Run> runs = new ArrayList<>();
        for (Line line : index.passes()) {
            float[] latents = floats(folder.resolve(runs.size() + ".latents.f32"));
            float[] velocity = floats(folder.resolve(runs.size() + ".velocity.f32"));
            runs.add(new Run(line.step(), line.pass(), line.timestep(), latents, velocity));
        }
        return new Trajectory(index.song(), runs, floats(folder.resolve("latents.f32")));
    }

    private static void write(Path file, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Files.write(file, bytes.array());
    }

    private static float[] floats(Path file) throws IOException {
        FloatBuffer buffer = ByteBuffer.wrap(Files.readAllBytes(file))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }
}
