package acestep4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.audio.AudioBuffer;
import acestep4j.bundle.BundleFolder;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.TextToMusicRequest;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Offload changes when graphs are loaded, and no sample. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class OffloadTest {
    private static final Path BUNDLE = Path.of(System.getProperty("acestep4j.models"), "random-small");
    private static final AceStepOptions OPTIONS = AceStepOptions.defaults().withThreads(1);

    private static AceStep loaded;
    private static AceStep offloaded;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        loaded = AceStep.open(BUNDLE, OPTIONS);
        offloaded = AceStep.open(BUNDLE, OPTIONS.withOffload(true));
    }

    @AfterAll
    static void close() {
        offloaded.close();
        loaded.close();
    }

    @Test
    void changesNoSample() {
        for (GenerationRequest request : requests()) {
            assertSame(loaded.generate(request), offloaded.generate(request));
        }
    }

    @Test
    void streamsTheSameSound() {
        TextToMusicRequest request = TextToMusicRequest.builder()
                .prompt("folk")
                .duration(3)
                .steps(2)
                .seed(1)
                .build();
        List<AudioBuffer> pieces = new ArrayList<>();
        GenerationResult streamed = offloaded.stream(request, pieces::add, ProgressListener.none(), new Cancellation());
        assertTrue(pieces.size() > 1, "pieces: " + pieces.size());
        assertEquals(new Plan(true, DecodingMode.STREAMED), streamed.receipt().plan());
        assertArrayEquals(
                loaded.generate(request).audio().get(0).samples()[1],
                streamed.audio().get(0).samples()[1],
                2e-5f);
    }

    @Test
    void changesNoSampleInSeveralThreadsAtOnce() {
        List<GenerationRequest> requests = requests();
        List<GenerationResult> expected =
                requests.stream().map(loaded::generate).toList();
        for (int round = 0; round < 2; round++) {
            List<CompletableFuture<GenerationResult>> running = requests.stream()
                    .map(request -> CompletableFuture.supplyAsync(() -> offloaded.generate(request)))
                    .toList();
            for (int i = 0; i < requests.size(); i++) {
                assertSame(expected.get(i), running.get(i).join());
            }
        }
    }

    @Test
    void changesNoSampleWithALora() throws URISyntaxException {
        Path lora = Path.of(
                OffloadTest.class.getResource("/golden/lora/peft.safetensors").toURI());
        GenerationRequest request = requests().get(0);
        GenerationResult base = offloaded.generate(request);
        loaded.useLora(lora, 0.8);
        offloaded.useLora(lora, 0.8);
        try {
            GenerationResult adapted = offloaded.generate(request);
            assertSame(loaded.generate(request), adapted);
            assertTrue(!base.latents().equals(adapted.latents()));
        } finally {
            loaded.removeLora();
            offloaded.removeLora();
        }
        assertSame(base, offloaded.generate(request));
    }

    @Test
    void isCancelledAndGoesOn() {
        GenerationRequest request = requests().get(0);
        GenerationResult expected = offloaded.generate(request);
        for (Stage stage : List.of(Stage.CONDITION, Stage.DIFFUSION, Stage.DECODING)) {
            Cancellation cancellation = new Cancellation();
            ProgressListener listener = progress -> {
                if (progress.stage() == stage) {
                    cancellation.cancel();
                }
            };
            assertThrows(CancelledException.class, () -> offloaded.generate(request, listener, cancellation));
        }
        assertSame(expected, offloaded.generate(request));
    }

    @Test
    void namesAGraphThatDoesNotLoadInTheGenerationThatNeedsIt() throws IOException {
        BundleFolder bundle = BundleFolder.copyOf(BUNDLE, folder);
        bundle.write("fp32/vocoder.onnx", "no graph");
        bundle.seal();
        try (AceStep broken =
                AceStep.open(bundle.path(), OPTIONS.withOffload(true).withPrecision("fp32"))) {
            for (int i = 0; i < 2; i++) {
                BundleException failed = assertThrows(
                        BundleException.class, () -> broken.generate(requests().get(0)));
                assertTrue(failed.getMessage().startsWith("fp32/vocoder.onnx: expected a graph"), failed.getMessage());
            }
        }
    }

    private static List<GenerationRequest> requests() {
        float[] tone = new float[66_150];
        for (int i = 0; i < tone.length; i++) {
            tone[i] = (float) (0.5 * Math.sin(i * 0.05));
        }
        AudioBuffer source = new AudioBuffer(new float[][] {tone}, 44_100);
        return List.of(
                TextToMusicRequest.builder()
                        .prompt("jazz, piano")
                        .lyrics("[verse]\nthe rain is here")
                        .duration(2)
                        .steps(3)
                        .batchSize(2)
                        .seeds(List.of(1L, 2L))
                        .build(),
                AudioToAudioRequest.builder()
                        .prompt("strings")
                        .reference(source)
                        .strength(0.5)
                        .steps(4)
                        .seed(3)
                        .build(),
                EditRequest.builder()
                        .prompt("piano")
                        .targetPrompt("metal, loud")
                        .source(source)
                        .steps(3)
                        .seed(4)
                        .build());
    }

    private static void assertSame(GenerationResult expected, GenerationResult actual) {
        assertEquals(expected.latents(), actual.latents());
        for (int item = 0; item < expected.audio().size(); item++) {
            float[][] samples = actual.audio().get(item).samples();
            for (int channel = 0; channel < samples.length; channel++) {
                assertArrayEquals(expected.audio().get(item).samples()[channel], samples[channel]);
            }
        }
    }
}
