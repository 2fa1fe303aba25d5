package acestep4j.model;

/** Something with several holders; the last one that releases it closes it. Thread-safe. */
final class Shared<T extends AutoCloseable> {
    private final T value;
    private int holders = 1;

    /** Its first holder is whoever makes this. */
    Shared(T value) {
        this.value = value;
    }

    T value() {
        return value;
    }

    /** Whether it is still open: then there is one holder more. */
    synchronized boolean retain() {
        if (holders == 0) {
            return false;
        }
        holders++;
        return true;
    }

    void release() {
        synchronized (this) {
            if (--holders > 0) {
                return;
            }
        }
        try {
            value.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
