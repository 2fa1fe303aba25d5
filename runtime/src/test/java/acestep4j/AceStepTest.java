package acestep4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.audio.AudioBuffer;
import acestep4j.bundle.BundleFolder;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.TextToMusicRequest;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole way from a request to sound, with the small bundle of random weights. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class AceStepTest {
    private static final Path BUNDLE = Path.of(System.getProperty("acestep4j.models"), "random-small");

    private static AceStep aceStep;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        aceStep = AceStep.open(BUNDLE, AceStepOptions.defaults().withVerifyHashes(true));
    }

    @AfterAll
    static void close() {
        aceStep.close();
    }

    @Test
    void makesStereoAt48kHzAndAReceipt() {
        GenerationResult result = aceStep.generate(song().seed(7).build());
        AudioBuffer audio = result.audio().get(0);
        assertEquals(2, audio.channels());
        assertEquals(48_000, audio.sampleRate());
        // 2 s are 21 frames of 8 x 512 samples at 44.1 kHz.
        assertEquals((int) Math.ceil(21 * 8 * 512 * 48_000L / 44_100.0), audio.length());
        for (float[] channel : audio.samples()) {
            assertTrue(energy(channel) > 0 && energy(channel) < 1e6, "energy " + energy(channel));
        }
        assertEquals(List.of(1, 8, 16, 21), result.latentsShape());
        assertEquals(8 * 16 * 21, result.latents().remaining());

        Receipt receipt = result.receipt();
        assertEquals(List.of(7L), receipt.settings().seeds());
        assertEquals(3, receipt.settings().sampling().steps());
        assertEquals(aceStep.manifest().id(), receipt.bundleId());
        assertEquals("1.28.0", receipt.versions().get("onnxruntime"));
        assertEquals("fp32", receipt.precision());
        assertTrue(receipt.lyricTokens() > 2);
        assertFalse(receipt.promptTruncated());
        assertEquals(
                EnumSet.complementOf(EnumSet.of(Stage.SOURCE)),
                receipt.timings().keySet());
        JsonObject json = JsonParser.parseString(receipt.toJson(0)).getAsJsonObject();
        assertEquals(7, json.getAsJsonArray("seeds").get(0).getAsLong());
        assertFalse(receipt.toJson(0).contains("\n"));
    }

    @Test
    void makesTheSameFromTheSameRequest() {
        TextToMusicRequest request = song().batchSize(2).seeds(List.of(1L, 2L)).build();
        assertSameMusic(aceStep.generate(request), aceStep.generate(request));
    }

    @Test
    void decodesItsLatentsToTheSameSound() {
        GenerationResult result =
                aceStep.generate(song().batchSize(2).seeds(List.of(1L, 2L)).build());
        List<AudioBuffer> decoded = aceStep.decode(
                result.latents(),
                result.latentsShape(),
                DecodingMode.WHOLE,
                ProgressListener.none(),
                new Cancellation());
        assertEquals(2, decoded.size());
        for (int item = 0; item < 2; item++) {
            assertEquals(result.audio().get(item).sha256(), decoded.get(item).sha256());
        }
        assertArrayEquals(result.audio().get(1).samples()[0], decoded.get(1).samples()[0]);
    }

    @Test
    void refusesLatentsOfAnotherShape() {
        assertLatentsRefused("shape", List.of(1, 8, 15, 2), new float[240]);
        assertLatentsRefused("shape", List.of(1, 8, 16), new float[128]);
        assertLatentsRefused("shape", List.of(17, 8, 16, 1), new float[17 * 128]);
        assertLatentsRefused("shape", List.of(1, 8, 16, 0), new float[0]);
        assertLatentsRefused("latents", List.of(1, 8, 16, 2), new float[255]);
        float[] broken = new float[256];
        broken[3] = Float.NaN;
        assertLatentsRefused("latents", List.of(1, 8, 16, 2), broken);
    }

    private static void assertLatentsRefused(String field, List<Integer> shape, float[] latents) {
        InvalidRequestException refused = assertThrows(
                InvalidRequestException.class,
                () -> aceStep.decode(
                        FloatBuffer.wrap(latents),
                        shape,
                        DecodingMode.WHOLE,
                        ProgressListener.none(),
                        new Cancellation()));
        assertEquals(field, refused.field(), refused.getMessage());
    }

    @Test
    void makesTheSameInTwoThreadsAtOnce() {
        TextToMusicRequest one = song().seed(1).steps(6).build();
        TextToMusicRequest other =
                song().seed(2).lyrics("").guidanceScale(4).steps(6).build();
        GenerationResult oneAlone = aceStep.generate(one);
        GenerationResult otherAlone = aceStep.generate(other);
        for (int i = 0; i < 3; i++) {
            CompletableFuture<GenerationResult> oneAtOnce = CompletableFuture.supplyAsync(() -> aceStep.generate(one));
            CompletableFuture<GenerationResult> otherAtOnce =
                    CompletableFuture.supplyAsync(() -> aceStep.generate(other));
            assertSameMusic(oneAlone, oneAtOnce.join());
            assertSameMusic(otherAlone, otherAtOnce.join());
        }
    }

    @Test
    void makesAnItemOfABatchFromItsOwnSeed() {
        GenerationResult batch = aceStep.generate(
                song().batchSize(2).seeds(List.of(1L, 2L)).omegaScale(0).build());
        GenerationResult same =
                aceStep.generate(song().batchSize(2).seed(1).omegaScale(0).build());
        assertEquals(2, batch.audio().size());
        assertArrayEquals(same.audio().get(0).samples()[0], same.audio().get(1).samples()[0]);
        assertFalse(Arrays.equals(
                batch.audio().get(0).samples()[0], batch.audio().get(1).samples()[0]));
    }

    @Test
    void repeatsADrawnSeedFromTheReceipt() {
        GenerationResult drawn = aceStep.generate(song().build());
        GenerationResult repeated = aceStep.generate(
                song().seeds(drawn.receipt().settings().seeds()).build());
        assertSameMusic(drawn, repeated);
    }

    @Test
    void givesTheSameOnOneThread() {
        TextToMusicRequest request = song().seed(3).build();
        try (AceStep alone = AceStep.open(BUNDLE, AceStepOptions.defaults().withThreads(1))) {
            float[] expected = floats(aceStep.generate(request));
            float[] found = floats(alone.generate(request));
            assertArrayEquals(expected, found, 1e-3f);
        }
    }

    @Test
    void cutsALongPromptAndSaysSo() {
        GenerationResult result =
                aceStep.generate(song().prompt("la ".repeat(34_000)).lyrics("").build());
        assertTrue(result.receipt().promptTruncated());
        assertEquals(aceStep.manifest().text().maxTokens(), result.receipt().promptTokens());
        assertEquals(0, result.receipt().lyricTokens());
    }

    @Test
    void refusesLyricsBeyondTheModelsLimit() {
        TextToMusicRequest request =
                song().lyrics("The river runs to the sea\n".repeat(1_000)).build();
        InvalidRequestException problem = assertThrows(InvalidRequestException.class, () -> aceStep.generate(request));
        assertEquals("lyrics", problem.field());
        assertTrue(
                problem.getMessage().startsWith("lyrics: expected at most 4096 tokens, found "), problem.getMessage());
        assertStillGenerates();
    }

    @Test
    void tellsItsProgressStageByStage() {
        List<Progress> heard = new ArrayList<>();
        aceStep.generate(fromSound(), heard::add);
        List<Stage> stages = heard.stream().map(Progress::stage).distinct().toList();
        assertEquals(List.of(Stage.values()), stages);
        for (Stage stage : stages) {
            List<Progress> steps =
                    heard.stream().filter(p -> p.stage() == stage).toList();
            int total = steps.get(0).total();
            assertEquals(total + 1, steps.size());
            for (int i = 0; i <= total; i++) {
                assertEquals(i, steps.get(i).step());
                assertEquals(i > 0, steps.get(i).eta().isPresent());
            }
        }
    }

    @Test
    void endsWithTheListenersException() {
        for (Stage stage : Stage.values()) {
            RuntimeException own = new IllegalStateException("no more of " + stage);
            RuntimeException thrown = assertThrows(
                    IllegalStateException.class,
                    () -> aceStep.generate(fromSound(), progress -> {
                        if (progress.stage() == stage && progress.step() > 0) {
                            throw own;
                        }
                    }));
            assertSame(own, thrown);
        }
        assertStillGenerates();
    }

    @Test
    void canBeCancelledBeforeAndWhileItRuns() {
        Cancellation early = new Cancellation();
        early.cancel();
        assertThrows(CancelledException.class, () -> aceStep.generate(song().build(), ProgressListener.none(), early));

        Cancellation late = new Cancellation();
        TextToMusicRequest longSong = song().duration(120).steps(1000).build();
        assertThrows(
                CancelledException.class,
                () -> aceStep.generate(
                        longSong,
                        progress -> {
                            if (progress.stage() == Stage.DIFFUSION && progress.step() == 1) {
                                CompletableFuture.runAsync(late::cancel);
                            }
                        },
                        late));
        assertStillGenerates();
    }

    @Test
    void refusesToGenerateWhenClosed() {
        AceStep closed = AceStep.open(BUNDLE);
        closed.close();
        closed.close();
        ClosedException problem = assertThrows(ClosedException.class, () -> closed.generate(song().build()));
        assertTrue(problem.getMessage().contains("is closed; open the bundle again"), problem.getMessage());
        assertThrows(ClosedException.class, () -> closed.lyricLines("la"));
    }

    @Test
    void waitsForARunningGenerationWhenItCloses() throws InterruptedException {
        AceStep shared = AceStep.open(BUNDLE);
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<GenerationResult> generation = CompletableFuture.supplyAsync(
                () -> shared.generate(song().steps(20).build(), p -> running.countDown()));
        running.await();
        shared.close();
        assertTrue(generation.isDone());
        assertEquals(1, generation.join().audio().size());
    }

    @Test
    void refusesToCloseFromInsideItsOwnGeneration() {
        assertThrows(ClosedException.class, () -> aceStep.generate(song().build(), progress -> aceStep.close()));
        assertStillGenerates();
    }

    @Test
    void namesATensorThatTheGraphHasOtherwiseThanTheManifest() throws IOException {
        BundleFolder bundle = BundleFolder.copyOf(BUNDLE, folder.resolve("bundle"));
        bundle.edit(manifest -> {
            removeLoraGraphs(manifest);
            JsonArray shape = manifest.getAsJsonObject("graphs")
                    .getAsJsonObject("condition_encoder")
                    .getAsJsonObject("fp32")
                    .getAsJsonArray("inputs")
                    .get(2)
                    .getAsJsonObject()
                    .getAsJsonArray("shape");
            shape.set(1, new JsonPrimitive(511));
        });
        BundleException problem = assertThrows(BundleException.class, () -> AceStep.open(bundle.path()));
        assertEquals(
                "fp32/condition_encoder.onnx: input 'speaker_embeds' expected float32 [batch, 511], found float32 [batch, 512];"
                        + " export the bundle again with scripts/export_onnx.py",
                problem.getMessage());
    }

    @Test
    void namesATensorThatTheGraphHasNot() throws IOException {
        BundleFolder bundle = BundleFolder.copyOf(BUNDLE, folder.resolve("bundle"));
        bundle.edit(manifest -> {
            removeLoraGraphs(manifest);
            rename(manifest, "condition_encoder", "outputs", 0);
            rename(manifest, "transformer", "inputs", 3);
        });
        BundleException problem = assertThrows(BundleException.class, () -> AceStep.open(bundle.path()));
        assertTrue(
                problem.getMessage().startsWith("fp32/condition_encoder.onnx: output 'renamed' expected float32 "),
                problem.getMessage());
    }

    @Test
    void namesAGraphThatOnnxRuntimeRefuses() throws IOException {
        BundleFolder bundle = BundleFolder.copyOf(BUNDLE, folder.resolve("bundle"));
        Files.writeString(bundle.file("fp32/vocoder.onnx"), "not a graph");
        bundle.seal();
        BundleException problem = assertThrows(BundleException.class, () -> AceStep.open(bundle.path()));
        assertTrue(
                problem.getMessage()
                        .startsWith("fp32/vocoder.onnx: expected a graph that ONNX Runtime can load, found"),
                problem.getMessage());
    }

    @Test
    void namesTheFileOfGraphsWhoseWeightsAreGone() throws IOException {
        BundleFolder bundle = BundleFolder.copyOf(BUNDLE, folder.resolve("bundle"));
        Files.writeString(bundle.file("fp32/transformer.onnx.data"), "too short");
        bundle.seal();
        BundleException problem = assertThrows(BundleException.class, () -> AceStep.open(bundle.path()));
        assertTrue(problem.getMessage().startsWith("fp32/transformer.onnx: expected "), problem.getMessage());
        assertFalse(problem.getMessage().contains("\n"));
    }

    @Test
    void tellsThatAlteredWeightsMadeNoMusic() throws IOException {
        BundleFolder bundle = BundleFolder.copyOf(BUNDLE, folder.resolve("bundle"));
        Path weights = bundle.file("fp32/transformer.onnx.data");
        byte[] notANumber = new byte[(int) Files.size(weights)];
        Arrays.fill(notANumber, (byte) 0xff);
        Files.write(weights, notANumber);
        try (AceStep altered = AceStep.open(bundle.path())) {
            GenerationException problem =
                    assertThrows(GenerationException.class, () -> altered.generate(song().build()));
            assertTrue(problem.getMessage().startsWith("the latents became NaN"), problem.getMessage());
        }
    }

    @Test
    void namesAPrecisionTheBundleHasNot() {
        BundleException problem = assertThrows(
                BundleException.class,
                () -> AceStep.open(BUNDLE, AceStepOptions.defaults().withPrecision("int4")));
        assertTrue(problem.getMessage().contains("expected one of [fp32], found int4"), problem.getMessage());
    }

    private static void removeLoraGraphs(JsonObject manifest) {
        manifest.getAsJsonObject("graphs").remove("condition_encoder_lora");
        manifest.getAsJsonObject("graphs").remove("transformer_lora");
    }

    private static void rename(JsonObject manifest, String graph, String side, int index) {
        manifest.getAsJsonObject("graphs")
                .getAsJsonObject(graph)
                .getAsJsonObject("fp32")
                .getAsJsonArray(side)
                .get(index)
                .getAsJsonObject()
                .addProperty("name", "renamed");
    }

    private static void assertStillGenerates() {
        assertEquals(1, aceStep.generate(song().build()).audio().size());
    }

    private static TextToMusicRequest.Builder song() {
        return TextToMusicRequest.builder()
                .prompt("folk, guitar")
                .lyrics("[verse]\nThe river runs to the sea")
                .duration(2)
                .steps(3);
    }

    /** A request that goes through every stage. */
    private static AudioToAudioRequest fromSound() {
        return AudioToAudioRequest.builder()
                .prompt("folk")
                .reference(new AudioBuffer(new float[1][44_100], 44_100))
                .steps(4)
                .build();
    }

    private static double energy(float[] samples) {
        double sum = 0;
        for (float sample : samples) {
            sum += sample * sample;
        }
        return sum;
    }

    private static float[] floats(GenerationResult result) {
        float[] values = new float[result.latents().remaining()];
        result.latents().get(values);
        return values;
    }

    private static void assertSameMusic(GenerationResult expected, GenerationResult found) {
        assertEquals(expected.latents(), found.latents());
        assertEquals(expected.audio().size(), found.audio().size());
        for (int item = 0; item < expected.audio().size(); item++) {
            assertArrayEquals(
                    expected.audio().get(item).samples(),
                    found.audio().get(item).samples());
        }
    }
}
