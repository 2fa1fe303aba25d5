package acestep4j.audio;

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
}
