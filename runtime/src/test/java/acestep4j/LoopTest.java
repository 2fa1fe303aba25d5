package acestep4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.audio.AudioBuffer;
import acestep4j.audio.LoopPoints;
import acestep4j.audio.WavWriter;
import acestep4j.quality.QualityGate;
import acestep4j.quality.SeamMeasures;
import acestep4j.request.GenerationRequest;
import acestep4j.request.LoopRequest;
import acestep4j.request.LoopSeam;
import acestep4j.request.MusicRequest;
import acestep4j.request.MusicStyle;
import acestep4j.request.TextToMusicRequest;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LoopTest {
    private static AceStep aceStep;

    @BeforeAll
    static void open() {
        aceStep = AceStep.open(Path.of(System.getProperty("acestep4j.models"), "nano"));
    }

    @AfterAll
    static void close() {
        aceStep.close();
    }

    /** 4 seconds: 43 latent frames, of which 10 are made anew; one second after the other of the seam. */
    private static LoopRequest.Builder loop() {
        return LoopRequest.builder()
                .prompt("chiptune")
                .bpm(120)
                .bars(2)
                .seamSeconds(1)
                .seed(7)
                .steps(3);
    }

    private static float value(GenerationResult result, int row, int frame) {
        return result.latents().get(row * result.latentsShape().get(3) + frame);
    }

    private static void assertSameSound(AudioBuffer expected, AudioBuffer found) {
        for (int channel = 0; channel < expected.channels(); channel++) {
            assertArrayEquals(expected.samples()[channel], found.samples()[channel]);
        }
    }

    @Test
    void aRepaintedLoopHasTheNearestNumberOfLatentFramesAndSaysItsTempo() {
        GenerationResult result = aceStep.generate(loop().build());
        int length = (int) Math.round(43 * 4096 * 160 / 147.0);
        assertEquals(List.of(1, 8, 16, 43), result.latentsShape());
        assertEquals(length, result.audio().get(0).length());
        Loop loop = result.loop().orElseThrow();
        assertEquals(0, loop.start());
        assertEquals(length, loop.length());
        assertEquals(length, loop.end());
        assertEquals(length / 2.0, loop.barLength());
        assertEquals(2, loop.bars());
        assertEquals(4, loop.beatsPerBar());
        assertEquals(8 * 60 / (length / 48_000.0), loop.bpm(), 1e-9);
        assertEquals(List.of(SeamMeasures.of(result.audio().get(0))), loop.seams());
        assertEquals(new Plan(false, DecodingMode.CIRCULAR), result.receipt().plan());
    }

    @Test
    void aCrossfadedLoopHasItsLengthToTheSample() {
        GenerationResult result =
                aceStep.generate(loop().bpm(119).seam(LoopSeam.CROSSFADE).build());
        Loop loop = result.loop().orElseThrow();
        assertEquals(Math.round(8 * 60 / 119.0 * 48_000), loop.length());
        assertEquals(loop.length(), result.audio().get(0).length());
        assertEquals(119, loop.bpm(), 1e-3);
        assertTrue(result.latentsShape().get(3) * 4096 / 44_100.0 >= 8 * 60 / 119.0 + 1);
    }

    @Test
    void onlyTheFramesAroundTheSeamAreMadeAnew() {
        GenerationResult loop = aceStep.generate(loop().build());
        GenerationResult other = aceStep.generate(loop().retakeSeed(8).build());
        GenerationResult piece = aceStep.generate(TextToMusicRequest.builder()
                .prompt("chiptune")
                .duration(4)
                .seed(7)
                .steps(3)
                .build());
        assertEquals(loop.latentsShape(), piece.latentsShape());
        for (int row = 0; row < 8 * 16; row++) {
            for (int frame = 0; frame < 43; frame++) {
                boolean isPainted = frame < 5 || frame >= 38;
                assertEquals(!isPainted, value(loop, row, frame) == value(piece, row, frame), row + ", " + frame);
                assertEquals(!isPainted, value(loop, row, frame) == value(other, row, frame), row + ", " + frame);
            }
        }
    }

    @Test
    void theReceiptHasTheLoop() {
        GenerationResult result = aceStep.generate(loop().retakeSeed(9).build());
        Loop loop = result.loop().orElseThrow();
        var json = JsonParser.parseString(result.receipt().toJson(0)).getAsJsonObject();
        assertEquals("loop", json.get("task").getAsString());
        assertEquals(120, json.get("bpm").getAsDouble());
        assertEquals("circular", json.get("decoding").getAsString());
        assertEquals(9, json.getAsJsonArray("retake_seeds").get(0).getAsLong());
        var made = json.getAsJsonObject("loop");
        assertEquals(loop.length(), made.get("length").getAsInt());
        assertEquals(loop.bpm(), made.get("bpm").getAsDouble());
        assertEquals(loop.seams().get(0).step(), made.get("seam_step").getAsDouble());
        assertEquals(
                loop.seams().get(0).spectralChangeQuantile(),
                made.get("seam_spectral_change_quantile").getAsDouble());
    }

    @Test
    void theFileOfAResultSaysWhatIsRepeated(@TempDir Path folder) throws IOException {
        GenerationResult result = aceStep.generate(loop().build());
        Path direct = folder.resolve("result.wav");
        Path told = folder.resolve("told.wav");
        WavWriter.write(direct, result);
        WavWriter.write(
                told,
                result.audio().get(0),
                WavWriter.SampleFormat.PCM_16,
                result.receipt().toJson(0),
                Optional.of(new LoopPoints(0, result.audio().get(0).length())));
        assertEquals(-1, Files.mismatch(told, direct));
    }

    @Test
    void otherMusicIsNoLoop() {
        GenerationResult result = aceStep.generate(TextToMusicRequest.builder()
                .prompt("bells")
                .duration(1)
                .steps(1)
                .build());
        assertEquals(Optional.empty(), result.loop());
        assertTrue(!result.receipt().toJson(0).contains("\"loop\""));
    }

    @Test
    void eachItemHasItsSeam() {
        GenerationResult result =
                aceStep.generate(loop().batchSize(2).seeds(List.of(1L, 2L)).build());
        Loop loop = result.loop().orElseThrow();
        assertEquals(2, loop.seams().size());
        assertNotEquals(loop.seams().get(0), loop.seams().get(1));
        assertEquals(SeamMeasures.of(result.audio().get(1)), loop.seams().get(1));
    }

    @ParameterizedTest
    @EnumSource
    void theSameRequestGivesTheSameLoop(LoopSeam seam) {
        GenerationRequest request = loop().seam(seam).build();
        assertSameSound(
                aceStep.generate(request).audio().get(0),
                aceStep.generate(request).audio().get(0));
    }

    @ParameterizedTest
    @EnumSource
    void itsLatentsGiveTheLoopAgain(LoopSeam seam) {
        LoopRequest request = loop().seam(seam).build();
        GenerationResult result = aceStep.generate(request);
        AudioBuffer decoded = aceStep.decode(
                        result.latents(),
                        result.latentsShape(),
                        result.receipt().plan().decoding(),
                        ProgressListener.none(),
                        new Cancellation())
                .get(0);
        assertSameSound(result.audio().get(0), request.loopOf(decoded));
    }

    @ParameterizedTest
    @EnumSource
    void aStreamGivesTheFinishedLoop(LoopSeam seam) {
        List<AudioBuffer> pieces = new ArrayList<>();
        GenerationResult result =
                aceStep.stream(loop().seam(seam).build(), pieces::add, ProgressListener.none(), new Cancellation());
        assertEquals(1, pieces.size());
        assertSameSound(result.audio().get(0), pieces.get(0));
        assertSameSound(
                aceStep.generate(loop().seam(seam).build()).audio().get(0),
                result.audio().get(0));
    }

    @ParameterizedTest
    @EnumSource
    void anEstimateKnowsItsPlan(LoopSeam seam) {
        Estimate estimate = aceStep.estimate(loop().seam(seam).build());
        assertEquals(
                seam == LoopSeam.REPAINT ? DecodingMode.CIRCULAR : DecodingMode.WHOLE,
                estimate.plan().decoding());
        assertEquals(aceStep.generate(loop().seam(seam).build()).receipt().plan(), estimate.plan());
    }

    /** A crossfade takes the steps once, for a second more. */
    @Test
    void anEstimateKnowsThatTheSeamIsMadeToo() {
        assertTrue(seconds(LoopSeam.REPAINT) > 1.3 * seconds(LoopSeam.CROSSFADE));
    }

    private static double seconds(LoopSeam seam) {
        Estimate estimate = aceStep.estimate(loop().seam(seam).build());
        return estimate.stages().get(Stage.DIFFUSION).time().toNanos() / 1e9;
    }

    @Test
    void theShortestLoop() {
        GenerationResult result = aceStep.generate(
                loop().bpm(240).bars(1).seamSeconds(0.2).steps(1).build());
        assertEquals(11, result.latentsShape().get(3));
        assertEquals(Math.round(11 * 4096 * 160 / 147.0), result.audio().get(0).length());
    }

    @Test
    void theQualityGateKnowsHowLongItIsToBe() {
        GenerationResult result = aceStep.generate(loop().build());
        assertTrue(QualityGate.defaults().withLongestQuiet(0, 9).check(result).findings().stream()
                .noneMatch(finding -> finding.description().contains(" s, found")));
    }

    @Test
    void aGameAsksForBars() {
        LoopRequest request = MusicRequest.builder()
                .style(MusicStyle.CHIPTUNE)
                .bpm(120)
                .seed(7)
                .loop(2)
                .steps(2)
                .build();
        assertTrue(request.prompt().contains("120 bpm"), request.prompt());
        assertEquals("[inst]", request.lyrics());
        assertEquals(4, request.seconds());
        assertEquals(2, aceStep.generate(request).loop().orElseThrow().bars());
    }
}
