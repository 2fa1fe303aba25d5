package acestep4j.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.audio.WavWriter.SampleFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InterleavedPcmTest {
    /** More than a block. */
    private static final int LENGTH = 40_000;

    @ParameterizedTest
    @EnumSource(SampleFormat.class)
    void whatIsWrittenIsReadBack(SampleFormat format) throws IOException {
        Random random = new Random(3);
        float scale = format == SampleFormat.PCM_16 ? 0x1p-15f : 0x1p-23f;
        int bound = format == SampleFormat.PCM_16 ? 1 << 15 : 1 << 23;
        float[][] samples = new float[2][LENGTH];
        for (float[] channel : samples) {
            for (int i = 0; i < LENGTH; i++) {
                channel[i] = (random.nextInt(2 * bound) - bound) * scale;
            }
        }
        AudioBuffer audio = new AudioBuffer(samples, 44_100);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        InterleavedPcm.write(out, audio, format);
        byte[] bytes = out.toByteArray();
        assertEquals(2 * LENGTH * format.bytes(), bytes.length);

        AudioBuffer read = InterleavedPcm.read(new ByteArrayInputStream(bytes), 2, LENGTH, 44_100, format);
        assertArrayEquals(samples, read.samples());
        assertEquals(audio.sha256(), read.sha256());
        assertThrows(
                EOFException.class,
                () -> InterleavedPcm.read(new ByteArrayInputStream(bytes), 2, LENGTH + 1, 44_100, format));
    }
}
