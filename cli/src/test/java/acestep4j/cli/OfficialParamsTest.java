package acestep4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.audio.AudioBuffer;
import acestep4j.audio.WavWriter;
import acestep4j.diffusion.GuidanceType;
import acestep4j.diffusion.SchedulerType;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.ExtendRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.RepaintRequest;
import acestep4j.request.RequestBuilder;
import acestep4j.request.RetakeRequest;
import acestep4j.request.SamplingOptions;
import acestep4j.request.TextToMusicRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
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
        TextToMusicRequest.Builder builder = TextToMusicRequest.builder();
        params.applyTo(builder);
        TextToMusicRequest request = builder.seeds(params.seeds()).build();
        assertEquals("pop", request.prompt());
        assertEquals("[verse]\nla", request.lyrics());
        assertEquals(170.63997916666668, request.duration().orElseThrow());
        assertEquals(27, request.sampling().steps().orElseThrow());
        assertEquals(7.5, request.sampling().guidanceScale().orElseThrow());
        assertEquals(9, request.sampling().omegaScale().orElseThrow());
        assertEquals(0.65, request.sampling().guidanceInterval().orElseThrow());
        assertEquals(0.5, request.sampling().guidanceIntervalDecay().orElseThrow());
        assertEquals(2, request.sampling().minGuidanceScale().orElseThrow());
        assertEquals(Optional.of(false), request.sampling().ergTag());
        assertEquals(Optional.of(false), request.sampling().ergLyric());
        assertEquals(Optional.of(true), request.sampling().ergDiffusion());
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
        TextToMusicRequest.Builder builder = TextToMusicRequest.builder();
        read("{\"audio_duration\": " + seconds + "}").applyTo(builder);
        assertTrue(builder.build().randomDuration());
    }

    @Test
    void takesNullAsAbsent() throws IOException {
        OfficialParams params = read(
                "{\"prompt\": null, \"infer_step\": null, \"task\": null, \"batch_size\": null, \"save_path\": null}");
        TextToMusicRequest.Builder builder = TextToMusicRequest.builder();
        params.applyTo(builder);
        assertFalse(params.hasPrompt());
        assertTrue(builder.build().sampling().steps().isEmpty());
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
                "task|\"cover\"",
                "scheduler_type|\"dpm\"",
                "cfg_type|\"double_condition\"",
                "oss_steps|\"1,b\"",
                "oss_steps|7",
                "oss_steps|[\"x\"]",
                "format|\"aiff\""
            })
    void refusesWordsThatTheOfficialPipelineHasNot(String key, String value) {
        InputException problem = assertThrows(InputException.class, () -> read("{\"" + key + "\": " + value + "}")
                .builder());
        assertTrue(problem.getMessage().contains(key + " expected "), problem.getMessage());
        assertTrue(problem.getMessage().contains("found " + value), problem.getMessage());
    }

    @Test
    void takesSchedulerGuidanceAndSteps() throws IOException {
        GenerationRequest request =
                read("""
                        {"prompt": "pop", "scheduler_type": "pingpong", "cfg_type": "cfg_star", "infer_step": 60,
                         "oss_steps": "2, 5, 9"}
                        """)
                        .builder()
                        .build();
        assertEquals(Optional.of(SchedulerType.PINGPONG), request.sampling().scheduler());
        assertEquals(Optional.of(GuidanceType.CFG_ZERO_STAR), request.sampling().guidance());
        assertEquals(List.of(2, 5, 9), request.sampling().stepList());
        assertEquals(
                List.of(1, 4),
                read("{\"oss_steps\": [1, 4]}").builder().build().sampling().stepList());
    }

    @Test
    void takesTwoGuidanceScalesOnlyWhenBothAreOn() throws IOException {
        SamplingOptions one = read("{\"guidance_scale_text\": 5, \"guidance_scale_lyric\": 1, \"cfg_type\": \"cfg\"}")
                .builder()
                .build()
                .sampling();
        assertEquals(Optional.of(GuidanceType.CFG), one.guidance());
        SamplingOptions two = read("{\"guidance_scale_text\": 5, \"guidance_scale_lyric\": 1.5, \"cfg_type\": \"cfg\"}")
                .builder()
                .build()
                .sampling();
        assertEquals(Optional.of(GuidanceType.DOUBLE_CONDITION), two.guidance());
        assertEquals(5, two.guidanceScaleText().orElseThrow());
        assertEquals(1.5, two.guidanceScaleLyric().orElseThrow());
    }

    @Test
    void takesARetake() throws IOException {
        RetakeRequest request = assertInstanceOf(
                RetakeRequest.class,
                read("{\"task\": \"retake\", \"audio_duration\": 7, \"retake_variance\": 0.25, \"retake_seeds\": [3]}")
                        .builder()
                        .build());
        assertEquals(7, request.duration().orElseThrow());
        assertEquals(0.25, request.variance());
        assertEquals(List.of(3L), request.retakeSeeds());
    }

    @ParameterizedTest
    @ValueSource(strings = {"repaint", "extend"})
    void theRangeDecidesWhetherARepaintExtends(String task) throws IOException {
        String json = "{\"task\": \"" + task + "\", \"src_audio_path\": \"" + tone(2) + "\", \"repaint_start\": %s,"
                + " \"repaint_end\": %s, \"retake_variance\": 0.8, \"retake_seeds\": \"4\", \"scheduler_type\": \"heun\"}";
        RepaintRequest inside = assertInstanceOf(
                RepaintRequest.class,
                read(String.format(json, 0.5, 1.5)).builder().build());
        assertEquals(0.5, inside.start());
        assertEquals(1.5, inside.end());
        assertEquals(0.8, inside.variance());
        assertEquals(2, inside.source().seconds());

        ExtendRequest outside = assertInstanceOf(
                ExtendRequest.class, read(String.format(json, -1, 5)).builder().build());
        assertEquals(1, outside.left());
        assertEquals(3, outside.right());
        assertEquals(List.of(4L), outside.retakeSeeds());
        ExtendRequest right = assertInstanceOf(
                ExtendRequest.class, read(String.format(json, 0, 5)).builder().build());
        assertEquals(0, right.left());
    }

    @Test
    void takesAnEditWithTheRetakeSeedsAsItsSeeds() throws IOException {
        OfficialParams params = read("{\"task\": \"edit\", \"src_audio_path\": \"" + tone(1)
                + "\", \"prompt\": \"a\", \"edit_target_prompt\": \"b\", \"edit_target_lyrics\": \"c\", \"edit_n_min\": 0.2,"
                + " \"edit_n_max\": 0.4, \"edit_n_avg\": 2, \"actual_seeds\": [1], \"retake_seeds\": [5],"
                + " \"cfg_type\": \"cfg\", \"oss_steps\": \"1,2\"}");
        RequestBuilder<?> builder = params.builder();
        builder.seeds(params.seeds(builder, 1, new PrintWriter(new StringWriter())));
        EditRequest request = assertInstanceOf(EditRequest.class, builder.build());
        assertEquals("a", request.prompt());
        assertEquals("b", request.targetPrompt());
        assertEquals("c", request.targetLyrics());
        assertEquals(List.of(0.2, 0.4), List.of(request.nMin(), request.nMax()));
        assertEquals(2, request.nAvg());
        assertEquals(List.of(5L), request.seeds());
        assertEquals(Optional.empty(), request.sampling().guidance());
    }

    @Test
    void aReferenceTurnsAnyTaskIntoAudioToAudio() throws IOException {
        OfficialParams params = read("{\"task\": \"text2music\", \"audio2audio_enable\": true, \"ref_audio_input\": \""
                + tone(1) + "\", \"ref_audio_strength\": 0.3}");
        AudioToAudioRequest request =
                assertInstanceOf(AudioToAudioRequest.class, params.builder().build());
        assertEquals(0.3, request.strength());
        assertEquals(Optional.of(folder.resolve("tone.wav")), params.sourceFile());
    }

    @Test
    void namesTheKeyOfASoundThatCannotBeRead() throws IOException {
        OfficialParams params = read("{\"task\": \"edit\", \"src_audio_path\": \"nothing.wav\"}");
        InputException problem = assertThrows(InputException.class, params::builder);
        assertTrue(problem.getMessage().contains("src_audio_path: "), problem.getMessage());
        assertTrue(problem.getMessage().contains("nothing.wav"), problem.getMessage());
    }

    private Path tone(int seconds) {
        Path file = folder.resolve("tone.wav");
        float[] samples = new float[seconds * 8000];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (float) Math.sin(i * 0.3) / 2;
        }
        WavWriter.write(file, new AudioBuffer(new float[][] {samples}, 8000), WavWriter.SampleFormat.PCM_16, "a tone");
        return file;
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
        InputException problem = assertThrows(InputException.class, () -> params.applyTo(TextToMusicRequest.builder()));
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
