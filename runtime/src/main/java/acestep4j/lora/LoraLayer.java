package acestep4j.lora;

/**
 * What a LoRA adds to one linear layer: {@code scaling * (x A) B}.
 *
 * @param module the layer's module path in the transformer, such as {@code transformer_blocks.0.attn.to_q}
 * @param a the first matrix as it is in the file, {@code [rank, inputs]}
 * @param b the second matrix as it is in the file, {@code [outputs, rank]}
 * @param scaling alpha over the rank, or over its root for a rank-stabilised LoRA
 */
public record LoraLayer(String module, LoraMatrix a, LoraMatrix b, double scaling) {
    public int rank() {
        return a.rows();
    }
}
