package acestep4j.benchmarks;

import acestep4j.AceStep;
import acestep4j.AceStepOptions;
import acestep4j.Cancellation;
import acestep4j.CancelledException;
import acestep4j.ProgressListener;
import acestep4j.Stage;
import acestep4j.audio.AudioBuffer;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.ExtendRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.RepaintRequest;
import acestep4j.request.RetakeRequest;
import acestep4j.request.TextToMusicRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;

/**
 * Makes songs of mixed durations and tasks on one {@link AceStep}, cancels every fifth, and says how much resident memory
 * they leave: it may grow by 2 % from the twentieth song to the last. After closing, no file of the bundle may be mapped.
 * Linux only; the heap has to be of a fixed size, or its growth counts too. Exit code 1 when it doesn't hold.
 *
 * <p>Arguments: the bundle's folder, the number of songs (200), {@code offload} for offload.
 */
public final class MemoryCheck {
    private static final int TASKS = 6;
    private static final int SETTLED = 20;
    private static final double ALLOWED_GROWTH = 1.02;
    private static final int SAMPLE_RATE = 44_100;

    private MemoryCheck() {}

    public static void main(String[] arguments) throws IOException {
        Path bundle = Path.of(arguments.length > 0 ? arguments[0] : "models/random-small");
        int songs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
        boolean offload = arguments.length > 2 && arguments[2].equals("offload");
        long settled = 0;
        long last = 0;
        int cancelled = 0;
        try (AceStep aceStep = AceStep.open(bundle, AceStepOptions.defaults().withOffload(offload))) {
            for (int i = 0; i < songs; i++) {
                cancelled += make(aceStep, i) ? 0 : 1;
                if ((i + 1) % SETTLED == 0 || i + 1 == songs) {
                    System.gc();
                    last = resident();
                    settled = i + 1 == SETTLED ? last : settled;
                    System.out.printf(Locale.ROOT, "song %d: %.1f MB resident%n", i + 1, last / 1e6);
                }
            }
        }
        System.gc();
        long mapped = mappedFiles(bundle);
        double growth = (double) last / settled;
        System.out.printf(
                Locale.ROOT,
                "%d songs, %d cancelled: %.2f %% growth; closed: %.1f MB resident, %d mapped files, %d threads, "
                        + "%d native arrays%n",
                songs,
                cancelled,
                100 * (growth - 1),
                resident() / 1e6,
                mapped,
                threads(),
                Pointer.totalCount());
        if (growth > ALLOWED_GROWTH || mapped > 0) {
            System.exit(1);
        }
    }

    /** Whether it was made, not cancelled. */
    private static boolean make(AceStep aceStep, int number) {
        Cancellation cancellation = new Cancellation();
        Stage[] stages = {Stage.TEXT, Stage.CONDITION, Stage.DIFFUSION, Stage.DECODING};
        Stage end = stages[number / 5 % stages.length];
        ProgressListener listener = progress -> {
            if (number >= TASKS && number % 5 == 4 && progress.stage() == end) {
                cancellation.cancel();
            }
        };
        try {
            aceStep.generate(request(number), listener, cancellation);
            return true;
        } catch (CancelledException e) {
            return false;
        }
    }

    /** Six tasks, seven durations from 7 to 1 seconds, the longest first: those aren't cancelled, so that memory is at its height. */
    private static GenerationRequest request(int number) {
        double seconds = 7 - number / TASKS % 7;
        AudioBuffer source = sound(seconds);
        String prompt = "pop, synth, drums, song " + number;
        return switch (number % TASKS) {
            case 0 ->
                TextToMusicRequest.builder()
                        .prompt(prompt)
                        .lyrics("[verse]\nover the hills and far away")
                        .duration(seconds)
                        .steps(3)
                        .build();
            case 1 ->
                RetakeRequest.builder()
                        .prompt(prompt)
                        .duration(seconds)
                        .steps(3)
                        .variance(0.4)
                        .build();
            case 2 ->
                RepaintRequest.builder()
                        .prompt(prompt)
                        .source(source)
                        .start(0)
                        .end(0.5)
                        .steps(3)
                        .build();
            case 3 ->
                ExtendRequest.builder()
                        .prompt(prompt)
                        .source(source)
                        .right(1)
                        .steps(3)
                        .build();
            case 4 ->
                EditRequest.builder()
                        .prompt(prompt)
                        .targetPrompt("folk")
                        .source(source)
                        .steps(3)
                        .build();
            default ->
                AudioToAudioRequest.builder()
                        .prompt(prompt)
                        .reference(source)
                        .strength(0.5)
                        .steps(4)
                        .build();
        };
    }

    private static AudioBuffer sound(double seconds) {
        float[] samples = new float[(int) (seconds * SAMPLE_RATE)];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) (0.4 * Math.sin(i * 0.03) + 0.2 * Math.sin(i * 0.11));
        }
        return new AudioBuffer(new float[][] {samples}, SAMPLE_RATE);
    }

    private static long resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("/proc/self/status: expected VmRSS, found none; this runs on Linux only");
    }

    private static long threads() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.count();
        }
    }

    private static long mappedFiles(Path bundle) throws IOException {
        String folder = bundle.toRealPath().toString();
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains(folder))
                .count();
    }
}
