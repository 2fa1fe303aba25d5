package acestep4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.GenerationRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OfficialParamsTest {
    @TempDir
    private Path folder;

    @Test
    void takesEverySettingOfAnOfficialFile() throws IOException {
        OfficialParams params = read(
                """
                {"format": "wav", "lora_name_or_path": "none", "lora_weight": 1, "task": "text2music",
                 "prompt": "pop", "lyrics": "[verse]\\nla", "audio_duration": 170.63997916666668, "infer_step": 27,
                 "guidance_scale": 7.5, "scheduler_type": "euler", "cfg_type": "apg", "omega_scale": 9,
                 "guidance_interval": 0.65, "guidance_interval_decay": 0.5, "min_guidance_scale": 2,
                 "use_erg_tag": false, "use_erg_lyric": false, "use_erg_diffusion": true, "oss_steps": [],
                 "timecosts": {"preprocess": 1.5}, "actual_seeds": [4028738662], "retake_seeds": [1],
                 "retake_variance": 0.5, "guidance_scale_text": 0.7, "guidance_scale_lyric": 1.5,
                 "repaint_start": 0, "repaint_end": 0, "edit_n_min": 0.0, "edit_n_max": 1.0, "edit_n_avg": 1,
                 "src_audio_path": null, "edit_target_prompt": null, "edit_target_lyrics": null,
                 "audio2audio_enable": false, "ref_audio_strength": 0.5, "ref_audio_input": null,
                 "audio_path": "./outputs/a.wav"}
                """);
        assertEquals(List.of(), params.unknownKeys());
        GenerationRequest.Builder builder = GenerationRequest.builder();
        params.applyTo(builder);
        GenerationRequest request = builder.seeds(params.seeds()).build();
        assertEquals("pop", request.prompt());
        assertEquals("[verse]\nla", request.lyrics());
        assertEquals(170.63997916666668, request.duration().orElseThrow());
        assertEquals(27, request.steps().orElseThrow());
        assertEquals(7.5, request.guidanceScale().orElseThrow());
        assertEquals(9, request.omegaScale().orElseThrow());
        assertEquals(0.65, request.guidanceInterval().orElseThrow());
        assertEquals(0.5, request.guidanceIntervalDecay().orElseThrow());
        assertEquals(2, request.minGuidanceScale().orElseThrow());
        assertEquals(Optional.of(false), request.ergTag());
        assertEquals(Optional.of(false), request.ergLyric());
        assertEquals(Optional.of(true), request.ergDiffusion());
        assertEquals(List.of(4028738662L), request.seeds());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7|7",
                "[7]|7",
                "[7,8]|7,8",
                "\"7\"|7",
                "\"7,8\"|7,8",
                "\"7, 8\"|7,8",
                "4294967295|4294967295",
                "7.0|7",
                "null|1",
                "[]|1",
                "\"\"|1"
            })
    void takesManualSeedsAsNumberListOrTextAndActualSeedsWithoutThem(String json, String expected) throws IOException {
        List<Long> seeds =
                read("{\"manual_seeds\": " + json + ", \"actual_seeds\": [1]}").seeds();
        assertEquals(
                expected, String.join(",", seeds.stream().map(String::valueOf).toList()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"a\"", "\"1,,2\"", "1.5", "[null]", "[\"1\"]", "{}", "true", "1e40", "\"1e-99999999\""})
    void refusesSeedsThatAreNoWholeNumbers(String json) throws IOException {
        OfficialParams params = read("{\"manual_seeds\": " + json + "}");
        InputException problem = assertThrows(InputException.class, params::seeds);
        assertTrue(problem.getMessage().contains("manual_seeds"), problem.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "-0.5"})
    void takesADurationOf0OrLessAsRandom(String seconds) throws IOException {
        GenerationRequest.Builder builder = GenerationRequest.builder();
        read("{\"audio_duration\": " + seconds + "}").applyTo(builder);
        assertTrue(builder.build().randomDuration());
    }

    @Test
    void takesNullAsAbsent() throws IOException {
        OfficialParams params = read(
                "{\"prompt\": null, \"infer_step\": null, \"task\": null, \"batch_size\": null, \"save_path\": null}");
        GenerationRequest.Builder builder = GenerationRequest.builder();
        params.applyTo(builder);
        assertFalse(params.hasPrompt());
        assertTrue(builder.build().steps().isEmpty());
        assertEquals(OptionalInt.empty(), params.batchSize());
        assertEquals(Optional.empty(), params.savePath());
    }

    @Test
    void namesUnknownKeysInTheirOrder() throws IOException {
        assertEquals(
                List.of("tempo", "Prompt"),
                read("{\"tempo\": 120, \"prompt\": \"x\", \"Prompt\": 1}").unknownKeys());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "task|\"repaint\"",
                "scheduler_type|\"heun\"",
                "cfg_type|\"cfg\"",
                "oss_steps|\"1,2\"",
                "oss_steps|[16]",
                "audio2audio_enable|true",
                "lora_name_or_path|\"some/LoRA\"",
                "format|\"mp3\""
            })
    void refusesWhatThisVersionHasNot(String key, String value) {
        InputException problem = assertThrows(InputException.class, () -> read("{\"" + key + "\": " + value + "}"));
        assertTrue(problem.getMessage().contains(key + " expected "), problem.getMessage());
        assertTrue(problem.getMessage().contains("found " + value), problem.getMessage());
        assertTrue(problem.getMessage().contains("this version "), problem.getMessage());
    }

    @Test
    void refusesTwoGuidanceScalesOnlyWhenBothAreOn() throws IOException {
        read("{\"guidance_scale_text\": 5, \"guidance_scale_lyric\": 1}");
        InputException problem = assertThrows(
                InputException.class, () -> read("{\"guidance_scale_text\": 5, \"guidance_scale_lyric\": 1.5}"));
        assertTrue(problem.getMessage().contains("guidance_scale_text"), problem.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prompt|5",
                "lyrics|[]",
                "audio_duration|\"60\"",
                "infer_step|1.5",
                "infer_step|1e12",
                "guidance_scale|\"x\"",
                "use_erg_tag|1",
                "use_erg_lyric|\"true\""
            })
    void namesTheKeyOfAValueOfTheWrongKind(String key, String value) throws IOException {
        OfficialParams params = read("{\"" + key + "\": " + value + "}");
        InputException problem = assertThrows(InputException.class, () -> params.applyTo(GenerationRequest.builder()));
        assertTrue(problem.getMessage().contains(key + " expected "), problem.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{\"guidance_scale\": NaN}", "{'prompt': 'x'}", "{} {}"})
    void namesAFileThatIsNoJsonObject(String text) {
        InputException problem = assertThrows(InputException.class, () -> read(text));
        assertTrue(problem.getMessage().contains("params.json: expected a JSON object"), problem.getMessage());
    }

    private OfficialParams read(String json) throws IOException {
        Path file = folder.resolve("params.json");
        Files.writeString(file, json);
        return OfficialParams.read(file);
    }
}
