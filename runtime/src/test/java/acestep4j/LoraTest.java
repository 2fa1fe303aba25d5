package acestep4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.bundle.BundleFolder;
import acestep4j.golden.NpyArray;
import acestep4j.lora.TestSafetensors;
import acestep4j.request.TextToMusicRequest;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * LoRAs on an open bundle: latents within 1e-4 of the official pipeline's with the same file, and nothing left when it is
 * gone. {@code scripts/golden/make_lora_golden.py} made the files and ran the official pipeline.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LoraTest {
    private static final Path BUNDLE = Path.of(System.getProperty("acestep4j.models"), "random-small");
    private static final double TOLERANCE = 1e-4;

    private static AceStep aceStep;
    private static GenerationResult base;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        aceStep = AceStep.open(BUNDLE);
        base = aceStep.generate(song());
    }

    @AfterAll
    static void close() {
        aceStep.close();
    }

    @BeforeEach
    void removeLora() {
        aceStep.removeLora();
    }

    static List<String> cases() throws IOException, URISyntaxException {
        try (Stream<Path> cases = Files.list(golden(""))) {
            return cases.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void latentsAreTheOfficialOnes(String name) throws IOException, URISyntaxException {
        JsonObject official = JsonParser.parseString(Files.readString(golden(name + "/case.json")))
                .getAsJsonObject();
        JsonElement lora = official.remove("lora");
        if (lora != null) {
            aceStep.useLora(
                    golden(lora.getAsString() + ".safetensors"),
                    official.remove("lora_weight").getAsDouble());
        }
        GenerationResult result = aceStep.generate(OfficialCase.request(official));
        double error = OfficialParityTest.relativeError(
                result.latents(), NpyArray.golden("lora/" + name + "/latents").values());
        assertTrue(error < TOLERANCE, "relative RMS error of the latents " + error);
        assertEquals(
                Optional.ofNullable(lora).map(JsonElement::getAsString),
                result.receipt().lora().map(LoraReference::name));
    }

    @Test
    void switchesAndLeavesNothingBehind() throws URISyntaxException {
        GenerationResult first = with("peft", 0.8);
        GenerationResult second = with("alpha", 1.5);
        assertNotEquals(base.latents(), first.latents());
        assertNotEquals(first.latents(), second.latents());
        assertEquals(first.latents(), with("peft", 0.8).latents());
        assertNotEquals(first.latents(), with("peft", 0.9).latents());
        assertEquals(second.latents(), with("alpha", 1.5).latents());
        aceStep.removeLora();
        GenerationResult after = aceStep.generate(song());
        assertEquals(base.latents(), after.latents());
        assertEquals(
                base.audio().get(0).samples()[1].length, after.audio().get(0).samples()[1].length);
        assertEquals(Optional.empty(), aceStep.lora());
    }

    @Test
    void isNothingAtWeight0() throws URISyntaxException {
        GenerationResult result = with("peft", 0);
        double[] expected = new double[base.latents().remaining()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = base.latents().get(i);
        }
        double error = OfficialParityTest.relativeError(result.latents(), expected);
        assertTrue(error < 1e-5, "relative RMS error of the latents " + error);
        assertEquals(0, result.receipt().lora().orElseThrow().weight());
    }

    @Test
    void isInTheReceipt() throws URISyntaxException {
        Receipt receipt = with("plain", 0.5).receipt();
        LoraReference lora = receipt.lora().orElseThrow();
        assertEquals(aceStep.lora(), receipt.lora());
        assertEquals("plain", lora.name());
        assertEquals(0.5, lora.weight());
        JsonObject json =
                JsonParser.parseString(receipt.toJson(0)).getAsJsonObject().getAsJsonObject("lora");
        assertEquals("plain", json.get("name").getAsString());
        assertEquals(0.5, json.get("weight").getAsDouble());
        assertTrue(json.get("sha256").getAsString().matches("[0-9a-f]{64}"));
        assertFalse(JsonParser.parseString(base.receipt().toJson(0))
                .getAsJsonObject()
                .has("lora"));
    }

    @Test
    void leavesARunningGenerationWhatItBeganWith() throws URISyntaxException {
        GenerationResult undisturbed = with("peft", 0.8);
        List<Path> next = List.of(golden("alpha.safetensors"), golden("plain.safetensors"));
        GenerationResult disturbed = aceStep.generate(song(), progress -> {
            if (progress.stage() == Stage.DIFFUSION && progress.step() < next.size()) {
                aceStep.removeLora();
                aceStep.useLora(next.get(progress.step()), 1);
            }
        });
        assertEquals(undisturbed.latents(), disturbed.latents());
        assertEquals("peft", disturbed.receipt().lora().orElseThrow().name());
        assertEquals("plain", aceStep.lora().orElseThrow().name());

        aceStep.removeLora();
        GenerationResult withoutToTheEnd = aceStep.generate(song(), progress -> {
            if (progress.stage() == Stage.CONDITION) {
                aceStep.useLora(next.get(0), 1);
            }
        });
        assertEquals(base.latents(), withoutToTheEnd.latents());
        assertEquals(Optional.empty(), withoutToTheEnd.receipt().lora());
        assertEquals("alpha", aceStep.lora().orElseThrow().name());
    }

    @Test
    void eachGenerationHasOneLoraWhileAnotherThreadChangesIt() throws URISyntaxException {
        List<Path> files = List.of(golden("peft.safetensors"), golden("alpha.safetensors"));
        Map<Optional<String>, GenerationResult> alone = new HashMap<>();
        alone.put(Optional.empty(), base);
        alone.put(Optional.of("peft"), with("peft", 0.8));
        alone.put(Optional.of("alpha"), with("alpha", 0.8));
        CompletableFuture<Void> changes = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 6; i++) {
                if (i % 3 == 0) {
                    aceStep.removeLora();
                } else {
                    aceStep.useLora(files.get(i % 3 - 1), 0.8);
                }
            }
        });
        List<CompletableFuture<List<GenerationResult>>> generations = new ArrayList<>();
        for (int thread = 0; thread < 2; thread++) {
            generations.add(CompletableFuture.supplyAsync(() ->
                    Stream.generate(() -> aceStep.generate(song())).limit(4).toList()));
        }
        changes.join();
        for (CompletableFuture<List<GenerationResult>> thread : generations) {
            for (GenerationResult result : thread.join()) {
                Optional<String> lora = result.receipt().lora().map(LoraReference::name);
                assertEquals(alone.get(lora).latents(), result.latents());
            }
        }
    }

    @Test
    void refusesWhatDoesNotFitAndKeepsWhatWasThere() throws IOException, URISyntaxException {
        GenerationResult before = with("alpha", 1);
        Optional<LoraReference> reference = aceStep.lora();
        String a = "speaker_embedder.lora_A.weight";
        String b = "speaker_embedder.lora_B.weight";
        Path plain = golden("plain.safetensors");
        assertRefused(
                "'lyric_embs.lora_A.weight'",
                TestSafetensors.copyOf(plain)
                        .rename(a, "lyric_embs.lora_A.weight")
                        .rename(b, "lyric_embs.lora_B.weight"));
        assertRefused(
                "'transformer_blocks.24.attn.to_q.lora_A.weight'",
                TestSafetensors.copyOf(plain)
                        .tensor("transformer_blocks.24.attn.to_q.lora_A.weight", 2, 32)
                        .tensor("transformer_blocks.24.attn.to_q.lora_B.weight", 32, 2));
        assertRefused(
                "'" + a + "': expected shape [2, 512], found [2, 511]",
                TestSafetensors.copyOf(plain).remove(b).tensor(a, 2, 511).tensor(b, 32, 2));
        assertRefused(
                "'" + b + "': expected shape [32, 2], found [33, 2]",
                TestSafetensors.copyOf(plain).remove(a).tensor(a, 2, 512).tensor(b, 33, 2));
        assertRefused("'" + a + "'", TestSafetensors.copyOf(plain).remove(b));
        assertRefused("'" + a + "'", TestSafetensors.copyOf(plain).type(a, "F8_E5M2"));
        TestSafetensors nan = TestSafetensors.copyOf(plain)
                .tensor(b, "F32", List.of(32, 2), new byte[256])
                .remove(a)
                .tensor(a, "F16", List.of(2, 512), new byte[2048]);
        nan.tensor(a, "F16", List.of(2, 512), filled(2048));
        assertRefused("'" + a + "' expected finite numbers", nan);
        LoraException e =
                assertThrows(LoraException.class, () -> aceStep.useLora(folder.resolve("missing.safetensors"), 1));
        assertTrue(e.getMessage().contains("found nothing"), e.getMessage());
        for (double weight : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(InvalidRequestException.class, () -> aceStep.useLora(plain, weight));
        }
        assertThrows(LoraException.class, () -> aceStep.useLora(plain, 1e300));

        assertEquals(reference, aceStep.lora());
        assertEquals(before.latents(), aceStep.generate(song()).latents());
    }

    @Test
    void staysUsableWhenTheGraphsForALoraDoNotOpen() throws IOException, URISyntaxException {
        BundleFolder bundle = BundleFolder.copyOf(BUNDLE, folder.resolve("bundle"));
        bundle.write("fp32/transformer_lora.onnx", "not a graph");
        bundle.seal();
        try (AceStep spoilt = AceStep.open(bundle.path())) {
            Path lora = golden("peft.safetensors");
            BundleException e = assertThrows(BundleException.class, () -> spoilt.useLora(lora, 1));
            assertTrue(e.getMessage().contains("transformer_lora.onnx"), e.getMessage());
            assertEquals(Optional.empty(), spoilt.lora());
            assertEquals(base.latents(), spoilt.generate(song()).latents());
        }
    }

    @Test
    void aBundleWithoutTheGraphsPlaysAndSaysWhatIsMissing() throws IOException, URISyntaxException {
        BundleFolder bundle = BundleFolder.copyOf(BUNDLE, folder.resolve("bundle"));
        bundle.edit(manifest -> {
            manifest.getAsJsonObject("graphs").remove("transformer_lora");
            manifest.getAsJsonObject("graphs").remove("condition_encoder_lora");
        });
        try (AceStep older = AceStep.open(bundle.path())) {
            LoraException e = assertThrows(LoraException.class, () -> older.useLora(golden("peft.safetensors"), 1));
            assertTrue(e.getMessage().contains("export it again"), e.getMessage());
            older.removeLora();
            assertEquals(base.latents(), older.generate(song()).latents());
        }
    }

    @Test
    void refusesABundleWhoseVariantsDoNotBelongToTheirGraphs() throws IOException {
        BundleFolder bundle = BundleFolder.copyOf(BUNDLE, folder.resolve("bundle"));
        String manifest = Files.readString(bundle.file("manifest.json"));
        Map<String, Consumer<JsonArray>> changes = Map.of(
                "'tau'", inputs -> inputs.remove(2),
                "beside lora.final_layer.linear.B", inputs -> inputs.remove(inputs.size() - 1),
                "found others", inputs -> inputs.add(named(inputs.get(2).deepCopy(), "other")),
                "beside lora.stray.B",
                        inputs -> inputs.add(named(inputs.get(inputs.size() - 2).deepCopy(), "lora.stray.A")));
        for (Map.Entry<String, Consumer<JsonArray>> change : changes.entrySet()) {
            Files.writeString(bundle.file("manifest.json"), manifest);
            bundle.edit(json -> change.getValue()
                    .accept(json.getAsJsonObject("graphs")
                            .getAsJsonObject("transformer_lora")
                            .getAsJsonObject("fp32")
                            .getAsJsonArray("inputs")));
            BundleException e = assertThrows(BundleException.class, () -> AceStep.open(bundle.path()));
            assertTrue(
                    e.getMessage().contains("transformer_lora.onnx")
                            && e.getMessage().contains(change.getKey()),
                    e.getMessage());
        }
    }

    private static JsonElement named(JsonElement tensor, String name) {
        tensor.getAsJsonObject().addProperty("name", name);
        return tensor;
    }

    @Test
    void isClosedWithTheRest() throws URISyntaxException {
        AceStep other = AceStep.open(BUNDLE);
        other.useLora(golden("peft.safetensors"), 1);
        other.close();
        assertThrows(ClosedException.class, () -> other.useLora(golden("peft.safetensors"), 1));
        assertThrows(ClosedException.class, other::removeLora);
        assertThrows(ClosedException.class, other::lora);
    }

    private void assertRefused(String problem, TestSafetensors content) throws IOException {
        Path file = content.write(folder.resolve("refused.safetensors"));
        LoraException e = assertThrows(LoraException.class, () -> aceStep.useLora(file, 1));
        assertTrue(e.getMessage().startsWith(file.toString()) && e.getMessage().contains(problem), e.getMessage());
    }

    private static byte[] filled(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0x7e);
        return bytes;
    }

    private static GenerationResult with(String lora, double weight) throws URISyntaxException {
        aceStep.useLora(golden(lora + ".safetensors"), weight);
        return aceStep.generate(song());
    }

    private static TextToMusicRequest song() {
        return TextToMusicRequest.builder()
                .prompt("folk, acoustic guitar")
                .lyrics("[verse]\nSing me the harbour lights")
                .duration(1)
                .steps(4)
                .seed(9)
                .build();
    }

    private static Path golden(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(LoraTest.class.getResource("/golden/lora"))
                        .toURI())
                .resolve(name);
    }
}
