package acestep4j.onnx;

import java.util.concurrent.atomic.AtomicBoolean;

/** One holder's share in something {@link Shared}. Thread-safe; closing twice is harmless. */
public final class Lease<T extends AutoCloseable> implements AutoCloseable {
    private final Shared<T> shared;
    private final T value;
    private final AtomicBoolean closed = new AtomicBoolean();

    Lease(Shared<T> shared, T value) {
        this.shared = shared;
        this.value = value;
    }

    /** What is held; open as long as this lease is. */
    public T value() {
        return value;
    }

    /** A lease for another holder of the same, while this one is open. */
    public Lease<T> another() {
        return shared.hold();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            shared.release();
        }
    }
}
