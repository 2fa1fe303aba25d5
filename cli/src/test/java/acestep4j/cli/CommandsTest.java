package acestep4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands with the small bundle of random weights. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CommandsTest {
    private static final String BUNDLE =
            Path.of(System.getProperty("acestep4j.models"), "random-small").toString();

    /** What the official pipeline writes, without the folder of a LoRA. */
    private static final Set<String> OFFICIAL_KEYS = Set.of(
            "format",
            "lora_name_or_path",
            "lora_weight",
            "task",
            "prompt",
            "lyrics",
            "audio_duration",
            "infer_step",
            "guidance_scale",
            "scheduler_type",
            "cfg_type",
            "omega_scale",
            "guidance_interval",
            "guidance_interval_decay",
            "min_guidance_scale",
            "use_erg_tag",
            "use_erg_lyric",
            "use_erg_diffusion",
            "oss_steps",
            "timecosts",
            "actual_seeds",
            "retake_seeds",
            "retake_variance",
            "guidance_scale_text",
            "guidance_scale_lyric",
            "repaint_start",
            "repaint_end",
            "edit_n_min",
            "edit_n_max",
            "edit_n_avg",
            "src_audio_path",
            "edit_target_prompt",
            "edit_target_lyrics",
            "audio2audio_enable",
            "ref_audio_strength",
            "ref_audio_input",
            "audio_path");

    @TempDir
    private Path folder;

    @Test
    void writesAudioAndParamsThatGiveTheSameAgain() throws IOException, UnsupportedAudioFileException {
        Outcome first = generate(
                "--prompt",
                "folk",
                "--lyrics",
                "[verse]\nThe sea",
                "--duration",
                "1.5",
                "--steps",
                "2",
                "--guidance-scale",
                "7",
                "--no-erg-tag",
                "--out",
                file("a.wav"),
                "--latents-out",
                file("a.npy"));
        assertEquals(0, first.exitCode(), first.err());
        assertEquals(
                List.of(file("a.wav"), file("a_input_params.json"), file("a.npy")),
                first.out().lines().toList());
        assertTrue(first.err().contains("diffusion 2/2, elapsed "), first.err());

        AudioFormat format =
                AudioSystem.getAudioFileFormat(folder.resolve("a.wav").toFile()).getFormat();
        assertEquals(48_000, format.getSampleRate());
        assertEquals(2, format.getChannels());
        assertEquals(16, format.getSampleSizeInBits());

        JsonObject params = params("a_input_params.json");
        assertEquals(OFFICIAL_KEYS, params.keySet());
        assertEquals(1.5, params.get("audio_duration").getAsDouble());
        assertEquals(7, params.get("guidance_scale").getAsDouble());
        assertFalse(params.get("use_erg_tag").getAsBoolean());
        assertEquals(file("a.wav"), params.get("audio_path").getAsString());

        Outcome again = generate(
                "--params", file("a_input_params.json"), "--out", file("b.wav"), "--latents-out", file("b.npy"));
        assertEquals(0, again.exitCode(), again.err());
        assertFalse(again.err().contains("warning"), again.err());
        assertArrayEquals(bytes("a.npy"), bytes("b.npy"));
        assertArrayEquals(samples("a.wav"), samples("b.wav"));
    }

    @Test
    void numbersTheFilesOfABatchAndKeepsItsLatentsTogether() throws IOException {
        Outcome outcome = generate(
                "--prompt",
                "folk",
                "--duration",
                "1",
                "--steps",
                "1",
                "--batch-size",
                "2",
                "--seed",
                "3,4",
                "--out",
                file("a.wav"),
                "--latents-out",
                file("a.npy"),
                "--format",
                "float");
        assertEquals(0, outcome.exitCode(), outcome.err());
        assertEquals(Set.of("a-0.wav", "a-0_input_params.json", "a-1.wav", "a-1_input_params.json", "a.npy"), names());
        assertEquals(
                "[3,4]", params("a-1_input_params.json").get("actual_seeds").toString());
        assertEquals(2, params("a-1_input_params.json").get("batch_size").getAsInt());
        String header = new String(bytes("a.npy"), 0, 128, StandardCharsets.ISO_8859_1);
        assertTrue(header.contains("(2, 8, 16, 10)"), header);
    }

    @Test
    void letsFlagsWinOverParams() throws IOException {
        Files.writeString(
                folder.resolve("p.json"),
                """
                {"prompt": "folk", "lyrics": "", "audio_duration": 200, "infer_step": 60, "manual_seeds": "8,9",
                 "guidance_scale": 3, "tempo": 1, "mood": 2}
                """);
        Outcome outcome =
                generate("--params", file("p.json"), "--duration", "1", "--steps", "1", "--out", file("a.wav"));
        assertEquals(0, outcome.exitCode(), outcome.err());
        assertTrue(outcome.err().contains("unknown keys without effect: tempo, mood"), outcome.err());
        assertTrue(outcome.err().contains("2 seeds for 1 item; only the first count"), outcome.err());
        JsonObject params = params("a_input_params.json");
        assertEquals(1, params.get("audio_duration").getAsDouble());
        assertEquals(1, params.get("infer_step").getAsInt());
        assertEquals(3, params.get("guidance_scale").getAsDouble());
        assertEquals("[8]", params.get("actual_seeds").toString());
    }

    @Test
    void putsTheReceiptIntoTheAudioFile() throws IOException {
        generate("--prompt", "folk", "--duration", "1", "--steps", "1", "--seed", "77", "--out", file("a.wav"));
        String content = new String(bytes("a.wav"), StandardCharsets.ISO_8859_1);
        assertTrue(content.contains("\"seeds\":[77]"));
        assertTrue(content.contains("\"software\":\"acestep4j "));
    }

    @Test
    void leavesNothingBehindWhenTheLyricsCannotBeTaken() {
        Outcome outcome = generate(
                "--prompt",
                "folk",
                "--lyrics",
                "The river runs to the sea\n".repeat(1_000),
                "--duration",
                "1",
                "--steps",
                "1",
                "--out",
                file("a.wav"));
        assertEquals(2, outcome.exitCode(), outcome.err());
        assertTrue(outcome.err().contains("lyrics: expected at most "), outcome.err());
        assertEquals(Set.of(), names());
    }

    @Test
    void tokenizesEachLineByItself() throws IOException {
        Files.writeString(folder.resolve("lines.txt"), "[verse]\n\nThe sea\nThe sea");
        Outcome outcome = Outcome.of("tokenize", "--bundle", BUNDLE, "--lines", file("lines.txt"));
        assertEquals(0, outcome.exitCode(), outcome.err());
        List<String> arrays = outcome.out().lines().toList();
        assertEquals(4, arrays.size());
        assertEquals("[261, 2]", arrays.get(1));
        assertEquals(arrays.get(2), arrays.get(3));
        assertTrue(arrays.get(0).matches("\\[261(, [0-9]+)+, 2]"), arrays.get(0));
    }

    @Test
    void explainsWhatWillBeSung() throws IOException {
        Files.writeString(folder.resolve("lines.txt"), "I owe Mr. Blue twenty dollars ☂\n");
        Outcome outcome = Outcome.of("tokenize", "--bundle", BUNDLE, "--lines", file("lines.txt"), "--explain");
        assertEquals(0, outcome.exitCode(), outcome.err());
        assertTrue(outcome.out().contains("language  en\n"), outcome.out());
        assertTrue(outcome.out().contains("sung      i owe mister blue twenty dollars ☂\n"), outcome.out());
        assertTrue(outcome.out().contains("remark    the model has no token for ☂\n"), outcome.out());
    }

    @Test
    void saysWhatABundleIs() {
        Outcome text = Outcome.of("info", "--bundle", BUNDLE, "--verify");
        assertEquals(0, text.exitCode(), text.err());
        assertTrue(text.out().contains("ace-step-v1"), text.out());
        assertTrue(text.out().contains("fp32/transformer.onnx"), text.out());

        Outcome json = Outcome.of("info", "--bundle", BUNDLE, "--json");
        assertEquals(0, json.exitCode(), json.err());
        JsonObject info = JsonParser.parseString(json.out()).getAsJsonObject();
        assertEquals("ace-step-v1", info.get("family").getAsString());
        assertTrue(info.get("size").getAsLong() > 0);
        assertTrue(info.getAsJsonObject("graphs").has("vocoder"));
    }

    private static Outcome generate(String... options) {
        List<String> args = new ArrayList<>(List.of("generate", "--bundle", BUNDLE));
        args.addAll(Arrays.asList(options));
        return Outcome.of(args.toArray(String[]::new));
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
    }

    private byte[] samples(String name) throws IOException, UnsupportedAudioFileException {
        try (AudioInputStream in = AudioSystem.getAudioInputStream(new ByteArrayInputStream(bytes(name)))) {
            return in.readAllBytes();
        }
    }

    private JsonObject params(String name) throws IOException {
        return JsonParser.parseString(Files.readString(folder.resolve(name))).getAsJsonObject();
    }

    private Set<String> names() {
        return new TreeSet<>(Arrays.asList(folder.toFile().list()));
    }
}
