package acestep4j.model;

import acestep4j.Cancellation;
import acestep4j.bundle.TensorSpec;
import acestep4j.onnx.Lease;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.OnnxRuntime;
import acestep4j.onnx.Tensor;
import acestep4j.onnx.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * From the encoded prompt and the lyrics to what every step of the transformer attends to. The published model has no
 * use for a speaker embedding: it is 0. Immutable and thread-safe.
 */
public final class ConditionEncoder {
    private final OnnxGraph graph;
    private final Map<String, Tensor> lora;
    private final int speakerWidth;

    /**
     * @param lora a tensor for each of the graph's LoRA inputs, which stay the caller's to close; empty for a graph
     *     without them
     */
    public ConditionEncoder(OnnxGraph graph, Map<String, Tensor> lora) {
        this.graph = graph;
        this.lora = lora;
        TensorSpec speaker = graph.spec()
                .input("speaker_embeds")
                .orElseThrow(() -> new IllegalArgumentException("a condition encoder takes speaker_embeds"));
        this.speakerWidth = (int) speaker.size(1).orElseThrow();
    }

    /** Keeps its graph loaded from one run to the next, until the lease is closed. */
    public Lease<?> hold() {
        return graph.hold();
    }

    /**
     * Encodes one prompt with its lyrics, repeated for each item of the batch.
     *
     * @param batch the number of items, 1 or more
     * @param tau factor on the queries of the lyric encoder's attention; 1 for the plain condition
     */
    public Condition encode(TextStates text, Lyrics lyrics, int batch, float tau, Cancellation cancellation) {
        long[] textMask = new long[text.tokens()];
        Arrays.fill(textMask, 1);
        try (Tensors inputs = new Tensors()) {
            inputs.with("text_states", Tensor.of(repeat(text.values(), batch), batch, text.tokens(), text.width()))
                    .with("text_mask", Tensor.of(repeat(textMask, batch), batch, text.tokens()))
                    .with("speaker_embeds", Tensor.of(new float[batch * speakerWidth], batch, speakerWidth))
                    .with("lyric_ids", Tensor.of(repeat(lyrics.ids(), batch), batch, lyrics.ids().length))
                    .with("lyric_mask", Tensor.of(repeat(lyrics.mask(), batch), batch, lyrics.mask().length))
                    .with("tau", Tensor.of(new float[] {tau}));
            Map<String, Tensor> all = new LinkedHashMap<>(inputs.byName());
            all.putAll(lora);
            return new Condition(graph.run(all, cancellation));
        } finally {
            OnnxRuntime.giveMemoryBack();
        }
    }

    private static float[] repeat(float[] values, int times) {
        float[] repeated = new float[Math.multiplyExact(values.length, times)];
        for (int i = 0; i < times; i++) {
            System.arraycopy(values, 0, repeated, i * values.length, values.length);
        }
        return repeated;
    }

    private static long[] repeat(long[] values, int times) {
        long[] repeated = new long[Math.multiplyExact(values.length, times)];
        for (int i = 0; i < times; i++) {
            System.arraycopy(values, 0, repeated, i * values.length, values.length);
        }
        return repeated;
    }
}
