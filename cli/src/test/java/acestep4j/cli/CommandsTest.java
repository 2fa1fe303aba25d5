package acestep4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.audio.AudioBuffer;
import acestep4j.audio.WavWriter;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands with the small bundle of random weights. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CommandsTest {
    private static final String BUNDLE =
            Path.of(System.getProperty("acestep4j.models"), "random-small").toString();
    private static final String NANO =
            Path.of(System.getProperty("acestep4j.models"), "nano").toString();

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
    void givesTheSameBytesTwiceAndNeverWritesOverItsInput() throws IOException {
        String[] request = {"--prompt", "folk", "--duration", "1", "--steps", "1", "--seed", "5", "--out"};
        assertEquals(0, generate(with(request, file("a.wav"))).exitCode());
        assertEquals(0, generate(with(request, file("b.wav"))).exitCode());
        assertArrayEquals(bytes("a.wav"), bytes("b.wav"));

        byte[] params = bytes("a_input_params.json");
        Outcome outcome = generate("--params", file("a_input_params.json"), "--out", file("a.wav"));
        assertEquals(2, outcome.exitCode(), outcome.err());
        assertTrue(outcome.err().contains("would be written over while it is read"), outcome.err());
        assertArrayEquals(params, bytes("a_input_params.json"));
    }

    @ParameterizedTest
    @CsvSource({
        "retake, --duration 1 --variance 0.4 --retake-seed 9",
        "repaint, --source tone.wav --start 0.2 --end 0.8 --variance 0.9 --retake-seed 9 --step-list 4;9",
        "extend, --source tone.wav --left 0.5 --retake-seed 9",
        "edit, --source tone.wav --target-prompt metal --preset remix --n-avg 2",
        "audio2audio, --reference tone.wav --strength 0.3 --scheduler pingpong --guidance cfg",
        "loop, --bpm 240 --bars 3 --beats-per-bar 3 --retake-seed 9 --seam-seconds 0.5 --scheduler heun",
        "loop, --bpm 240 --bars 2 --seam crossfade"
    })
    void everyTaskIsRepeatedByItsParams(String task, String flags) throws IOException {
        tone();
        List<String> arguments = new ArrayList<>(
                List.of(task, "--bundle", BUNDLE, "--prompt", "folk", "--seed", "5", "--batch-size", "2"));
        for (String flag : flags.replace(';', ',').split(" ")) {
            arguments.add(flag.equals("tone.wav") ? file("tone.wav") : flag);
        }
        if (!flags.contains("--step-list")) {
            arguments.addAll(List.of("--steps", "5"));
        }
        arguments.addAll(List.of("--out", file("a.flac"), "--latents-out", file("a.npy")));
        Outcome first = Outcome.of(arguments.toArray(new String[0]));
        assertEquals(0, first.exitCode(), first.err());
        assertEquals(task, params("a-0_input_params.json").get("task").getAsString());
        assertEquals("flac", params("a-0_input_params.json").get("format").getAsString());

        Outcome again = generate(
                "--params", file("a-0_input_params.json"), "--out", file("b.mp3"), "--latents-out", file("b.npy"));
        assertEquals(0, again.exitCode(), again.err());
        assertFalse(again.err().contains("warning"), again.err());
        assertArrayEquals(bytes("a.npy"), bytes("b.npy"));
        assertTrue(Files.size(folder.resolve("b-1.mp3")) > 1000);
    }

    @Test
    void makesALoopAndSaysHowItRunsOn() throws IOException {
        Outcome outcome = Outcome.of(
                "loop",
                "--bundle",
                BUNDLE,
                "--prompt",
                "folk, 240 bpm",
                "--bpm",
                "240",
                "--bars",
                "2",
                "--seed",
                "5",
                "--steps",
                "2",
                "--out",
                file("a.wav"));
        assertEquals(0, outcome.exitCode(), outcome.err());
        assertTrue(outcome.err().contains("loop of 98081 samples, 2 bars of 4 beats at 234.908 bpm"), outcome.err());
        assertTrue(
                outcome.err()
                        .lines()
                        .anyMatch(
                                line -> line.matches("seam: step 0\\.\\d{5} \\(more than \\d+\\.\\d % of the music\\),"
                                        + " spectral change \\d+\\.\\d dB \\(\\d+\\.\\d %\\)")),
                outcome.err());
        byte[] wav = bytes("a.wav");
        int sampler = new String(wav, StandardCharsets.ISO_8859_1).indexOf("smpl");
        ByteBuffer loop = ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(0, loop.getInt(sampler + 8 + 36 + 8));
        assertEquals(98_080, loop.getInt(sampler + 8 + 36 + 12));

        Outcome refused =
                Outcome.of("loop", "--bundle", BUNDLE, "--prompt", "folk", "--bars", "2", "--out", file("b.wav"));
        assertEquals(2, refused.exitCode());
        assertTrue(refused.err().contains("bpm: expected 30 to 300 beats per minute, found none"), refused.err());
    }

    @Test
    void aLoraComesFromAFlagOrFromParams() throws IOException {
        String lora = Path.of(BUNDLE)
                .resolve("../../runtime/src/test/resources/golden/lora/plain.safetensors")
                .normalize()
                .toString();
        String[] song = {"--prompt", "folk", "--duration", "1", "--steps", "2", "--seed", "5"};
        assertEquals(
                0,
                generate(with(song, "--out", file("base.wav"), "--latents-out", file("base.npy")))
                        .exitCode());
        Outcome adapted = generate(with(
                song, "--lora", lora, "--lora-weight", "0.8", "--out", file("a.wav"), "--latents-out", file("a.npy")));
        assertEquals(0, adapted.exitCode(), adapted.err());
        assertFalse(Arrays.equals(bytes("base.npy"), bytes("a.npy")));
        Outcome again = generate(
                "--params", file("a_input_params.json"), "--out", file("b.wav"), "--latents-out", file("b.npy"));
        assertEquals(0, again.exitCode(), again.err());
        assertArrayEquals(bytes("a.npy"), bytes("b.npy"));

        Outcome refused = generate(with(song, "--lora", file("a.npy"), "--out", file("c.wav")));
        assertEquals(2, refused.exitCode(), refused.err());
        assertFalse(Files.exists(folder.resolve("c.wav")));
    }

    @Test
    void refusesFlagsThatMeanNothing() throws IOException {
        tone();
        String[] song = {"--prompt", "folk", "--duration", "1", "--steps", "1"};
        for (String[] flags : new String[][] {
            {"--out", file("a.mp3"), "--format", "pcm24"},
            {"--out", file("a.flac"), "--format", "float"},
            {"--out", file("a.wav"), "--kilobits", "128"},
            {"--guidance-scale-text", "3", "--out", file("a.wav")},
            {"--guidance", "cfg", "--guidance-scale-text", "3", "--guidance-scale-lyric", "3", "--out", file("a.wav")},
            {"--lora-weight", "0.5", "--out", file("a.wav")},
            {"--scheduler", "dpm", "--out", file("a.wav")},
            {"--step-list", "3,2", "--out", file("a.wav")}
        }) {
            Outcome outcome = generate(with(song, flags));
            assertEquals(2, outcome.exitCode(), outcome.err());
            assertEquals(1, outcome.err().lines().count(), outcome.err());
        }
        Outcome range = Outcome.of(
                "repaint",
                "--bundle",
                BUNDLE,
                "--prompt",
                "folk",
                "--source",
                file("tone.wav"),
                "--start",
                "0.5",
                "--end",
                "9",
                "--out",
                file("a.wav"));
        assertEquals(2, range.exitCode(), range.err());
        assertTrue(range.err().contains("end: expected seconds above"), range.err());
    }

    @Test
    void saysWhatASongWouldTakeAndMakesNothing() {
        Outcome outcome = generate("--prompt", "folk", "--duration", "60", "--overlapped-decode", "--estimate");
        assertEquals(0, outcome.exitCode(), outcome.err());
        List<String> lines = outcome.out().lines().toList();
        assertTrue(lines.get(0).matches("text       00:\\d\\d, \\d\\.\\d\\d GB"), outcome.out());
        assertTrue(lines.get(4).startsWith("in all "), outcome.out());
        assertEquals("plan       overlapped decoding", lines.get(5));
        assertEquals("times      probed", lines.get(6));
        assertEquals(Set.of(), names());
    }

    @Test
    void keepsAMemoryLimit() {
        String[] song = {"--prompt", "folk", "--duration", "1", "--steps", "1", "--memory-limit"};
        Outcome refused = generate(with(song, "300MB", "--out", file("a.wav")));
        assertEquals(2, refused.exitCode(), refused.err());
        assertTrue(refused.err().contains("memoryLimit: expected at least 0."), refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
        Outcome smaller = generate(with(song, "385MB", "--memory-policy", "smaller-plan", "--out", file("a.wav")));
        assertEquals(0, smaller.exitCode(), smaller.err());
        assertTrue(smaller.err().contains("a smaller plan only: whole decoding, offload"), smaller.err());
        for (String[] flags : new String[][] {
            {"6"}, {"6TB"}, {"-1GB"}, {"0MB"}, {"6GB", "--memory-policy", "hope"},
        }) {
            Outcome outcome = generate(with(song, with(flags, "--out", file("b.wav"))));
            assertEquals(2, outcome.exitCode(), outcome.err());
            assertEquals(1, outcome.err().lines().count(), outcome.err());
        }
        Outcome alone = generate("--prompt", "folk", "--memory-policy", "refuse", "--out", file("b.wav"));
        assertEquals(2, alone.exitCode(), alone.err());
        assertFalse(Files.exists(folder.resolve("b.wav")));
    }

    private void tone() {
        float[] samples = new float[24_000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) Math.sin(i * 0.1) / 2;
        }
        WavWriter.write(
                folder.resolve("tone.wav"),
                new AudioBuffer(new float[][] {samples}, 22_050),
                WavWriter.SampleFormat.FLOAT_32,
                "a tone");
    }

    private static String[] with(String[] arguments, String... more) {
        String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return all;
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

    /** Official files of a batch name the seeds of all items and not the batch's size. */
    @Test
    void takesTheFileOfAnOfficialBatchForOneItem() throws IOException {
        Files.writeString(
                folder.resolve("p.json"),
                """
                {"task": "retake", "prompt": "folk", "lyrics": "", "audio_duration": 1, "infer_step": 1,
                 "actual_seeds": [1, 2], "retake_seeds": [3, 4], "retake_variance": 0.5}
                """);
        Outcome one = generate("--params", file("p.json"), "--out", file("a.wav"));
        assertEquals(0, one.exitCode(), one.err());
        assertEquals("[3]", params("a_input_params.json").get("retake_seeds").toString());
        Outcome both = generate("--params", file("p.json"), "--batch-size", "2", "--out", file("b.wav"));
        assertEquals(0, both.exitCode(), both.err());
        assertEquals(
                "[3,4]", params("b-1_input_params.json").get("retake_seeds").toString());
    }

    @Test
    void aSourceFromAFlagStandsInForThatOfParams() throws IOException {
        tone();
        Files.writeString(
                folder.resolve("p.json"),
                """
                {"task": "extend", "prompt": "folk", "lyrics": "", "infer_step": 1, "src_audio_path": "gone.wav",
                 "repaint_start": -0.5, "repaint_end": 2, "retake_variance": 1}
                """);
        Outcome outcome = Outcome.of(
                "extend",
                "--bundle",
                BUNDLE,
                "--params",
                file("p.json"),
                "--source",
                file("tone.wav"),
                "--out",
                file("a.wav"));
        assertEquals(0, outcome.exitCode(), outcome.err());
        JsonObject params = params("a_input_params.json");
        assertEquals(file("tone.wav"), params.get("src_audio_path").getAsString());
        assertEquals(-0.5, params.get("repaint_start").getAsDouble());
        assertEquals(2, params.get("repaint_end").getAsDouble());
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
    void saysThatLyricsAreIgnored() throws IOException {
        Outcome song = Outcome.of(
                "generate",
                "--bundle",
                NANO,
                "--prompt",
                "folk",
                "--lyrics",
                "The sea",
                "--duration",
                "1",
                "--steps",
                "2",
                "--out",
                file("a.wav"));
        assertEquals(0, song.exitCode(), song.err());
        assertTrue(song.err().contains("acestep4j: warning: this model ignores lyrics"), song.err());
        Outcome info = Outcome.of("info", "--bundle", NANO);
        assertTrue(info.out().lines().anyMatch(line -> line.matches("ignores +lyrics")), info.out());
        Files.writeString(folder.resolve("lines.txt"), "The sea");
        Outcome tokens = Outcome.of("tokenize", "--bundle", NANO, "--lines", file("lines.txt"));
        assertEquals(2, tokens.exitCode());
        assertTrue(tokens.err().contains("expected one that reads lyrics"), tokens.err());
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
