package acestep4j.onnx;

import acestep4j.Cancellation;
import acestep4j.GenerationException;
import acestep4j.bundle.GraphSpec;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.lang.ref.Reference;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One loaded graph. Thread-safe: several threads may run it at once. It may not be closed while it runs; closing twice
 * is harmless.
 */
public final class OnnxGraph implements AutoCloseable {
    private final GraphSpec spec;
    private final OrtSession session;
    private final AtomicBoolean closed = new AtomicBoolean();

    OnnxGraph(GraphSpec spec, OrtSession session) {
        this.spec = spec;
        this.session = session;
    }

    public GraphSpec spec() {
        return spec;
    }

    /**
     * Runs the graph and gives its outputs in memory of their own.
     *
     * @param inputs a tensor for each input by its name
     * @return all outputs; the caller closes them
     * @throws GenerationException when ONNX Runtime fails, memory running out included
     * @throws acestep4j.CancelledException when cancelled meanwhile
     */
    public Tensors run(Map<String, Tensor> inputs, Cancellation cancellation) {
        Tensors outputs = new Tensors();
        OrtSession.Result result = run(inputs, session.getOutputNames(), Map.of(), cancellation);
        for (Map.Entry<String, OnnxValue> output : result) {
            outputs.with(output.getKey(), new Tensor((OnnxTensor) output.getValue(), result));
        }
        return outputs;
    }

    /**
     * Runs the graph and lets it write its outputs into the given tensors.
     *
     * @param inputs a tensor for each input by its name
     * @param outputs a tensor of the exact shape for each output by its name
     * @throws GenerationException when ONNX Runtime fails, memory running out included
     * @throws acestep4j.CancelledException when cancelled meanwhile
     */
    public void run(Map<String, Tensor> inputs, Map<String, Tensor> outputs, Cancellation cancellation) {
        run(inputs, Set.of(), outputs, cancellation).close();
    }

    private OrtSession.Result run(
            Map<String, Tensor> inputs, Set<String> requested, Map<String, Tensor> pinned, Cancellation cancellation) {
        cancellation.check();
        try (OrtSession.RunOptions options = new OrtSession.RunOptions()) {
            Cancellation.Registration registration = cancellation.onCancel(() -> terminate(options));
            try {
                return session.run(values(inputs), requested, values(pinned), options);
            } finally {
                registration.close();
            }
        } catch (OrtException e) {
            cancellation.check();
            throw new GenerationException(spec.file() + ": ONNX Runtime failed: " + Failures.firstLine(e), e);
        } finally {
            inputs.values().forEach(tensor -> Reference.reachabilityFence(tensor.memory()));
            pinned.values().forEach(tensor -> Reference.reachabilityFence(tensor.memory()));
        }
    }

    private static void terminate(OrtSession.RunOptions options) {
        try {
            options.setTerminate(true);
        } catch (OrtException e) {
            throw new GenerationException("ONNX Runtime: the run couldn't be ended: " + Failures.firstLine(e), e);
        }
    }

    private static Map<String, OnnxTensor> values(Map<String, Tensor> tensors) {
        Map<String, OnnxTensor> values = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> values.put(name, tensor.value()));
        return values;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                session.close();
            } catch (OrtException e) {
                throw new GenerationException(spec.file() + ": couldn't be closed: " + Failures.firstLine(e), e);
            }
        }
    }
}
