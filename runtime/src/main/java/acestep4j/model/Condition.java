package acestep4j.model;

import acestep4j.onnx.Tensors;

/**
 * An encoded song: the keys and values to which each block of the transformer attends, the same in all steps. Held
 * outside the Java heap; whoever made it closes it.
 */
public final class Condition implements AutoCloseable {
    private final Tensors tensors;

    Condition(Tensors tensors) {
        this.tensors = tensors;
    }

    Tensors tensors() {
        return tensors;
    }

    @Override
    public void close() {
        tensors.close();
    }
}
