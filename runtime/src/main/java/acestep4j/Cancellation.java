package acestep4j;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Ends a running generation from another thread, in the middle of a step too. Thread-safe; once cancelled it stays so,
 * and a generation that is started with it ends at once.
 */
public final class Cancellation {
    private final Set<Runnable> actions = new LinkedHashSet<>();
    private boolean cancelled;

    /** Ends every generation that was started with this object; each throws a {@link CancelledException}. */
    public synchronized void cancel() {
        cancelled = true;
        RuntimeException failure = null;
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /** @throws CancelledException once this is cancelled */
    public void check() {
        if (isCancelled()) {
            throw new CancelledException();
        }
    }

    /**
     * Runs an action on {@link #cancel()}, at once when that has happened already. The action isn't running any more
     * and won't run again when the registration has been closed.
     */
    public synchronized Registration onCancel(Runnable action) {
        actions.add(action);
        if (cancelled) {
            action.run();
        }
        return () -> {
            synchronized (this) {
                actions.remove(action);
            }
        };
    }

    /** Takes an action back. */
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
