package acestep4j.job;

import acestep4j.AceStepException;

/** A job for which the queue had no room; nothing has changed. */
public final class QueueFullException extends AceStepException {
    private static final long serialVersionUID = 1L;

    QueueFullException(int limit) {
        super("the queue is full: " + limit
                + " jobs are waiting; submit again later, cancel one, or raise the queue limit");
    }
}
