package acestep4j.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AudioBufferTest {
    @Test
    void knowsItsDimensions() {
        AudioBuffer audio = new AudioBuffer(new float[2][24000], 48000);
        assertEquals(2, audio.channels());
        assertEquals(24000, audio.length());
        assertEquals(0.5, audio.seconds());
    }

    @Test
    void impossibleAudioIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new AudioBuffer(new float[0][], 48000));
        assertThrows(IllegalArgumentException.class, () -> new AudioBuffer(new float[][] {{0, 0}, {0}}, 48000));
        assertThrows(IllegalArgumentException.class, () -> new AudioBuffer(new float[2][10], 0));
    }

    @Test
    void aSliceIsACopyOfAPartOfEveryChannel() {
        AudioBuffer sound = new AudioBuffer(new float[][] {{1, 2, 3, 4}, {5, 6, 7, 8}}, 48_000);
        AudioBuffer slice = sound.slice(1, 3);
        sound.samples()[0][1] = 0;
        assertArrayEquals(new float[] {2, 3}, slice.samples()[0]);
        assertArrayEquals(new float[] {6, 7}, slice.samples()[1]);
        assertThrows(IndexOutOfBoundsException.class, () -> sound.slice(2, 5));
    }
}
