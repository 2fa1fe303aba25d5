package acestep4j.request;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LoopRequestTest {
    private static LoopRequest.Builder loop() {
        return LoopRequest.builder().prompt("chiptune, 120 bpm").bpm(120).bars(4);
    }

    private static void assertRefused(String field, String found, Executable action) {
        InvalidRequestException refused = assertThrows(InvalidRequestException.class, action);
        assertTrue(refused.getMessage().startsWith(field + ": "), refused.getMessage());
        assertTrue(refused.getMessage().contains(found), refused.getMessage());
    }

    @Test
    void isAsLongAsItsBars() {
        assertEquals(8, loop().build().seconds());
        assertEquals(6, loop().beatsPerBar(3).build().seconds());
        assertEquals(4 * 4 * 60 / 92.5, loop().bpm(92.5).build().seconds(), 1e-9);
    }

    @Test
    void theSeamTakesABarOrABeatButAtMostHalf() {
        assertEquals(LoopSeam.REPAINT, loop().build().seam());
        assertEquals(2, loop().build().seamSeconds());
        assertEquals(1, loop().bars(1).build().seamSeconds());
        assertEquals(0.5, loop().seam(LoopSeam.CROSSFADE).build().seamSeconds());
        assertEquals(
                0.5,
                loop().bars(1)
                        .beatsPerBar(1)
                        .bpm(60)
                        .seam(LoopSeam.CROSSFADE)
                        .build()
                        .seamSeconds());
        assertEquals(3, loop().seamSeconds(3).build().seamSeconds());
    }

    @Test
    void namesWhatCannotBe() {
        assertRefused("bpm", "none", () -> LoopRequest.builder().bars(4).build());
        assertRefused("bpm", "29.5", () -> loop().bpm(29.5).build());
        assertRefused("bpm", "301", () -> loop().bpm(301).build());
        assertRefused("beatsPerBar", "0", () -> loop().beatsPerBar(0).build());
        assertRefused("beatsPerBar", "33", () -> loop().beatsPerBar(33).build());
        assertRefused("bars", "found 0", () -> loop().bars(0).build());
        assertRefused("bars", "which take 242.0", () -> loop().bars(121).build());
        assertRefused(
                "bars",
                "which take 0.2",
                () -> loop().bpm(300).beatsPerBar(1).bars(1).build());
        assertRefused(
                "bars", "found 2147483647", () -> loop().bars(Integer.MAX_VALUE).build());
        assertRefused("seamSeconds", "found 4.1", () -> loop().seamSeconds(4.1).build());
        assertRefused("seamSeconds", "found 0.1", () -> loop().seamSeconds(0.1).build());
        assertRefused(
                "seamSeconds", "found NaN", () -> loop().seamSeconds(Double.NaN).build());
        assertRefused("seamSeconds", "found 0.001", () -> loop().seam(LoopSeam.CROSSFADE)
                .seamSeconds(0.001)
                .build());
        assertRefused("seamSeconds", "found 240.0 and 0.5", () -> loop().bars(120)
                .seam(LoopSeam.CROSSFADE)
                .build());
        assertRefused("seam", "null", () -> loop().seam(null));
        assertRefused("retakeSeeds", "crossfade", () -> loop().seam(LoopSeam.CROSSFADE)
                .retakeSeed(1)
                .build());
        assertRefused("retakeSeeds", "found 2", () -> loop().retakeSeeds(List.of(1L, 2L))
                .build());
    }

    @Test
    void theLongestLoopIsFourMinutes() {
        assertEquals(240, loop().bars(120).build().seconds());
    }

    @Test
    void theReceiptSaysWhatTheSeamIs() {
        assertEquals(
                "{bars=4, beats_per_bar=4, bpm=120.0, seam=repaint, seam_seconds=2.0}",
                new TreeMap<>(loop().build().taskSettings()).toString());
    }

    @Test
    void aRepaintedLoopIsWhatIsDecoded() {
        AudioBuffer decoded = new AudioBuffer(new float[2][100], 100);
        assertSame(decoded, loop().build().loopOf(decoded));
    }

    @Test
    void beyondTheEndAConstantFadesOutWithEqualPower() {
        float[] decoded = new float[900];
        Arrays.fill(decoded, 0, 800, 1);
        LoopRequest request = loop().seam(LoopSeam.CROSSFADE).seamSeconds(1).build();
        float[] loop =
                request.loopOf(new AudioBuffer(new float[][] {decoded}, 100)).samples()[0];
        assertEquals(800, loop.length);
        for (int i = 0; i < 100; i++) {
            assertEquals(Math.sin(Math.PI / 2 * i / 100), loop[i], 1e-6);
        }
        float[] rest = new float[700];
        Arrays.fill(rest, 1);
        assertArrayEquals(rest, Arrays.copyOfRange(loop, 100, 800));
    }

    /** The sample after the last one of the loop is what comes after it in the music. */
    @Test
    void theEndRunsIntoTheBeginning() {
        float[] rising = new float[900];
        for (int i = 0; i < rising.length; i++) {
            rising[i] = i;
        }
        LoopRequest request = loop().seam(LoopSeam.CROSSFADE).seamSeconds(1).build();
        float[] loop =
                request.loopOf(new AudioBuffer(new float[][] {rising}, 100)).samples()[0];
        assertEquals(799, loop[799]);
        assertEquals(800, loop[0]);
        assertEquals(100, loop[100]);
    }

    @Test
    void theLengthIsExactToTheSample() {
        AudioBuffer decoded = new AudioBuffer(new float[2][12 * 48_000], 48_000);
        LoopRequest request = loop().bpm(97).seam(LoopSeam.CROSSFADE).build();
        assertEquals(
                Math.round(16 * 60 / 97.0 * 48_000), request.loopOf(decoded).length());
    }
}
