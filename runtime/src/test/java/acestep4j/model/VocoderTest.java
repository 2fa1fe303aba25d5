package acestep4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class VocoderTest {
    private static final int FRAMES = 331;
    private static final int CHANNELS = 2;

    private static Manifest manifest;
    private static OnnxGraph graph;
    private static Lease<?> held;

    @BeforeAll
    static void open() {
        Bundle bundle = Bundle.open(Path.of(System.getProperty("acestep4j.models"), "random-small"), false);
        manifest = bundle.manifest();
        graph = OnnxRuntime.start(AceStepOptions.defaults(), manifest.precisions())
                .graph(bundle, Bundle.VOCODER);
        held = graph.hold();
    }

    @AfterAll
    static void close() {
        held.close();
    }

    private static float[] synthesize(Vocoder vocoder, DecodingMode mode) {
        try (INDArray mel = Latents.create(1, CHANNELS, manifest.mel().bins(), FRAMES)) {
            new TorchGenerator(1).fillNormal(Latents.values(mel));
            mel.muli(2).subi(5);
            int length = vocoder.samples(FRAMES, mode);
            FloatBuffer[] samples = {FloatBuffer.allocate(length), FloatBuffer.allocate(length)};
            Vocoder.Voice voice = vocoder.voice(CHANNELS, FRAMES, mode);
            vocoder.runs(FRAMES, mode)
                    .forEach(run -> voice.next(mel, new Cancellation(), (channel, made) -> samples[channel].put(made)));
            FloatBuffer all = FloatBuffer.allocate(CHANNELS * length);
            for (FloatBuffer channel : samples) {
                assertEquals(0, channel.remaining());
                all.put(channel.flip());
            }
            return all.array();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 97, 150, 330})
    void windowsChangeNoSample(int longest) {
        float[] whole = synthesize(new Vocoder(graph, manifest, FRAMES), DecodingMode.WHOLE);
        Vocoder inWindows = new Vocoder(graph, manifest, longest);
        assertArrayEquals(whole, synthesize(inWindows, DecodingMode.WHOLE), 1e-6f);
        assertArrayEquals(whole, synthesize(inWindows, DecodingMode.STREAMED), 1e-6f);
    }

    @Test
    void aWindowIsNoLongerThanAllowed() {
        Vocoder vocoder = new Vocoder(graph, manifest, 100);
        assertEquals(16, vocoder.runs(FRAMES, DecodingMode.WHOLE).size());
        assertEquals(512 * FRAMES, vocoder.samples(FRAMES, DecodingMode.WHOLE));
    }
}
