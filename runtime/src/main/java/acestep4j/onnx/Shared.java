package acestep4j.onnx;

import java.util.function.Supplier;

/**
 * Something that is open while somebody holds it: the first holder opens it, the last one closes it, and a later one opens
 * it anew. Thread-safe; whoever wants to hold it while it is being opened or closed waits.
 */
public final class Shared<T extends AutoCloseable> {
    private final Supplier<T> opening;
    private T value;
    private int holders;

    /** @param opening opens it; what that throws is thrown by {@link #hold}, which then holds nothing */
    public Shared(Supplier<T> opening) {
        this.opening = opening;
    }

    /** Keeps it open until the lease is closed. */
    public synchronized Lease<T> hold() {
        if (holders == 0) {
            value = opening.get();
        }
        holders++;
        return new Lease<>(this, value);
    }

    synchronized void release() {
        if (--holders > 0) {
            return;
        }
        T last = value;
        value = null;
        try {
            last.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
