package acestep4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.bundle.Bundle;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.GuidanceType;
import acestep4j.request.EditRequest;
import acestep4j.request.Sampling;
import acestep4j.request.TextToMusicRequest;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the nano bundle says of itself, and that requests go by it. */
class NanoTest {
    private static final Path BUNDLE = Path.of(System.getProperty("acestep4j.models"), "nano");
    private static final long MOST_BYTES = 12_000_000;

    private static AceStep aceStep;

    @BeforeAll
    static void open() {
        aceStep = AceStep.open(BUNDLE);
    }

    @AfterAll
    static void close() {
        aceStep.close();
    }

    private static TextToMusicRequest.Builder shortPiece() {
        return TextToMusicRequest.builder().prompt("bells").duration(1).steps(2).seed(5);
    }

    @Test
    void isWholeAndSmall() {
        Manifest manifest = Bundle.open(BUNDLE, true).manifest();
        assertEquals("nano", manifest.name());
        assertEquals(List.of("compact"), manifest.precisions());
        long bytes = manifest.files().values().stream()
                .mapToLong(Manifest.FileEntry::size)
                .sum();
        assertTrue(bytes < MOST_BYTES, () -> bytes + " bytes");
    }

    @Test
    void hasDefaultsOfItsOwn() {
        assertEquals(12, aceStep.manifest().defaults().duration());
        Receipt receipt = aceStep.generate(
                        TextToMusicRequest.builder().prompt("bells").duration(1).build())
                .receipt();
        Sampling sampling = receipt.settings().sampling();
        assertEquals("compact", receipt.precision());
        assertEquals(30, sampling.steps());
        assertEquals(GuidanceType.CFG, sampling.guidance());
        assertEquals(3.5, sampling.guidanceScale());
        assertEquals(1, sampling.guidanceInterval());
        assertTrue(!sampling.ergTag() && !sampling.ergLyric() && !sampling.ergDiffusion());
    }

    @Test
    void ignoresLyricsAndSaysSo() {
        GenerationResult without = aceStep.generate(shortPiece().build());
        GenerationResult with =
                aceStep.generate(shortPiece().lyrics("[verse]\nla la").build());
        assertEquals(without.latents(), with.latents());
        assertEquals(List.of(), without.receipt().ignoredInputs());
        assertEquals(List.of(Manifest.LYRICS), with.receipt().ignoredInputs());
        assertEquals(0, with.receipt().lyricTokens());
        var json = JsonParser.parseString(with.receipt().toJson(0)).getAsJsonObject();
        assertEquals("lyrics", json.getAsJsonArray("ignored_inputs").get(0).getAsString());
        assertEquals("[verse]\nla la", json.get("lyrics").getAsString());
        assertTrue(!without.receipt().toJson(0).contains("ignored_inputs"));
        assertThrows(InvalidRequestException.class, () -> aceStep.lyricLines("la la"));
    }

    @Test
    void namesLyricsOnceWhenAnEditHasThemTwice() {
        var source = aceStep.generate(shortPiece().build()).audio().get(0);
        Receipt receipt = aceStep.generate(EditRequest.builder()
                        .prompt("bells")
                        .lyrics("la")
                        .source(source)
                        .targetLyrics("lo")
                        .steps(2)
                        .build())
                .receipt();
        assertEquals(List.of(Manifest.LYRICS), receipt.ignoredInputs());
    }
}
