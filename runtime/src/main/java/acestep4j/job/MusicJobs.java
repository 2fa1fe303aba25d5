package acestep4j.job;

import acestep4j.AceStep;
import acestep4j.ClosedException;
import acestep4j.InvalidRequestException;
import acestep4j.bundle.Manifest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.RequestRules;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Makes music in the background: jobs wait in a bounded queue, the more urgent before the less urgent and then the earlier
 * before the later, for daemon threads of their own. Thread-safe; there may be several over one {@link AceStep} and over
 * several.
 *
 * <p>Closing doesn't close the {@link AceStep}: close that one after this.
 */
public final class MusicJobs implements AutoCloseable {
    private final Attempts attempts;
    private final int channels;
    private final int sampleRate;
    private final JobOptions options;
    private final Map<JobPriority, Deque<MusicJob>> waiting = new EnumMap<>(JobPriority.class);
    private final List<MusicJob> running = new ArrayList<>();
    private final List<Thread> workers = new ArrayList<>();
    private boolean closing;

    MusicJobs(Generator generator, int channels, int sampleRate, JobOptions options) {
        attempts = new Attempts(generator, options.qualityGate(), options.qualityPolicy());
        this.channels = channels;
        this.sampleRate = sampleRate;
        this.options = options;
        for (JobPriority priority : JobPriority.values()) {
            waiting.put(priority, new ArrayDeque<>());
        }
        for (int number = 1; number <= options.workers(); number++) {
            Thread worker = new Thread(this::work, options.threadName() + "-" + number);
            worker.setDaemon(true);
            workers.add(worker);
        }
        workers.forEach(Thread::start);
    }

    /** Jobs with {@link JobOptions#defaults}. */
    public static MusicJobs on(AceStep aceStep) {
        return on(aceStep, JobOptions.defaults());
    }

    public static MusicJobs on(AceStep aceStep, JobOptions options) {
        Manifest.Audio audio = aceStep.manifest().audio();
        Generator generator = (request, listener, cancellation, sink) -> sink.isPresent()
                ? aceStep.stream(request, sink.get(), listener, cancellation)
                : aceStep.generate(request, listener, cancellation);
        return new MusicJobs(generator, audio.channels(), audio.sampleRate(), options);
    }

    /** Submits with {@link JobPriority#NORMAL}. */
    public MusicJob submit(GenerationRequest request) {
        return submit(request, JobPriority.NORMAL);
    }

    /**
     * Asks for music, and returns at once.
     *
     * @throws QueueFullException when as many jobs wait as may
     * @throws ClosedException when this is closed
     */
    public MusicJob submit(GenerationRequest request, JobPriority priority) {
        return enqueue(request, priority, false);
    }

    /** Streams with {@link JobPriority#NORMAL}. */
    public MusicJob stream(GenerationRequest request) {
        return stream(request, JobPriority.NORMAL);
    }

    /**
     * Asks for music that is heard while the rest of it is still being decoded, and returns at once. The making
     * waits when as much lies ready in {@link MusicJob#stream} as the options say; it keeps its worker until all is made.
     *
     * @param request of one item
     * @throws InvalidRequestException for a request of several items
     * @throws QueueFullException when as many jobs wait as may
     * @throws ClosedException when this is closed
     */
    public MusicJob stream(GenerationRequest request, JobPriority priority) {
        return enqueue(request, priority, true);
    }

    private MusicJob enqueue(GenerationRequest request, JobPriority priority, boolean isStreamed) {
        if (request == null || priority == null) {
            throw new InvalidRequestException(request == null ? "request" : "priority", "expected a value, found null");
        }
        if (isStreamed) {
            RequestRules.oneItem(request);
        }
        synchronized (this) {
            if (closing) {
                throw new ClosedException("these jobs are closed; make new ones with MusicJobs.on");
            }
            if (waiting() == options.queueLimit()) {
                throw new QueueFullException(options.queueLimit());
            }
            MusicJob job = new MusicJob(this, request, priority, isStreamed);
            waiting.get(priority).add(job);
            notifyAll();
            return job;
        }
    }

    /** How many jobs wait to be begun. */
    public synchronized int waiting() {
        return waiting.values().stream().mapToInt(Deque::size).sum();
    }

    Callbacks callbacks() {
        return new Callbacks(options.callbacks());
    }

    AudioRing ring(Runnable onClose) {
        int frames = (int) (sampleRate * options.lookAhead().toMillis() / 1000);
        return new AudioRing(channels, sampleRate, frames, onClose);
    }

    /** Takes back a job that waits; false when it has begun. */
    synchronized boolean remove(MusicJob job) {
        return waiting.get(job.priority()).remove(job);
    }

    private void work() {
        for (MusicJob job = next(); job != null; job = next()) {
            try {
                job.succeed(attempts.make(job));
            } catch (Throwable e) {
                job.fail(e);
            } finally {
                ended(job);
            }
        }
    }

    /** The next job, when there is one; null when there will be none. */
    private synchronized MusicJob next() {
        while (true) {
            for (Deque<MusicJob> queue : waiting.values()) {
                if (!queue.isEmpty()) {
                    MusicJob job = queue.remove();
                    running.add(job);
                    job.begin();
                    return job;
                }
            }
            if (closing) {
                return null;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                // Nobody here interrupts a worker; closing ends it.
            }
        }
    }

    private synchronized void ended(MusicJob job) {
        running.remove(job);
    }

    /**
     * Refuses new jobs, lets all those submitted end, and ends the threads. A stream must be read or closed meanwhile. Twice,
     * and before {@link #close} or after it, is harmless.
     *
     * @throws ClosedException when a worker's own thread calls this, which would wait for itself
     */
    public void drain() {
        refuseNewJobs();
        join();
    }

    /**
     * Refuses new jobs, cancels all those that wait or run, and ends the threads. Twice is harmless.
     *
     * @throws ClosedException when a worker's own thread calls this, which would wait for itself
     */
    @Override
    public void close() {
        refuseNewJobs().forEach(MusicJob::cancel);
        join();
    }

    /** Gives the jobs that haven't ended. */
    private synchronized List<MusicJob> refuseNewJobs() {
        if (workers.contains(Thread.currentThread())) {
            throw new ClosedException("jobs can't be closed from a callback in a worker's thread; close them elsewhere,"
                    + " or let another executor run the callbacks");
        }
        closing = true;
        notifyAll();
        List<MusicJob> unfinished = new ArrayList<>(running);
        waiting.values().forEach(unfinished::addAll);
        return unfinished;
    }

    private void join() {
        boolean interrupted = false;
        for (Thread worker : workers) {
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
