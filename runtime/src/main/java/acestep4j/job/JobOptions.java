package acestep4j.job;

import acestep4j.InvalidRequestException;
import acestep4j.quality.QualityGate;
import acestep4j.quality.QualityPolicy;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * How jobs are run. Immutable; the methods that start with "with" give changed copies.
 *
 * @param workers how many jobs run at once, 1 to 64. Each takes all the threads that the runtime was opened with
 * @param queueLimit how many more may wait, 1 or more
 * @param callbacks runs the callbacks of all jobs
 * @param threadName what the names of the workers' threads begin with
 * @param lookAhead how much sound of a streamed job lies ready to be read, 0.1 to 240 s; with so much there, the decoding
 *     waits with its next piece, which is up to ten seconds long
 * @param qualityGate what finished music is checked for
 * @param qualityPolicy what is done when something is found
 */
public record JobOptions(
        int workers,
        int queueLimit,
        Executor callbacks,
        String threadName,
        Duration lookAhead,
        QualityGate qualityGate,
        QualityPolicy qualityPolicy) {
    private static final int MOST_WORKERS = 64;
    private static final Duration LEAST_LOOK_AHEAD = Duration.ofMillis(100);
    private static final Duration MOST_LOOK_AHEAD = Duration.ofSeconds(240);

    /** @throws InvalidRequestException naming the first option that is missing or out of its range */
    public JobOptions {
        if (workers < 1 || workers > MOST_WORKERS) {
            throw new InvalidRequestException("workers", "expected 1 to " + MOST_WORKERS + ", found " + workers);
        }
        if (queueLimit < 1) {
            throw new InvalidRequestException("queueLimit", "expected at least 1, found " + queueLimit);
        }
        present("callbacks", callbacks);
        present("threadName", threadName);
        present("lookAhead", lookAhead);
        if (lookAhead.compareTo(LEAST_LOOK_AHEAD) < 0 || lookAhead.compareTo(MOST_LOOK_AHEAD) > 0) {
            throw new InvalidRequestException(
                    "lookAhead", "expected 0.1 to 240 seconds, found " + lookAhead.toMillis() / 1000.0);
        }
        present("qualityGate", qualityGate);
        present("qualityPolicy", qualityPolicy);
    }

    private static void present(String field, Object value) {
        if (value == null) {
            throw new InvalidRequestException(field, "expected a value, found null");
        }
    }

    /**
     * One worker, 16 waiting jobs, callbacks in the worker's thread, ten seconds ahead, and music that is checked for what
     * {@link QualityGate#defaults} says and handed out with what was found.
     */
    public static JobOptions defaults() {
        return new JobOptions(
                1,
                16,
                Runnable::run,
                "acestep4j",
                Duration.ofSeconds(10),
                QualityGate.defaults(),
                QualityPolicy.handOut());
    }

    /** @param count jobs that run at once, 1 to 64 */
    public JobOptions withWorkers(int count) {
        return new JobOptions(count, queueLimit, callbacks, threadName, lookAhead, qualityGate, qualityPolicy);
    }

    /** @param limit jobs that may wait, 1 or more */
    public JobOptions withQueueLimit(int limit) {
        return new JobOptions(workers, limit, callbacks, threadName, lookAhead, qualityGate, qualityPolicy);
    }

    /**
     * @param executor runs the callbacks, such as a queue that the game's own thread empties in each frame. In the worker's
     *     thread, which is the default, a slow callback holds the next job up
     */
    public JobOptions withCallbacks(Executor executor) {
        return new JobOptions(workers, queueLimit, executor, threadName, lookAhead, qualityGate, qualityPolicy);
    }

    /** @param prefix of the names of the workers' threads, before their number */
    public JobOptions withThreadName(String prefix) {
        return new JobOptions(workers, queueLimit, callbacks, prefix, lookAhead, qualityGate, qualityPolicy);
    }

    /**
     * @param duration 0.1 to 240 s. What lies ready bridges the time that the next piece takes, which is up to ten seconds
     *     long
     */
    public JobOptions withLookAhead(Duration duration) {
        return new JobOptions(workers, queueLimit, callbacks, threadName, duration, qualityGate, qualityPolicy);
    }

    /** What finished music is checked for, and what is done when something is found. */
    public JobOptions withQuality(QualityGate gate, QualityPolicy policy) {
        return new JobOptions(workers, queueLimit, callbacks, threadName, lookAhead, gate, policy);
    }
}
