package acestep4j.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.AceStepOptions;
import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.Progress;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioSink;
import acestep4j.bundle.Bundle;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.TorchGenerator;
import acestep4j.golden.NpyArray;
import acestep4j.model.AceStepModel;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Golden files: scripts/golden/make_overlap_golden.py. */
class DecodingTest {
    private static final double TOLERANCE = 1e-4;

    private static AceStepModel model;

    @BeforeAll
    static void open() {
        Path folder = Path.of(System.getProperty("acestep4j.models"), "random-small");
        model = AceStepModel.open(Bundle.open(folder, false), AceStepOptions.defaults());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static float[][] decode(int frames, DecodingMode mode, List<Progress> heard) {
        return decode(frames, mode, heard, AudioSink.none());
    }

    private static float[][] decode(int frames, DecodingMode mode, List<Progress> heard, AudioSink sink) {
        try (INDArray latents = Latents.create(1, 8, 16, frames)) {
            new TorchGenerator(frames).fillNormal(Latents.values(latents));
            ProgressMeter meter = new ProgressMeter(heard::add);
            return new Decoding(model)
                    .decode(latents, mode, sink, meter, new Cancellation())
                    .get(0)
                    .samples();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 63, 127, 530, 800})
    void overlappedWindowsSoundAsOfficially(int frames) {
        double[] starts = NpyArray.golden("overlap/" + frames + "_starts").values();
        NpyArray excerpts = NpyArray.golden("overlap/" + frames + "_audio");
        float[][] samples = decode(frames, DecodingMode.OVERLAPPED, new ArrayList<>());
        int length = excerpts.shape()[2];
        double error = 0;
        double power = 0;
        for (int channel = 0; channel < 2; channel++) {
            assertEquals((int) starts[starts.length - 1], samples[channel].length);
            for (int excerpt = 0; excerpt < starts.length - 1; excerpt++) {
                for (int i = 0; i < length; i++) {
                    double expected = excerpts.at(channel).at(excerpt).values()[i];
                    double difference = samples[channel][(int) starts[excerpt] + i] - expected;
                    error += difference * difference;
                    power += expected * expected;
                }
            }
        }
        assertTrue(Math.sqrt(error / power) < TOLERANCE, "relative RMS error " + Math.sqrt(error / power));
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 700})
    void everyStepOfTheStageIsHeardOnce(int frames) {
        for (DecodingMode mode : DecodingMode.values()) {
            List<Progress> heard = new ArrayList<>();
            decode(frames, mode, heard);
            int steps = heard.get(0).total();
            assertEquals(steps + 1, heard.size(), mode + ": " + heard);
            assertEquals(steps, heard.get(steps).step());
        }
    }

    /** 1700 frames are beyond the longest pieces of all modes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 21, 300, 1700})
    void aStreamedSongIsTheWholeOnePieceByPiece(int frames) {
        float[][] whole = decode(frames, DecodingMode.WHOLE, new ArrayList<>());
        List<AudioBuffer> pieces = new ArrayList<>();
        List<Progress> heard = new ArrayList<>();
        List<Integer> stepsBefore = new ArrayList<>();
        float[][] streamed = decode(frames, DecodingMode.STREAMED, heard, piece -> {
            pieces.add(piece);
            stepsBefore.add(heard.get(heard.size() - 1).step());
        });
        for (int channel = 0; channel < whole.length; channel++) {
            assertArrayEquals(whole[channel], streamed[channel], 2e-5f);
            FloatBuffer joined = FloatBuffer.allocate(whole[channel].length);
            for (AudioBuffer piece : pieces) {
                joined.put(piece.samples()[channel]);
            }
            assertArrayEquals(streamed[channel], joined.array());
        }
        // The whole decoder, a piece of the mel, and a window of the channels.
        assertEquals(3, stepsBefore.get(0));
        assertTrue(frames < 100 || heard.get(0).total() > 10, heard::toString);
        assertTrue(
                frames < 100 || pieces.get(0).seconds() < 0.8,
                "the first piece has " + pieces.get(0).seconds() + " s");
    }

    @Test
    void aShortSongIsTheSameInBothModesUpToTheVocodersPadding() {
        float[] whole = decode(40, DecodingMode.WHOLE, new ArrayList<>())[0];
        float[] overlapped = decode(40, DecodingMode.OVERLAPPED, new ArrayList<>())[0];
        int untouched = (40 * 8 - model.manifest().vocoder().contextFrames() - 1) * 512;
        for (int i = 0; i < untouched; i++) {
            assertEquals(whole[i], overlapped[i], 1e-6f);
        }
    }
}
