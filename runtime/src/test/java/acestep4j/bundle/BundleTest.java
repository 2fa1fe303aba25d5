package acestep4j.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.BundleException;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {
    @TempDir
    private Path folder;

    private BundleFolder files;

    @BeforeEach
    void makeBundle() throws IOException {
        files = BundleFolder.ofPlaceholders(folder.resolve("bundle"));
    }

    @Test
    void opensACompleteBundle() {
        Bundle bundle = Bundle.open(files.path(), true);
        assertEquals("placeholder", bundle.manifest().name());
        assertEquals(60, bundle.manifest().defaults().steps());
        assertEquals(
                "fp32/transformer.onnx",
                bundle.graph(Bundle.TRANSFORMER, "fp32").file());
        assertEquals(
                "float32 [batch, 8, 16, frames]",
                bundle.graph(Bundle.TRANSFORMER, "fp32")
                        .input("latents")
                        .orElseThrow()
                        .describe());
    }

    @Test
    void namesAMissingFolder() {
        assertProblem(folder.resolve("nowhere"), "nowhere: expected a bundle folder, found nothing;");
    }

    @Test
    void namesAFileInPlaceOfAFolder() {
        assertProblem(files.file("text_tokenizer.json"), "expected a bundle folder, found a file;");
    }

    @Test
    void namesAnEmptyFolder() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertProblem(empty, "empty: expected a bundle with manifest.json, found an empty folder;");
    }

    @Test
    void namesAFolderWithoutManifest() throws IOException {
        Files.delete(files.file(Manifest.FILE_NAME));
        assertProblem("expected a bundle with manifest.json, found a folder without one;");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"format_version\": NaN}", "{} {}", "{'format_version': 1}"})
    void namesAManifestThatIsNoJsonObject(String text) throws IOException {
        files.write(Manifest.FILE_NAME, text);
        assertProblem("manifest.json: expected a JSON object, found ");
    }

    @Test
    void readsWhatAGraphCosts() throws IOException {
        files.edit(
                manifest -> graph(manifest, "vocoder")
                        .add(
                                "costs",
                                JsonParser.parseString(
                                        """
                                {"weight_bytes": 9, "activation_bytes": [{"1": -5, "mel_frames": 3}, {"mel_frames*mel_frames": 1}],
                                 "multiply_adds": {"mel_frames": 7}}
                                """)));
        GraphCosts costs =
                Bundle.open(files.path(), false).graph(Bundle.VOCODER, "fp32").costs();
        assertEquals(9, costs.weightBytes());
        assertEquals(1, costs.activations(Map.of("mel_frames", 1)));
        assertEquals(100, costs.activations(Map.of("mel_frames", 10)));
        assertEquals(70, costs.multiplyAdds().of(Map.of("mel_frames", 10)));
    }

    @Test
    void namesCostsThatAreNone() throws IOException {
        files.edit(manifest -> costs(manifest).getAsJsonObject("multiply_adds").addProperty("mel_frames*batch", 1));
        assertProblem(
                "manifest.json: 'graphs.vocoder.fp32.costs.multiply_adds' expected terms of the sizes [mel_frames],"
                        + " found mel_frames*batch; export");
        files.edit(manifest -> costs(manifest).getAsJsonObject("multiply_adds").remove("mel_frames*batch"));
        files.edit(manifest -> costs(manifest).getAsJsonObject("multiply_adds").addProperty("mel_frames", 0.5));
        assertProblem("manifest.json: 'graphs.vocoder.fp32.costs.multiply_adds.mel_frames' expected a whole number,"
                + " found 0.5; export");
        files.edit(manifest -> graph(manifest, "vocoder").remove("costs"));
        assertProblem("manifest.json: 'graphs.vocoder.fp32.costs' expected an object, found nothing; export");
    }

    private static JsonObject costs(JsonObject manifest) {
        return graph(manifest, "vocoder").getAsJsonObject("costs");
    }

    @Test
    void namesAManifestThatIsNotUtf8() throws IOException {
        Files.write(files.file(Manifest.FILE_NAME), new byte[] {'{', (byte) 0xff, '}'});
        assertProblem("manifest.json: expected UTF-8 text, found other bytes;");
    }

    @Test
    void namesBothVersionsOfANewerManifest() throws IOException {
        files.edit(manifest -> manifest.addProperty("format_version", 2));
        assertProblem("manifest.json: format_version expected 1 or lower, found 2; update acestep4j");
    }

    @Test
    void namesAnotherFamily() throws IOException {
        files.edit(manifest -> manifest.addProperty("family", "ace-step-v1.5"));
        assertProblem("manifest.json: family expected ace-step-v1, found ace-step-v1.5; update acestep4j");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "format_version",
                "family",
                "id",
                "exporter",
                "source",
                "licences",
                "precisions",
                "files",
                "graphs",
                "text",
                "lyrics",
                "latents",
                "mel",
                "audio",
                "erg",
                "defaults"
            })
    void namesAMissingKey(String key) throws IOException {
        files.edit(manifest -> manifest.remove(key));
        assertProblem("manifest.json: '" + key + "' expected ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "duration",
                "steps",
                "guidance_scale",
                "omega_scale",
                "guidance_interval",
                "guidance_interval_decay",
                "min_guidance_scale",
                "erg_tag",
                "erg_lyric",
                "erg_diffusion",
                "scheduler",
                "guidance",
                "shift"
            })
    void namesAMissingSetting(String key) throws IOException {
        files.edit(manifest -> manifest.getAsJsonObject("defaults").remove(key));
        assertProblem("manifest.json: 'defaults." + key + "' expected ");
    }

    @Test
    void namesASettingOfTheWrongKind() throws IOException {
        files.edit(manifest -> manifest.getAsJsonObject("defaults").addProperty("steps", "many"));
        assertProblem("manifest.json: 'defaults.steps' expected a whole number above 0, found \"many\";");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pinyin", "japanese"})
    void namesDictionariesThatArentListed(String dictionary) throws IOException {
        files.edit(manifest -> manifest.getAsJsonObject("lyrics").addProperty(dictionary, "words.bin"));
        assertProblem(
                "manifest.json: 'lyrics." + dictionary + "' expected a file listed under 'files', found 'words.bin'");
    }

    @Test
    void opensWithAndWithoutDictionaries() throws IOException {
        assertEquals(
                Optional.empty(),
                Bundle.open(files.path(), true)
                        .manifest()
                        .lyrics()
                        .orElseThrow()
                        .pinyin());
        files.edit(manifest -> {
            manifest.getAsJsonObject("lyrics").addProperty("pinyin", "text_tokenizer.json");
            manifest.getAsJsonObject("lyrics").addProperty("japanese", "lyric_tokenizer.json");
        });
        var lyrics = Bundle.open(files.path(), true).manifest().lyrics().orElseThrow();
        assertEquals(Optional.of("text_tokenizer.json"), lyrics.pinyin());
        assertEquals(Optional.of("lyric_tokenizer.json"), lyrics.japanese());
    }

    @Test
    void namesAnUnknownScheduler() throws IOException {
        files.edit(manifest -> manifest.getAsJsonObject("defaults").addProperty("scheduler", "dpm"));
        assertProblem("manifest.json: 'defaults.scheduler' expected a scheduler such as euler, found \"dpm\";");
    }

    @Test
    void namesAGuidanceThatNeedsMoreThanABundleSays() throws IOException {
        files.edit(manifest -> manifest.getAsJsonObject("defaults").addProperty("guidance", "double_condition"));
        assertProblem(
                "manifest.json: 'defaults.guidance' expected a guidance such as apg, found \"double_condition\";");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fp32/transformer.onnx",
                "fp32/vocoder.onnx.data",
                "text_tokenizer.json",
                "lyric_tokenizer.json",
                "language_model.bin"
            })
    void namesAMissingFile(String name) throws IOException {
        Files.delete(files.file(name));
        assertProblem(name + ": expected a file of ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fp32/transformer.onnx", "fp32/dcae_decoder.onnx.data", "language_model.bin"})
    void namesATruncatedFile(String name) throws IOException {
        long size = Files.size(files.file(name));
        try (var channel = Files.newByteChannel(files.file(name), StandardOpenOption.WRITE)) {
            channel.truncate(size - 1);
        }
        assertProblem(name + ": expected " + size + " bytes, found " + (size - 1) + "; copy the bundle again");
    }

    @Test
    void namesAFileThatGrew() throws IOException {
        Files.writeString(files.file("text_tokenizer.json"), " ", StandardOpenOption.APPEND);
        assertProblem("text_tokenizer.json: expected 2 bytes, found 3;");
    }

    @Test
    void namesAnAlteredFileWhenHashesAreVerified() throws IOException {
        files.alter("fp32/transformer.onnx.data");
        Bundle.open(files.path(), false);
        BundleException problem = assertThrows(BundleException.class, () -> Bundle.open(files.path(), true));
        assertTrue(
                problem.getMessage().startsWith("fp32/transformer.onnx.data: expected SHA-256 "), problem.getMessage());
        assertTrue(problem.getMessage().contains("the file was altered"), problem.getMessage());
    }

    @Test
    void namesAnIdThatIsNotThatOfTheFiles() throws IOException {
        files.edit(manifest -> manifest.addProperty("id", "0".repeat(64)));
        assertProblem("manifest.json: 'id' expected ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "/etc/passwd", "a/../../b", "a\\b", "C:x", "", "a//b", "./a", "a/", "a\0b"})
    void refusesAPathOutOfTheFolder(String name) throws IOException {
        files.edit(manifest -> {
            JsonObject listed = manifest.getAsJsonObject("files");
            listed.add(name, listed.get("text_tokenizer.json"));
        });
        assertProblem("manifest.json: 'files' expected paths inside the bundle, found '" + name + "';");
    }

    @Test
    void namesAReferenceToAFileThatIsNotListed() throws IOException {
        files.edit(manifest -> manifest.getAsJsonObject("text").addProperty("tokenizer", "../tokenizer.json"));
        assertProblem(
                "manifest.json: 'text.tokenizer' expected a file listed under 'files', found '../tokenizer.json'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text_encoder",
                "condition_encoder",
                "latent_encoder",
                "transformer",
                "dcae_decoder",
                "dcae_upsampler",
                "vocoder"
            })
    void namesAMissingGraph(String name) throws IOException {
        files.edit(manifest -> manifest.getAsJsonObject("graphs").remove(name));
        assertProblem("manifest.json: expected the graph '" + name + "' in precision fp32, found ");
    }

    @Test
    void namesAnInputOfAnotherName() throws IOException {
        editInput("transformer", 1, tensor -> tensor.addProperty("name", "time"));
        assertProblem("manifest.json: fp32/transformer.onnx: input 'timestep' expected float32 [batch], found [latents,"
                + " time, tau, cross_key_0, cross_value_0, condition_mask]; export the bundle again");
    }

    @Test
    void namesAnInputOfAnotherType() throws IOException {
        editInput("transformer", 1, tensor -> tensor.addProperty("type", "int64"));
        assertProblem(
                "manifest.json: fp32/transformer.onnx: input 'timestep' expected float32 [batch], found int64 [batch];");
    }

    @Test
    void namesAnUnknownType() throws IOException {
        editInput("transformer", 1, tensor -> tensor.addProperty("type", "float8"));
        assertProblem("manifest.json: 'graphs.transformer.fp32.inputs[1].type' expected a tensor type such as float32,"
                + " found \"float8\";");
    }

    @Test
    void namesAnInputOfAnotherShape() throws IOException {
        editInput("transformer", 0, tensor -> {
            JsonArray shape = tensor.getAsJsonArray("shape");
            shape.set(1, new JsonPrimitive(4));
        });
        assertProblem("manifest.json: fp32/transformer.onnx: input 'latents' expected float32 [batch, 8, 16, frames],"
                + " found float32 [batch, 4, 16, frames];");
    }

    @Test
    void namesAConditionThatTheTransformerDoesNotTake() throws IOException {
        editInput("transformer", 3, tensor -> tensor.addProperty("name", "other"));
        assertProblem("manifest.json: fp32/transformer.onnx: input 'cross_key_0' expected float32"
                + " [batch, 2, condition_tokens, 16], found ");
    }

    @Test
    void namesAnInputThatNothingFeeds() throws IOException {
        files.edit(manifest -> {
            JsonObject extra = new JsonObject();
            extra.addProperty("name", "extra");
            extra.addProperty("type", "float32");
            extra.add("shape", new JsonArray());
            graph(manifest, "vocoder").getAsJsonArray("inputs").add(extra);
        });
        assertProblem("fp32/vocoder.onnx: expected no input besides [mel, context], found [extra]; update acestep4j");
    }

    @Test
    void namesThePrecisionsItHas() {
        Bundle bundle = Bundle.open(files.path(), false);
        BundleException problem = assertThrows(BundleException.class, () -> bundle.graph(Bundle.TRANSFORMER, "int8"));
        assertTrue(
                problem.getMessage().startsWith("manifest.json: precision expected one of [fp32], found int8;"),
                problem.getMessage());
    }

    @Test
    void opensPrecisionsThatShareFiles() throws IOException {
        addPrecision("int8", "float32");
        addPrecision("bf16", "bfloat16");
        Bundle bundle = Bundle.open(files.path(), true);
        assertEquals(List.of("fp32", "int8", "bf16"), bundle.manifest().precisions());
        assertEquals("fp32/vocoder.onnx", bundle.graph(Bundle.VOCODER, "int8").file());
        assertEquals(
                "int8/transformer.onnx",
                bundle.graph(Bundle.TRANSFORMER, "int8").file());
        assertEquals(
                ElementType.BFLOAT16,
                bundle.graph(Bundle.TRANSFORMER, "bf16")
                        .input("cross_key_0")
                        .orElseThrow()
                        .type());
    }

    @Test
    void opensABundleWithoutLyricsThatSaysItIgnoresThem() throws IOException {
        assertEquals(List.of(), Bundle.open(files.path(), true).manifest().ignoredInputs());
        files.edit(manifest -> {
            manifest.add("ignored_inputs", new JsonArray());
            manifest.getAsJsonArray("ignored_inputs").add("lyrics");
            manifest.remove("lyrics");
        });
        Manifest manifest = Bundle.open(files.path(), true).manifest();
        assertEquals(List.of(Manifest.LYRICS), manifest.ignoredInputs());
        assertEquals(Optional.empty(), manifest.lyrics());
    }

    @Test
    void namesIgnoredInputsThatAreNoList() throws IOException {
        files.edit(manifest -> manifest.addProperty("ignored_inputs", "lyrics"));
        assertProblem("manifest.json: 'ignored_inputs' expected a list, found \"lyrics\";");
    }

    @Test
    void namesAFloatThatJavaCannotFill() throws IOException {
        editInput("transformer", 0, tensor -> tensor.addProperty("type", "bfloat16"));
        assertProblem("manifest.json: fp32/transformer.onnx: input 'latents' expected float32 [batch, 8, 16, frames],"
                + " found bfloat16 [batch, 8, 16, frames];");
    }

    @Test
    void namesKeysOfAnotherTypeThanTheTransformerTakes() throws IOException {
        addPrecision("bf16", "bfloat16");
        files.edit(manifest -> manifest.getAsJsonObject("graphs")
                .getAsJsonObject("transformer")
                .getAsJsonObject("bf16")
                .getAsJsonArray("inputs")
                .get(3)
                .getAsJsonObject()
                .addProperty("type", "float32"));
        assertProblem("manifest.json: bf16/transformer.onnx: input 'cross_key_0' expected bfloat16");
    }

    /** Adds a precision with two graphs of its own, between which keys and values have this type. */
    private void addPrecision(String precision, String type) throws IOException {
        List<String> own = List.of(Bundle.CONDITION_ENCODER, Bundle.TRANSFORMER);
        for (String name : own) {
            files.write(precision + "/" + name + ".onnx", "graph " + name + " " + precision);
        }
        files.edit(manifest -> {
            manifest.getAsJsonArray("precisions").add(precision);
            manifest.getAsJsonObject("graphs").entrySet().forEach(entry -> {
                JsonObject precisions = entry.getValue().getAsJsonObject();
                JsonObject graph = precisions.getAsJsonObject("fp32").deepCopy();
                if (own.contains(entry.getKey())) {
                    graph.addProperty("file", precision + "/" + entry.getKey() + ".onnx");
                    for (String side : List.of("inputs", "outputs")) {
                        graph.getAsJsonArray(side).forEach(tensor -> {
                            JsonObject spec = tensor.getAsJsonObject();
                            if (spec.get("name").getAsString().startsWith("cross_")) {
                                spec.addProperty("type", type);
                            }
                        });
                    }
                }
                precisions.add(precision, graph);
            });
        });
        files.seal();
    }

    private void editInput(String graph, int index, Consumer<JsonObject> change) throws IOException {
        files.edit(manifest -> change.accept(
                graph(manifest, graph).getAsJsonArray("inputs").get(index).getAsJsonObject()));
    }

    private static JsonObject graph(JsonObject manifest, String name) {
        return manifest.getAsJsonObject("graphs").getAsJsonObject(name).getAsJsonObject("fp32");
    }

    private void assertProblem(String expected) {
        assertProblem(files.path(), expected);
    }

    private static void assertProblem(Path bundle, String expected) {
        BundleException problem = assertThrows(BundleException.class, () -> Bundle.open(bundle, false));
        assertTrue(problem.getMessage().contains(expected), problem.getMessage());
        assertFalse(problem.getMessage().contains("\n"), problem.getMessage());
        assertTrue(problem.getMessage().contains("; "), "no remedy: " + problem.getMessage());
    }
}
