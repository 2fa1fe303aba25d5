package acestep4j.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sound in the forms in which others take it. */
class SoundConversionTest {
    @TempDir
    private Path folder;

    private static AudioBuffer noise(int frames) {
        float[][] samples = new float[2][frames];
        for (int i = 0; i < frames; i++) {
            samples[0][i] = (float) Math.sin(i * 1.7) * 1.2f;
            samples[1][i] = (float) Math.cos(i * 0.3) * 0.7f;
        }
        return new AudioBuffer(samples, 48_000);
    }

    @Test
    void sixteenBitsAreInterleavedInADirectBufferInNativeOrder() {
        float[][] samples = {{0, 0.5f, 1, 2, Float.NaN}, {-0.25f, -1, -2, 1e-9f, Float.NEGATIVE_INFINITY}};
        ShortBuffer pcm = new AudioBuffer(samples, 48_000).toPcm16();
        assertTrue(pcm.isDirect());
        assertEquals(ByteOrder.nativeOrder(), pcm.order());
        short[] found = new short[pcm.remaining()];
        pcm.get(found);
        assertArrayEquals(new short[] {0, -8192, 16384, -32768, 32767, -32768, 32767, 0, 0, -32768}, found);
    }

    @Test
    void javaSoundHearsTheBytesOfTheWavFile() throws IOException, UnsupportedAudioFileException {
        AudioBuffer audio = noise(5_000);
        Path wav = folder.resolve("sound.wav");
        WavWriter.write(wav, audio, WavWriter.SampleFormat.PCM_16, "");
        try (AudioInputStream expected = AudioSystem.getAudioInputStream(wav.toFile());
                AudioInputStream found = JavaSound.stream(audio)) {
            AudioFormat format = found.getFormat();
            assertTrue(format.matches(expected.getFormat()), format::toString);
            assertEquals(5_000, found.getFrameLength());
            assertArrayEquals(expected.readAllBytes(), found.readAllBytes());
            assertEquals(-1, found.read(new byte[4]));
        }
    }
}
