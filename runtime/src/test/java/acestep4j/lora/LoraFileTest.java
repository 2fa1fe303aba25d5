package acestep4j.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.LoraException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraFileTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "a.to_q.lora_A.weight, a.to_q.lora_B.weight, a.to_q",
        "a.to_q.lora_A.default.weight, a.to_q.lora_B.default.weight, a.to_q",
        "base_model.model.a.to_q.lora_A.weight, base_model.model.a.to_q.lora_B.weight, a.to_q",
        "transformer.a.to_q.lora_A.weight, transformer.a.to_q.lora_B.weight, a.to_q",
        "transformer_blocks.0.a.lora_A.weight, transformer_blocks.0.a.lora_B.weight, transformer_blocks.0.a",
        "a.to_q.lora.down.weight, a.to_q.lora.up.weight, a.to_q",
        "a.processor.to_q_lora.down.weight, a.processor.to_q_lora.up.weight, a.to_q",
        "a.to_out_lora.down.weight, a.to_out_lora.up.weight, a.to_out.0",
    })
    void understandsEachNaming(String a, String b, String module) throws IOException {
        List<LoraLayer> layers = layers(new TestSafetensors().tensor(b, 5, 2).tensor(a, 2, 3));
        assertEquals(1, layers.size());
        assertEquals(module, layers.get(0).module());
        assertEquals(2, layers.get(0).rank());
        assertEquals(3, layers.get(0).a().columns());
        assertEquals(5, layers.get(0).b().rows());
    }

    @Test
    void takesScalingFromTheMetadata() throws IOException {
        String config =
                """
                {"r": 4, "lora_alpha": 6, "rank_pattern": {"to_k": 2, "^b.to_q": 1}, "use_rslora": %s,
                 "alpha_pattern": {"a.to_q": 3.5, "to_k$": 5}}
                """;
        TestSafetensors file = new TestSafetensors();
        Map<String, Integer> ranks = new LinkedHashMap<>();
        ranks.put("a.to_q", 4);
        ranks.put("a.to_k", 2);
        ranks.put("b.to_q", 1);
        ranks.put("c.b.to_q", 4);
        ranks.put("c.a.to_q", 4);
        ranks.put("aXto_q", 4);
        ranks.forEach((module, rank) -> pair(file, module, rank));
        assertEquals(
                Map.of(
                        "a.to_q",
                        3.5 / 4,
                        "a.to_k",
                        2.5,
                        "b.to_q",
                        6.0,
                        "c.b.to_q",
                        1.5,
                        "c.a.to_q",
                        3.5 / 4,
                        "aXto_q",
                        1.5),
                scalings(file.config(config.formatted("false"))));
        assertEquals(
                Map.of(
                        "a.to_q",
                        1.75,
                        "a.to_k",
                        5 / Math.sqrt(2),
                        "b.to_q",
                        6.0,
                        "c.b.to_q",
                        3.0,
                        "c.a.to_q",
                        1.75,
                        "aXto_q",
                        3.0),
                scalings(file.config(config.formatted("true"))));
    }

    @Test
    void takesScalingFromTheKeysOtherwise() throws IOException {
        byte[] alpha = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(3)
                .array();
        TestSafetensors file = pair(pair(new TestSafetensors(), "a", 2), "transformer.b", 4)
                .tensor("a.alpha", 1)
                .tensor("transformer.b.alpha", "F32", List.of(), alpha);
        assertEquals(Map.of("a", 0.5, "b", 0.75), scalings(file));
    }

    @Test
    void takesTheFirstRankAsAlphaOtherwise() throws IOException {
        assertEquals(Map.of("b", 1.0, "a", 1.5), scalings(pair(pair(new TestSafetensors(), "b", 3), "a", 2)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"r\": 2}| lora_alpha",
                "{\"r\": \"2\", \"lora_alpha\": 2}| 'r' expected a number",
                "{\"r\": 2, \"lora_alpha\": 2, \"use_dora\": true}| use_dora",
                "{\"r\": 2, \"lora_alpha\": 2, \"lora_bias\": true}| lora_bias",
                "{\"r\": 2, \"lora_alpha\": 2, \"peft_type\": \"LOHA\"}| LOHA",
                "{\"r\": 2, \"lora_alpha\": 2, \"init_lora_weights\": \"pissa_niter_4\"}| pissa",
                "{\"r\": 2, \"lora_alpha\": 2, \"rank_pattern\": {\"(a+)+$\": 3}}| (a+)+$",
                "{\"r\": 2, \"lora_alpha\": 2, \"rank_pattern\": 3}| rank_pattern",
                "{\"r\": 2, \"lora_alpha\": 1e999}| lora_alpha",
                "{\"r\": 3, \"lora_alpha\": 2}| 'a.lora_A.weight': expected rank 3",
                "{\"r\": 0, \"lora_alpha\": 2}| 'a.lora_A.weight': expected rank 0",
                "[]| JSON object",
                "{| JSON",
            })
    void refusesMetadata(String config, String problem) throws IOException {
        assertRefused(pair(new TestSafetensors(), "a", 2).config(config), problem);
    }

    @Test
    void namesTheFirstKeyThatDoesNotFit() throws IOException {
        assertRefused(pair(new TestSafetensors(), "a", 2).tensor("b.lora_A.weight", 2, 2), "'b.lora_A.weight'");
        assertRefused(pair(new TestSafetensors(), "a", 2).tensor("b.alpha", 1), "'b.alpha'");
        assertRefused(pair(pair(new TestSafetensors(), "a", 2), "b", 2).tensor("a.alpha", 1), "'b.lora_A.weight'");
        assertRefused(pair(new TestSafetensors(), "a", 2).tensor("a.alpha", 2), "'a.alpha'");
        assertRefused(pair(new TestSafetensors(), "a", 2).tensor("a.lora_A.other.weight", 2, 2), "a.lora_A.other");
        assertRefused(pair(new TestSafetensors(), "a", 2).tensor("a.lora_magnitude_vector", 2), "DoRA");
        assertRefused(pair(new TestSafetensors(), "a", 2).tensor("a.lora_B.bias", 2), "a bias");
        assertRefused(pair(new TestSafetensors(), "a", 2).tensor("a.weight", 2, 2), "'a.weight'");
        assertRefused(pair(new TestSafetensors(), "a", 2).tensor("lora_embedding_A", 2, 2), "an embedding's LoRA");
        assertRefused(pair(new TestSafetensors(), "a", 2).type("a.lora_B.weight", "F8_E4M3"), "'a.lora_B.weight'");
        assertRefused(new TestSafetensors().tensor("a.lora_A.weight", 2, 2, 3), "'a.lora_A.weight'");
        assertRefused(new TestSafetensors().tensor("a.lora_A.weight", 2), "'a.lora_A.weight'");
        assertRefused(new TestSafetensors().tensor("a.lora_A.weight", 0, 2), "'a.lora_A.weight'");
        assertRefused(
                new TestSafetensors().tensor("a.lora_A.weight", 2, 2).tensor("a.lora_B.weight", 4, 3),
                "'a.lora_B.weight'");
        assertRefused(new TestSafetensors(), "without a tensor");
    }

    @Test
    void isNamedAfterItsFileOrOfficiallyItsFolder() throws IOException {
        TestSafetensors content = pair(new TestSafetensors(), "a", 2);
        Path own = content.write(folder.resolve("rap.v2.safetensors"));
        Path official = content.write(
                Files.createDirectory(folder.resolve("chinese_rap")).resolve(LoraFile.OFFICIAL_NAME));
        for (Path path : List.of(own, official, official.getParent())) {
            try (LoraFile file = LoraFile.open(path)) {
                assertEquals(path.equals(own) ? "rap.v2" : "chinese_rap", file.name());
            }
        }
    }

    private static TestSafetensors pair(TestSafetensors file, String module, int rank) {
        return file.tensor(module + ".lora_A.weight", rank, 3).tensor(module + ".lora_B.weight", 5, rank);
    }

    private List<LoraLayer> layers(TestSafetensors content) throws IOException {
        try (LoraFile file = LoraFile.open(content.write(folder.resolve("x")))) {
            return file.layers();
        }
    }

    private Map<String, Double> scalings(TestSafetensors content) throws IOException {
        Map<String, Double> scalings = new LinkedHashMap<>();
        layers(content).forEach(layer -> scalings.put(layer.module(), layer.scaling()));
        return scalings;
    }

    private void assertRefused(TestSafetensors content, String problem) throws IOException {
        Path path = content.write(folder.resolve("x"));
        LoraException e =
                assertThrows(LoraException.class, () -> LoraFile.open(path).close());
        assertTrue(e.getMessage().startsWith(path + ": ") && e.getMessage().contains(problem), e.getMessage());
    }
}
