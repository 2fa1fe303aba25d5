package acestep4j;

/**
 * How a generation is carried out where the result allows more than one way.
 *
 * @param offload whether each graph is loaded for its stage only
 * @param decoding how much of the song the decoder sees at a time
 */
public record Plan(boolean offload, DecodingMode decoding) {
    @Override
    public String toString() {
        return decoding.label() + " decoding" + (offload ? ", offload" : "");
    }
}
