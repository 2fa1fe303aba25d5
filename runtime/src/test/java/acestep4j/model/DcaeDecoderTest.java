package acestep4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.AceStepOptions;
import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.TorchGenerator;
import acestep4j.onnx.Lease;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.OnnxRuntime;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class DcaeDecoderTest {
    private static final int FRAMES = 71;

    private static Manifest manifest;
    private static OnnxGraph decoder;
    private static OnnxGraph upsampler;
    private static List<Lease<?>> held;

    @BeforeAll
    static void open() {
        Bundle bundle = Bundle.open(Path.of(System.getProperty("acestep4j.models"), "random-small"), false);
        manifest = bundle.manifest();
        OnnxRuntime runtime = OnnxRuntime.start(AceStepOptions.defaults(), manifest.precisions());
        decoder = runtime.graph(bundle, Bundle.DCAE_DECODER);
        upsampler = runtime.graph(bundle, Bundle.DCAE_UPSAMPLER);
        held = List.of(decoder.hold(), upsampler.hold());
    }

    @AfterAll
    static void close() {
        held.forEach(Lease::close);
    }

    private static float[] decode(int longestPiece, int expectedRuns) {
        try (INDArray latents = Latents.create(1, 8, 16, FRAMES)) {
            new TorchGenerator(2).fillNormal(Latents.values(latents));
            return decode(latents, longestPiece, expectedRuns);
        }
    }

    private static float[] decode(INDArray latents, int longestPiece, int expectedRuns) {
        DcaeDecoder dcae = new DcaeDecoder(decoder, upsampler, manifest, longestPiece);
        AtomicInteger runs = new AtomicInteger();
        int frames = (int) latents.size(3);
        try (INDArray mel =
                dcae.decode(latents, DecodingMode.WHOLE, new Cancellation(), (made, ready) -> runs.incrementAndGet())) {
            assertEquals(expectedRuns, runs.get());
            assertEquals(expectedRuns, dcae.runs(frames, DecodingMode.WHOLE).size());
            return mel.data().asFloat();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 16, 40})
    void piecesChangeNoMelFrame(int features) {
        float[] whole = decode(8 * FRAMES, 2);
        int kept = features - 2 * manifest.dcaeUpsampler().contextFrames();
        assertArrayEquals(whole, decode(8 * features, 1 + (FRAMES + kept - 1) / kept), 1e-5f);
    }

    @Test
    void theFirstFrameSeesTheLastOneOfALongSong() {
        int frames = 900;
        try (INDArray latents = Latents.create(1, 8, 16, frames)) {
            FloatBuffer values = Latents.values(latents);
            new TorchGenerator(3).fillNormal(values);
            float[] one = decode(latents, 8 * frames, 2);
            for (int row = 1; row <= 8 * 16; row++) {
                values.put(row * frames - 1, 50 * values.get(row * frames - 1));
            }
            float[] other = decode(latents, 8 * frames, 2);
            assertTrue(Math.abs(one[0] - other[0]) > 1e-4, () -> one[0] + " and " + other[0]);
        }
    }
}
