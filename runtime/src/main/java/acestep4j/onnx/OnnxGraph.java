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
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One graph of a bundle. It is loaded while somebody holds it, and for a single run when nobody does. Thread-safe: several
 * threads may run it at once.
 */
public final class OnnxGraph {
    /** A session whose memory goes back to the system when it is closed, and not only to this process's allocator. */
    private record Loaded(OrtSession session) implements AutoCloseable {
        @Override
        public void close() throws OrtException {
            session.close();
            OnnxRuntime.giveMemoryBack();
        }
    }

    private final GraphSpec spec;
    private final Shared<Loaded> session;
    private final Map<String, String> runConfig;

    /** @param runConfig ONNX Runtime's configuration entries of every run */
    OnnxGraph(GraphSpec spec, Supplier<OrtSession> loading, Map<String, String> runConfig) {
        this.spec = spec;
        this.session = new Shared<>(() -> new Loaded(loading.get()));
        this.runConfig = runConfig;
    }

    public GraphSpec spec() {
        return spec;
    }

    /**
     * Keeps the graph loaded until the lease is closed, which may not happen while one of the holder's runs is on.
     *
     * @throws acestep4j.BundleException when the file isn't a graph or isn't the one that the manifest describes
     * @throws acestep4j.DeviceException when the device can't take it
     */
    public Lease<?> hold() {
        return session.hold();
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
        Set<String> names = new LinkedHashSet<>();
        spec.outputs().forEach(output -> names.add(output.name()));
        OrtSession.Result result = run(inputs, names, Map.of(), cancellation);
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
        try (Lease<Loaded> open = session.hold();
                OrtSession.RunOptions options = new OrtSession.RunOptions()) {
            for (Map.Entry<String, String> entry : runConfig.entrySet()) {
                options.addRunConfigEntry(entry.getKey(), entry.getValue());
            }
            Cancellation.Registration registration = cancellation.onCancel(() -> terminate(options));
            try {
                return open.value().session().run(values(inputs), requested, values(pinned), options);
            } finally {
                registration.close();
            }
        } catch (OrtException e) {
            cancellation.check();
            throw failure(e);
        } finally {
            inputs.values().forEach(tensor -> Reference.reachabilityFence(tensor.memory()));
            pinned.values().forEach(tensor -> Reference.reachabilityFence(tensor.memory()));
        }
    }

    private GenerationException failure(OrtException e) {
        if (CudaFailure.isOutOfMemory(Failures.message(e))) {
            return Failures.outOfMemory(spec, e);
        }
        return new GenerationException(spec.file() + ": ONNX Runtime failed: " + Failures.firstLine(e), e);
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
}
