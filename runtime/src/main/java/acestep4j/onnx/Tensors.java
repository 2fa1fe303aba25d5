package acestep4j.onnx;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/** Named tensors that are closed together, the last one first. Not thread-safe. */
public final class Tensors implements AutoCloseable {
    private final Map<String, Tensor> byName = new LinkedHashMap<>();

    /** Takes the tensor over: closing these closes it. */
    public Tensors with(String name, Tensor tensor) {
        byName.put(name, tensor);
        return this;
    }

    /** @throws IllegalArgumentException when there is none of this name */
    public Tensor get(String name) {
        Tensor tensor = byName.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no tensor '" + name + "' among " + byName.keySet());
        }
        return tensor;
    }

    public Map<String, Tensor> byName() {
        return Collections.unmodifiableMap(byName);
    }

    @Override
    public void close() {
        Deque<Tensor> lastFirst = new ArrayDeque<>();
        byName.values().forEach(lastFirst::push);
        lastFirst.forEach(Tensor::close);
    }
}
