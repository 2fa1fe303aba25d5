package acestep4j.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import acestep4j.golden.NpyArray;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden files: scripts/golden/make_maths_golden.py. */
class ResamplerTest {
    private static final float[] INPUT = NpyArray.golden("maths/resample_input").floats();

    @ParameterizedTest
    @CsvSource({
        "44100,48000",
        "48000,44100",
        "3,2",
        "1,4",
        "44100,16000",
        "101,97",
        "8000,44100",
        "11025,44100",
        "22050,44100",
        "32000,44100",
        "44056,44100",
        "96000,44100",
        "192000,44100"
    })
    void resamplesLikeTorchaudio(int from, int to) {
        float[] expected = NpyArray.golden("maths/resample_" + from + "_" + to).floats();
        assertArrayEquals(expected, new Resampler(from, to).resample(INPUT), 5e-7f);
    }

    @Test
    void lengthsAreTorchaudiosForLongInputToo() {
        NpyArray golden = NpyArray.golden("maths/resample_lengths");
        Resampler resampler = new Resampler(44100, 48000);
        for (int i = 0; i < golden.shape()[0]; i++) {
            double[] lengths = golden.at(i).values();
            assertEquals((int) lengths[1], resampler.outputLength((int) lengths[0]), "from " + lengths[0] + " samples");
        }
    }

    @Test
    void lengthsAreTorchaudiosFromEachSourceRate() {
        NpyArray golden = NpyArray.golden("maths/resample_source_lengths");
        for (int i = 0; i < golden.shape()[0]; i++) {
            double[] row = golden.at(i).values();
            Resampler resampler = new Resampler((int) row[0], 44100);
            assertEquals((int) row[2], resampler.outputLength((int) row[1]), row[1] + " samples at " + row[0] + " Hz");
        }
    }

    @Test
    void readsABufferFromPositionToLimit() {
        FloatBuffer buffer = FloatBuffer.wrap(INPUT).position(100).limit(400);
        Resampler resampler = new Resampler(44100, 48000);
        assertArrayEquals(resampler.resample(Arrays.copyOfRange(INPUT, 100, 400)), resampler.resample(buffer));
        assertEquals(100, buffer.position());
    }

    @ParameterizedTest
    @CsvSource({"44100,48000", "48000,44100", "3,2", "1,4", "101,97", "44100,44100"})
    void piecesGiveTheSamplesOfTheWhole(int from, int to) {
        Resampler resampler = new Resampler(from, to);
        float[] whole = resampler.resample(INPUT);
        for (int length : new int[] {1, 2, 7, 100, INPUT.length - 1}) {
            Resampler.Stream stream = resampler.stream(INPUT.length);
            for (int start = 0; start < INPUT.length; start += length) {
                stream.accept(FloatBuffer.wrap(INPUT, start, Math.min(length, INPUT.length - start)));
            }
            assertArrayEquals(whole, stream.finish(), "pieces of " + length);
        }
    }

    @Test
    void asManySamplesComeAsWereAnnounced() {
        Resampler.Stream stream = new Resampler(44100, 48000).stream(10);
        stream.accept(FloatBuffer.allocate(9));
        assertThrows(IllegalStateException.class, stream::finish);
        assertThrows(IllegalArgumentException.class, () -> stream.accept(FloatBuffer.allocate(2)));
    }

    @Test
    void equalRatesCopy() {
        Resampler resampler = new Resampler(48000, 48000);
        assertArrayEquals(INPUT, resampler.resample(INPUT));
        assertEquals(20_000_001, resampler.outputLength(20_000_001));
    }

    @Test
    void aPureToneKeepsItsFrequency() {
        float[] tone = new float[44100];
        for (int i = 0; i < tone.length; i++) {
            tone[i] = (float) Math.sin(2 * Math.PI * 440 * i / 44100);
        }
        float[] resampled = new Resampler(44100, 48000).resample(tone);
        for (int i = 100; i < resampled.length - 100; i++) {
            assertEquals(Math.sin(2 * Math.PI * 440 * i / 48000), resampled[i], 2e-3);
        }
    }

    @Test
    void nothingInNothingOut() {
        assertEquals(0, new Resampler(44100, 48000).resample(new float[0]).length);
    }

    @Test
    void ratesWithoutACommonDivisorAreFine() {
        assertEquals(768, new Resampler(44101, 48353).resample(INPUT).length);
    }

    @Test
    void impossibleRatesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new Resampler(0, 48000));
        assertThrows(IllegalArgumentException.class, () -> new Resampler(44100, -1));
    }
}
