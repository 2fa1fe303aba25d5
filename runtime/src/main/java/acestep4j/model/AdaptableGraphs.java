package acestep4j.model;

import acestep4j.LoraReference;
import acestep4j.bundle.Bundle;
import acestep4j.onnx.Lease;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.OnnxRuntime;
import acestep4j.onnx.Shared;
import acestep4j.onnx.Tensor;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Condition encoder and transformer in the form that is in use: as exported, or as the variants that take a LoRA. Both
 * forms are loaded at once only while a running generation holds the other one, since each has the model's weights in
 * memory. With offload a form isn't held at all: each graph is loaded when it runs. Thread-safe; may be closed when
 * nothing is leased.
 */
final class AdaptableGraphs implements AutoCloseable {
    private enum Form {
        BASE(Bundle.CONDITION_ENCODER, Bundle.TRANSFORMER),
        LORA(Bundle.CONDITION_ENCODER_LORA, Bundle.TRANSFORMER_LORA);

        private final String conditionEncoder;
        private final String transformer;

        Form(String conditionEncoder, String transformer) {
            this.conditionEncoder = conditionEncoder;
            this.transformer = transformer;
        }

        static Form of(Optional<Lease<LoraAdapter>> adapter) {
            return adapter.isPresent() ? LORA : BASE;
        }
    }

    /** What keeps graphs loaded; closing twice is harmless. */
    private interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    private record Graphs(OnnxGraph conditionEncoder, OnnxGraph transformer) {
        Hold hold() {
            Lease<?> first = conditionEncoder.hold();
            try {
                Lease<?> second = transformer.hold();
                return () -> {
                    try {
                        second.close();
                    } finally {
                        first.close();
                    }
                };
            } catch (RuntimeException | Error e) {
                first.close();
                throw e;
            }
        }
    }

    private final Map<Form, Graphs> graphs = new EnumMap<>(Form.class);
    private volatile boolean offload;

    /** Held while graphs are loaded, which takes long; taken before the monitor that guards adapter and loaded. */
    private final Object switching = new Object();

    private Optional<Lease<LoraAdapter>> adapter = Optional.empty();
    /** Keeps the form in use loaded. Null while forms are exchanged, or when none could be loaded. */
    private Hold loaded;

    AdaptableGraphs(OnnxRuntime runtime, Bundle bundle, boolean offload) {
        this.offload = offload;
        for (Form form : Form.values()) {
            if (form == Form.BASE || bundle.hasLoraGraphs(runtime.choice().precision())) {
                graphs.put(
                        form,
                        new Graphs(
                                runtime.graph(bundle, form.conditionEncoder), runtime.graph(bundle, form.transformer)));
            }
        }
        loaded = hold(Form.BASE);
    }

    /** What a generation that begins now runs on. Waits while another thread exchanges the graphs. */
    AdaptedModel lease() {
        synchronized (this) {
            if (loaded != null) {
                return leaseLoaded();
            }
        }
        synchronized (switching) {
            change(adapter);
            synchronized (this) {
                return leaseLoaded();
            }
        }
    }

    /** Lets the loaded graphs go: from now on none is held, and each is loaded when it runs. */
    void offload() {
        synchronized (switching) {
            Hold last = loaded;
            offload = true;
            synchronized (this) {
                loaded = () -> {};
            }
            if (last != null) {
                last.close();
            }
        }
    }

    /** Bytes of the adapter in use. */
    synchronized long loraBytes() {
        return adapter.map(lease -> lease.value().bytes()).orElse(0L);
    }

    synchronized Optional<LoraReference> lora() {
        return adapter.map(lease -> lease.value().reference());
    }

    /** Takes the adapter over. When the graphs don't load, what was in use before stays. */
    void use(LoraAdapter next) {
        Lease<LoraAdapter> lease = new Shared<>(() -> next).hold();
        try {
            change(Optional.of(lease));
        } catch (RuntimeException | Error e) {
            lease.close();
            throw e;
        }
    }

    void remove() {
        change(Optional.empty());
    }

    @Override
    public void close() {
        synchronized (switching) {
            Optional<Lease<LoraAdapter>> lastAdapter = adapter;
            Hold last = loaded;
            synchronized (this) {
                adapter = Optional.empty();
                loaded = null;
            }
            try {
                if (last != null) {
                    last.close();
                }
            } finally {
                lastAdapter.ifPresent(Lease::close);
            }
        }
    }

    private void change(Optional<Lease<LoraAdapter>> next) {
        synchronized (switching) {
            Optional<Lease<LoraAdapter>> last = adapter;
            if (loaded == null || Form.of(last) != Form.of(next)) {
                exchange(Form.of(last), next);
            } else {
                synchronized (this) {
                    adapter = next;
                }
            }
            if (last.isPresent() && last.get() != next.orElse(null)) {
                last.get().close();
            }
        }
    }

    /** Lets the old graphs go first, so that memory has to hold one set only. */
    private void exchange(Form last, Optional<Lease<LoraAdapter>> next) {
        Hold lastLoaded = loaded;
        synchronized (this) {
            loaded = null;
        }
        if (lastLoaded != null) {
            lastLoaded.close();
        }
        try {
            Hold nextLoaded = hold(Form.of(next));
            synchronized (this) {
                loaded = nextLoaded;
                adapter = next;
            }
        } catch (RuntimeException | Error e) {
            try {
                Hold again = hold(last);
                synchronized (this) {
                    loaded = again;
                }
            } catch (RuntimeException | Error second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private Hold hold(Form form) {
        return offload ? () -> {} : graphs.get(form).hold();
    }

    private AdaptedModel leaseLoaded() {
        Optional<Lease<LoraAdapter>> leased = adapter.map(Lease::another);
        Form form = Form.of(leased);
        Hold held = hold(form);
        Map<String, Tensor> none = Map.of();
        return new AdaptedModel(
                new ConditionEncoder(
                        graphs.get(form).conditionEncoder(),
                        leased.map(lease -> lease.value().conditionEncoder()).orElse(none)),
                new DiffusionTransformer(
                        graphs.get(form).transformer(),
                        leased.map(lease -> lease.value().transformer()).orElse(none)),
                leased.map(lease -> lease.value().reference()),
                () -> {
                    try {
                        held.close();
                    } finally {
                        leased.ifPresent(Lease::close);
                    }
                });
    }
}
