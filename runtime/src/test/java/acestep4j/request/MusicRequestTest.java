package acestep4j.request;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.diffusion.TorchGenerator;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MusicRequestTest {
    private static final AudioBuffer SOUND = new AudioBuffer(new float[1][48_000], 48_000);

    @Test
    void theWordsBecomeAPromptInTheirOrder() {
        TextToMusicRequest request = MusicRequest.builder()
                .phrase("a boss fight in a flooded cathedral")
                .mood("tense", "heroic")
                .bpm(140)
                .style(MusicStyle.METAL)
                .duration(MusicDuration.SHORT)
                .seed(7)
                .build();
        assertEquals(
                "metal, electric guitar, double kick drum, bass, 140 bpm, tense, heroic, instrumental,"
                        + " a boss fight in a flooded cathedral",
                request.prompt());
        assertEquals("[inst]", request.lyrics());
        assertEquals(OptionalDouble.of(30), request.duration());
        assertEquals(List.of(7L), request.seeds());
        assertEquals(SamplingOptions.defaults(), request.sampling());
    }

    @Test
    void lyricsTakeThePlaceOfInstrumental() {
        MusicRequest.Builder builder =
                MusicRequest.builder().style(MusicStyle.FOLK).lyrics("[verse]\nThe river runs");
        assertEquals(MusicStyle.FOLK.tags(), builder.build().prompt());
        assertEquals("[verse]\nThe river runs", builder.build().lyrics());
        assertEquals("[inst]", builder.instrumental().build().lyrics());
    }

    @Test
    void whatIsLeftOutIsLeftOut() {
        TextToMusicRequest request = MusicRequest.builder().phrase("rain").build();
        assertEquals("instrumental, rain", request.prompt());
        assertEquals(OptionalDouble.of(60), request.duration());
        assertTrue(request.seeds().isEmpty());
        assertEquals(
                OptionalDouble.of(12.5),
                MusicRequest.builder().phrase("rain").duration(12.5).build().duration());
    }

    @Test
    void theFullRequestTakesEverythingElse() {
        TextToMusicRequest request =
                MusicRequest.builder().mood("calm").full().steps(8).build();
        assertEquals("calm, instrumental", request.prompt());
        assertEquals(8, request.sampling().steps().orElseThrow());
    }

    @ParameterizedTest
    @EnumSource(MusicStyle.class)
    void everyStyleHasATagForItsGenreAndSomeForWhatPlays(MusicStyle style) {
        List<String> tags = List.of(style.tags().split(", "));
        assertTrue(tags.size() >= 3, style.tags());
        assertEquals(tags.size(), new HashSet<>(tags).size());
        for (String tag : tags) {
            assertFalse(tag.isBlank() || tag.contains(",") || !tag.equals(tag.strip()), style.tags());
        }
    }

    @ParameterizedTest
    @EnumSource(MusicStyle.class)
    void everyStyleIsDocumented(MusicStyle style) throws IOException {
        Path models = Path.of(System.getProperty("acestep4j.models"));
        String docs = Files.readString(models.resolveSibling("docs").resolve("game-music.md"));
        assertTrue(docs.contains("| `" + style + "` | " + style.tags() + " |\n"), style.tags());
    }

    @Test
    void badWordsAreRefusedByTheirName() {
        assertRefused("style", () -> MusicRequest.builder().bpm(100).build());
        assertRefused("style", () -> MusicRequest.builder().style(null));
        assertRefused("bpm", () -> MusicRequest.builder().bpm(29));
        assertRefused("bpm", () -> MusicRequest.builder().bpm(301));
        assertRefused("bpm", () -> MusicRequest.builder().style(MusicStyle.FOLK).loop(4));
        assertRefused("mood", () -> MusicRequest.builder().mood("calm", " "));
        assertRefused("mood", () -> MusicRequest.builder().mood("calm", null));
        assertRefused("phrase", () -> MusicRequest.builder().phrase(""));
        assertRefused("lyrics", () -> MusicRequest.builder().lyrics("\n"));
        assertRefused("duration", () -> MusicRequest.builder().duration(241));
        assertRefused("duration", () -> MusicRequest.builder().duration(null));
        assertRefused("strength", () -> MusicRequest.variation(SOUND, 1.1, 1));
        assertRefused("strength", () -> MusicRequest.restyle(SOUND, "metal", Double.NaN, 1));
        assertRefused("from", () -> MusicRequest.bridge(new AudioBuffer(new float[1][20_000], 48_000), SOUND, 2, 1));
        assertRefused("to", () -> MusicRequest.bridge(SOUND, new AudioBuffer(new float[2][48_000], 48_000), 2, 1));
        assertRefused("to", () -> MusicRequest.bridge(SOUND, new AudioBuffer(new float[1][48_000], 44_100), 2, 1));
        assertRefused("seconds", () -> MusicRequest.bridge(SOUND, SOUND, 221, 1));
        assertRefused("side", () -> MusicRequest.extend(SOUND, null, 10, 1));
    }

    @Test
    void aSmallSeedStaysAndAnyOtherIsOneThatTheModelTellsApart() {
        assertEquals(0, MusicRequest.seed(0));
        assertEquals(0xffff_ffffL, MusicRequest.seed(0xffff_ffffL));
        Set<Integer> noises = new HashSet<>();
        long[] bases = {0, 1L << 32, 5L << 40, Long.MIN_VALUE, Long.MAX_VALUE - 1_000, -1_000};
        for (long base : bases) {
            for (long level = base; level < base + 1_000; level++) {
                long seed = MusicRequest.seed(level);
                assertTrue(seed >= 0, level + " became " + seed);
                noises.add((int) seed);
            }
        }
        assertEquals(6_000, noises.size());
    }

    @Test
    void idsThatDifferInTheirUpperBitsGiveOtherNoise() {
        assertFalse(Arrays.equals(noise(3), noise(3 + (1L << 32))));
        assertFalse(Arrays.equals(noise(3), noise(3 + (1L << 63))));
        assertFalse(Arrays.equals(noise(3), noise(-3)));
    }

    private static float[] noise(long levelId) {
        float[] values = new float[16];
        new TorchGenerator(MusicRequest.seed(levelId)).fillNormal(FloatBuffer.wrap(values));
        return values;
    }

    @Test
    void aBridgeIsARepaintBetweenTheEndOfOneSoundAndTheBeginningOfAnother() {
        float[] from = new float[12 * 1_000];
        float[] to = new float[11 * 1_000];
        for (int i = 0; i < from.length; i++) {
            from[i] = i / 100_000f;
        }
        for (int i = 0; i < to.length; i++) {
            to[i] = -i / 100_000f;
        }
        RepaintRequest request = MusicRequest.bridge(
                        new AudioBuffer(new float[][] {from}, 1_000), new AudioBuffer(new float[][] {to}, 1_000), 2, 7)
                .prompt("calm")
                .build();
        float[] source = request.source().samples()[0];
        assertEquals(22_000, source.length);
        assertEquals(10, request.start());
        assertEquals(12.1, request.end(), 0.01);
        assertEquals(1, request.variance());
        assertEquals(List.of(7L), request.retakeSeeds());
        assertArrayEquals(Arrays.copyOfRange(from, 2_000, 12_000), Arrays.copyOf(source, 10_000));
        assertArrayEquals(Arrays.copyOf(to, 10_000), Arrays.copyOfRange(source, 12_000, 22_000));
        for (int i = 10_000; i <= 12_000; i++) {
            assertEquals(source[i - 1], source[i], 3e-4f, "an edge at " + i);
        }
    }

    @Test
    void aVariationOfASoundKeepsTheLessTheStrongerItIs() {
        AudioToAudioRequest request =
                MusicRequest.variation(SOUND, 0.25, -1).prompt("calm").build();
        assertEquals(0.75, request.strength());
        assertEquals(List.of(MusicRequest.seed(-1)), request.seeds());
        assertEquals(SOUND, request.reference());
    }

    @Test
    void anExtensionGrowsAtItsSide() {
        ExtendRequest after = MusicRequest.extend(SOUND, MusicSide.AFTER, 20, 3).build();
        assertEquals(0, after.left());
        assertEquals(20, after.right());
        assertEquals(List.of(3L), after.retakeSeeds());
        assertFalse(after.seeds().equals(after.retakeSeeds()));
        ExtendRequest before =
                MusicRequest.extend(SOUND, MusicSide.BEFORE, 20, 3).build();
        assertEquals(20, before.left());
        assertEquals(0, before.right());
    }

    @Test
    void aRestylingMovesThePieceForAShareOfTheSteps() {
        EditRequest request = MusicRequest.restyle(SOUND, MusicStyle.METAL.tags(), 0.75, 3)
                .prompt("piano")
                .build();
        assertEquals("piano", request.prompt());
        assertEquals(MusicStyle.METAL.tags(), request.targetPrompt());
        assertEquals(0.25, request.nMin());
        assertEquals(1, request.nMax());
    }

    private static void assertRefused(String field, Executable bad) {
        assertEquals(field, assertThrows(InvalidRequestException.class, bad).field());
    }
}
