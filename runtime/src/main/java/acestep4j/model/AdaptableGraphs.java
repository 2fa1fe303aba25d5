package acestep4j.model;

import acestep4j.LoraReference;
import acestep4j.bundle.Bundle;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.OnnxRuntime;
import acestep4j.onnx.Tensor;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Condition encoder and transformer in the form that is in use: as exported, or as the variants that take a LoRA. Both
 * forms are open at once only while a running generation holds the other one, since each has the model's weights in
 * memory. Thread-safe; may be closed when nothing is leased.
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

        static Form of(Optional<Shared<LoraAdapter>> adapter) {
            return adapter.isPresent() ? LORA : BASE;
        }
    }

    private record Graphs(OnnxGraph conditionEncoder, OnnxGraph transformer) implements AutoCloseable {
        @Override
        public void close() {
            try {
                transformer.close();
            } finally {
                conditionEncoder.close();
            }
        }
    }

    private final OnnxRuntime runtime;
    private final Bundle bundle;
    private final String precision;

    /** Held while graphs are opened, which takes long; taken before the monitor that guards adapter and graphs. */
    private final Object switching = new Object();

    private final Map<Form, Shared<Graphs>> opened = new EnumMap<>(Form.class);
    private Optional<Shared<LoraAdapter>> adapter = Optional.empty();
    /** Null while they are exchanged, or when none could be opened. */
    private Shared<Graphs> graphs;

    AdaptableGraphs(OnnxRuntime runtime, Bundle bundle, String precision) {
        this.runtime = runtime;
        this.bundle = bundle;
        this.precision = precision;
        graphs = obtain(Form.BASE);
    }

    /** What a generation that begins now runs on. Waits while another thread exchanges the graphs. */
    AdaptedModel lease() {
        synchronized (this) {
            if (graphs != null) {
                return leaseOpen();
            }
        }
        synchronized (switching) {
            change(adapter);
            synchronized (this) {
                return leaseOpen();
            }
        }
    }

    synchronized Optional<LoraReference> lora() {
        return adapter.map(shared -> shared.value().reference());
    }

    /** Takes the adapter over. When the graphs don't open, what was in use before stays. */
    void use(LoraAdapter next) {
        Shared<LoraAdapter> shared = new Shared<>(next);
        try {
            change(Optional.of(shared));
        } catch (RuntimeException | Error e) {
            shared.release();
            throw e;
        }
    }

    void remove() {
        change(Optional.empty());
    }

    @Override
    public void close() {
        synchronized (switching) {
            Optional<Shared<LoraAdapter>> lastAdapter = adapter;
            Shared<Graphs> lastGraphs = graphs;
            synchronized (this) {
                adapter = Optional.empty();
                graphs = null;
            }
            if (lastGraphs != null) {
                lastGraphs.release();
            }
            lastAdapter.ifPresent(Shared::release);
        }
    }

    private void change(Optional<Shared<LoraAdapter>> next) {
        synchronized (switching) {
            Optional<Shared<LoraAdapter>> last = adapter;
            if (graphs == null || Form.of(last) != Form.of(next)) {
                exchangeGraphs(Form.of(last), next);
            } else {
                synchronized (this) {
                    adapter = next;
                }
            }
            if (last.isPresent() && last.get() != next.orElse(null)) {
                last.get().release();
            }
        }
    }

    /** Lets the old graphs go first, so that memory has to hold one set only. */
    private void exchangeGraphs(Form last, Optional<Shared<LoraAdapter>> next) {
        Shared<Graphs> lastGraphs = graphs;
        synchronized (this) {
            graphs = null;
        }
        if (lastGraphs != null) {
            lastGraphs.release();
        }
        try {
            Shared<Graphs> nextGraphs = obtain(Form.of(next));
            synchronized (this) {
                graphs = nextGraphs;
                adapter = next;
            }
        } catch (RuntimeException | Error e) {
            try {
                Shared<Graphs> again = obtain(last);
                synchronized (this) {
                    graphs = again;
                }
            } catch (RuntimeException | Error second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    private Shared<Graphs> obtain(Form form) {
        Shared<Graphs> held = opened.get(form);
        if (held != null && held.retain()) {
            return held;
        }
        OnnxGraph conditionEncoder = runtime.open(bundle, form.conditionEncoder, precision);
        try {
            Shared<Graphs> both =
                    new Shared<>(new Graphs(conditionEncoder, runtime.open(bundle, form.transformer, precision)));
            opened.put(form, both);
            return both;
        } catch (RuntimeException | Error e) {
            conditionEncoder.close();
            throw e;
        }
    }

    private AdaptedModel leaseOpen() {
        Shared<Graphs> leased = graphs;
        Optional<Shared<LoraAdapter>> leasedAdapter = adapter;
        leased.retain();
        leasedAdapter.ifPresent(Shared::retain);
        Map<String, Tensor> none = Map.of();
        return new AdaptedModel(
                new ConditionEncoder(
                        leased.value().conditionEncoder(),
                        leasedAdapter
                                .map(shared -> shared.value().conditionEncoder())
                                .orElse(none)),
                new DiffusionTransformer(
                        leased.value().transformer(),
                        leasedAdapter
                                .map(shared -> shared.value().transformer())
                                .orElse(none)),
                leasedAdapter.map(shared -> shared.value().reference()),
                () -> {
                    try {
                        leased.release();
                    } finally {
                        leasedAdapter.ifPresent(Shared::release);
                    }
                });
    }
}
