package acestep4j.player;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.job.FakeMusic;
import acestep4j.request.EditRequest;
import acestep4j.request.MusicRequest;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class TrackTest {
    @Test
    void musicThatIsNoLoopRepeatsAtTheLastBarLineWithABeatBehindIt() {
        Track track = Track.of(Tracks.sine(100, 5 * Tracks.BAR - 1), Tracks.BPM, Tracks.BEATS);
        assertEquals(4, track.bars());
        assertEquals(4 * Tracks.BAR, track.length());
        assertEquals(Tracks.BAR / 2, track.seam()[0].length);
        assertEquals(Tracks.BPM, track.bpm(), 1e-9);
    }

    @Test
    void whatRepeatsNeitherClicksNorChangesItsLoudness() {
        AudioBuffer sound = Tracks.sine(100.0625, 5 * Tracks.BAR);
        Track track = Track.of(sound, Tracks.BPM, Tracks.BEATS);
        try (AdaptiveMusic music = AdaptiveMusic.builder().state("calm", track).start()) {
            float[] heard = Tracks.read(music, 9 * Tracks.BAR)[0];
            assertTrue(Tracks.largestStep(heard) <= 1.05 * Tracks.largestStep(sound.samples()[0]));
            float[] middle = Arrays.copyOfRange(heard, Tracks.BAR, 4 * Tracks.BAR);
            assertArrayEquals(Arrays.copyOfRange(sound.samples()[0], Tracks.BAR, 4 * Tracks.BAR), middle);
            float[] again = Arrays.copyOfRange(heard, 5 * Tracks.BAR, 8 * Tracks.BAR);
            assertArrayEquals(middle, again);
        }
    }

    @Test
    void barLinesDontDriftWhereABarIsNoWholeNumberOfFrames() {
        Track track = Track.of(Tracks.sine(100, 60 * Tracks.RATE), 133, 3);
        for (int bar = 0; bar <= track.bars(); bar++) {
            assertEquals(bar * 3 * 60 / 133.0 * Tracks.RATE, track.barLine(bar), 1);
        }
        for (int bar = 0; bar < track.bars(); bar++) {
            assertEquals(bar, track.barAt(track.barLine(bar)));
            assertEquals(bar, track.barAt(track.barLine(bar + 1) - 1));
        }
    }

    @Test
    void theTempoOfAResultIsThatOfItsPromptAndElse120() {
        AudioBuffer sound = Tracks.sine(100, 20 * Tracks.RATE);
        MusicRequest.Builder words = MusicRequest.builder().mood("calm");
        assertEquals(120, Track.of(FakeMusic.result(words.build(), sound)).bpm(), 0.01);
        assertEquals(
                90, Track.of(FakeMusic.result(words.bpm(90).build(), sound)).bpm(), 0.01);
        assertEquals(4, Track.of(FakeMusic.result(words.build(), sound)).beatsPerBar());
    }

    @Test
    void aTrackHasThePromptOfItsResultOrTheOneThatItIsGiven() {
        AudioBuffer sound = Tracks.sine(100, 20 * Tracks.RATE);
        MusicRequest.Builder words = MusicRequest.builder().mood("calm");
        Track made = Track.of(FakeMusic.result(words.build(), sound));
        assertEquals(Optional.of("calm, instrumental"), made.prompt());
        assertEquals(Optional.of("piano"), made.withPrompt("piano").prompt());
        EditRequest edit =
                MusicRequest.restyle(sound, "piano", 0.5, 1).prompt("calm").build();
        assertEquals(
                Optional.of("piano"), Track.of(FakeMusic.result(edit, sound)).prompt());
        Track given = Track.of(sound, 120, 4);
        assertEquals(Optional.empty(), given.prompt());
        assertEquals(given.length(), given.withPrompt("piano").length());
        assertRefused("prompt", () -> given.withPrompt(null));
        assertRefused("prompt", () -> given.withPrompt(" "));
    }

    @Test
    void anyRateAndMonoBecome48KilohertzStereo() {
        float[][] mono = {new float[4 * 24_000]};
        Arrays.fill(mono[0], 0.25f);
        Track track = Track.loop(new AudioBuffer(mono, 24_000), 4, 4);
        assertEquals(4 * Tracks.RATE, track.length());
        assertEquals(0.25f, track.samples()[1][Tracks.RATE], 0.01f);
    }

    @Test
    void musicShorterThanABarIsOneBar() {
        Track track = Track.of(Tracks.sine(100, Tracks.BAR / 2), Tracks.BPM, Tracks.BEATS);
        assertEquals(1, track.bars());
        assertEquals(Tracks.BAR / 2 * 3 / 4, track.length());
    }

    @Test
    void badSoundIsRefusedByItsField() {
        AudioBuffer sound = Tracks.sine(100, Tracks.BAR);
        assertRefused("audio", () -> Track.loop(null, 1, 4));
        assertRefused("audio", () -> Track.loop(new AudioBuffer(new float[3][10], 48_000), 1, 4));
        assertRefused("audio", () -> Track.of(new AudioBuffer(new float[2][0], 48_000), 100, 4));
        assertRefused("bpm", () -> Track.of(sound, 29, 4));
        assertRefused("beatsPerBar", () -> Track.of(sound, 100, 0));
        assertRefused("bars", () -> Track.loop(sound, 0, 4));
    }

    private static void assertRefused(String field, Executable request) {
        assertEquals(field, assertThrows(InvalidRequestException.class, request).field());
    }
}
