package acestep4j.job;

import java.util.concurrent.Executor;

/** Tells listeners in the threads of an executor; what goes wrong there stops nobody else. Thread-safe. */
public record Callbacks(Executor executor) {
    /**
     * What the callback throws goes to the uncaught exception handler of the thread that it is called in. An executor that is
     * full or shut down hears nothing.
     */
    public void tell(Runnable callback) {
        try {
            executor.execute(() -> guard(callback));
        } catch (RuntimeException e) {
            // There is nobody to tell.
        }
    }

    private static void guard(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException | Error e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }
}
