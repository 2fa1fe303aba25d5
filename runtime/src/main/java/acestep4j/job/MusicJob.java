package acestep4j.job;

import acestep4j.Cancellation;
import acestep4j.CancelledException;
import acestep4j.GenerationException;
import acestep4j.GenerationResult;
import acestep4j.Progress;
import acestep4j.ProgressListener;
import acestep4j.audio.AudioSink;
import acestep4j.audio.AudioStream;
import acestep4j.request.GenerationRequest;
import acestep4j.request.RequestRules;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** Music that was asked for. Thread-safe; nothing here waits but the reading of the stream. */
public final class MusicJob {
    private final MusicJobs jobs;
    private final GenerationRequest request;
    private final JobPriority priority;
    private final Optional<AudioRing> ring;
    private final Cancellation cancellation = new Cancellation();
    private final CompletableFuture<GenerationResult> future = new CompletableFuture<>();
    private final List<ProgressListener> listeners = new CopyOnWriteArrayList<>();
    private volatile JobState state = JobState.WAITING;
    private volatile Progress progress;

    MusicJob(MusicJobs jobs, GenerationRequest request, JobPriority priority, boolean isStreamed) {
        this.jobs = jobs;
        this.request = request;
        this.priority = priority;
        ring = isStreamed ? Optional.of(jobs.ring(this::cancel)) : Optional.empty();
    }

    public GenerationRequest request() {
        return request;
    }

    public JobPriority priority() {
        return priority;
    }

    public JobState state() {
        return state;
    }

    /** The latest progress, for whoever asks in each frame; empty before the job runs. A retry begins anew. */
    public Optional<Progress> progress() {
        return Optional.ofNullable(progress);
    }

    /**
     * Hears all progress from now on, through the executor of the options. What the listener throws goes to the uncaught
     * exception handler of the thread that it is called in, and the job goes on.
     */
    public void onProgress(ProgressListener listener) {
        listeners.add(RequestRules.present("listener", listener));
    }

    /**
     * The music, or the exception of the runtime that says why there is none: a {@link CancelledException}, an
     * {@link acestep4j.InvalidRequestException}, a {@link acestep4j.quality.QualityException} or another one. It is completed
     * through the executor of the options, or without it when that refuses; what is added to it afterwards is called at once,
     * by the thread that adds it.
     */
    public CompletionStage<GenerationResult> result() {
        return future.minimalCompletionStage();
    }

    /**
     * The sound while it is made. Reading too slowly holds the job up, not reading at all for ever: close it when it isn't
     * needed, which cancels the job.
     *
     * @throws IllegalStateException when the job was submitted without a stream
     */
    public AudioStream stream() {
        return ring.orElseThrow(() -> new IllegalStateException(
                "this job has no stream; take MusicJobs.stream in place of MusicJobs.submit"));
    }

    /**
     * Ends the job within a step; one that still waits never begins. The result is a {@link CancelledException}. Harmless when
     * the job has ended.
     */
    public void cancel() {
        if (jobs.remove(this)) {
            fail(new CancelledException());
            return;
        }
        cancellation.cancel();
        ring.ifPresent(sound -> sound.fail(new CancelledException()));
    }

    boolean isStreamed() {
        return ring.isPresent();
    }

    void begin() {
        state = JobState.RUNNING;
    }

    /** One attempt at the music, under the job's cancellation, with its progress and its stream. */
    GenerationResult generate(Generator generator, GenerationRequest attempt) {
        GenerationResult result = generator.generate(attempt, this::tell, cancellation, sink());
        cancellation.check();
        return result;
    }

    private Optional<AudioSink> sink() {
        return ring.map(sound -> block -> sound.write(block.samples()));
    }

    private void tell(Progress latest) {
        progress = latest;
        for (ProgressListener listener : listeners) {
            jobs.callbacks().tell(() -> listener.progressed(latest));
        }
    }

    void succeed(GenerationResult result) {
        ring.ifPresent(AudioRing::end);
        end(JobState.DONE, () -> future.complete(result));
    }

    void fail(Throwable reason) {
        ring.ifPresent(sound -> sound.fail(
                reason instanceof RuntimeException known ? known : new GenerationException(reason.toString(), reason)));
        boolean isCancelled = reason instanceof CancelledException;
        end(isCancelled ? JobState.CANCELLED : JobState.FAILED, () -> future.completeExceptionally(reason));
    }

    private void end(JobState last, Runnable completion) {
        state = last;
        try {
            jobs.callbacks().executor().execute(completion);
        } catch (RuntimeException e) {
            completion.run();
        }
    }
}
