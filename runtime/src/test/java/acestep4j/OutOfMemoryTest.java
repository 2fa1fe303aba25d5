package acestep4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import acestep4j.request.TextToMusicRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A song that runs out of memory in its middle, in a process that Linux gives no more. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class OutOfMemoryTest {
    private static final int KIBIBYTES = 1_500_000;
    private static final String HEAP = "-Xmx256m";

    @TempDir
    private Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void theNextSongIsMadeAsIfNothingHadHappened() throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -d " + KIBIBYTES + " && exec \"$0\" \"$@\"",
                        java,
                        HEAP,
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Songs.class.getName(),
                        Path.of(System.getProperty("acestep4j.models"), "random-small")
                                .toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        int exit = process.waitFor();
        String said = Files.readString(out, StandardCharsets.UTF_8);
        assertEquals(0, exit, said);
        assertEquals("done", said.lines().reduce((first, last) -> last).orElse(""), said);
    }

    /** Songs before, with and after more lyrics than the memory holds the attention of. */
    static final class Songs {
        private Songs() {}

        public static void main(String[] arguments) {
            try (AceStep aceStep = AceStep.open(
                    Path.of(arguments[0]), AceStepOptions.defaults().withThreads(1))) {
                TextToMusicRequest small = song("the rain is here", 1);
                TextToMusicRequest large = song("the rain is here and there\n".repeat(160), 16);
                GenerationResult before = aceStep.generate(small);
                for (int i = 0; i < 2; i++) {
                    requireOutOfMemory(aceStep, large);
                    if (!aceStep.generate(small).latents().equals(before.latents())) {
                        throw new IllegalStateException("another song than before");
                    }
                }
            }
            System.out.println("done");
        }

        private static void requireOutOfMemory(AceStep aceStep, TextToMusicRequest request) {
            try {
                aceStep.generate(request);
            } catch (GenerationException e) {
                if (e.getMessage().contains("out of memory")) {
                    return;
                }
                throw e;
            }
            throw new IllegalStateException("expected too little memory, found enough");
        }

        private static TextToMusicRequest song(String lyrics, int items) {
            return TextToMusicRequest.builder()
                    .prompt("jazz, piano")
                    .lyrics(lyrics)
                    .duration(1)
                    .steps(1)
                    .batchSize(items)
                    .seed(5)
                    .build();
        }
    }
}
