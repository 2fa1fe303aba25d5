package acestep4j.model;

import acestep4j.LoraReference;
import java.util.Optional;

/**
 * The graphs that a LoRA adapts, as they were when a generation began: they stay so, and open, until this is closed.
 * Closing twice is harmless.
 */
public final class AdaptedModel implements AutoCloseable {
    private final ConditionEncoder conditionEncoder;
    private final DiffusionTransformer transformer;
    private final Optional<LoraReference> lora;
    private final Runnable onClose;
    private boolean closed;

    AdaptedModel(
            ConditionEncoder conditionEncoder,
            DiffusionTransformer transformer,
            Optional<LoraReference> lora,
            Runnable onClose) {
        this.conditionEncoder = conditionEncoder;
        this.transformer = transformer;
        this.lora = lora;
        this.onClose = onClose;
    }

    public ConditionEncoder conditionEncoder() {
        return conditionEncoder;
    }

    public DiffusionTransformer transformer() {
        return transformer;
    }

    /** The LoRA in it; empty for the model as it was exported. */
    public Optional<LoraReference> lora() {
        return lora;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            onClose.run();
        }
    }
}
