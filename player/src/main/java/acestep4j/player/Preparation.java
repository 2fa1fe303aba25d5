package acestep4j.player;

import acestep4j.CancelledException;
import acestep4j.ClosedException;
import acestep4j.GenerationException;
import acestep4j.GenerationResult;
import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.job.Callbacks;
import acestep4j.job.JobPriority;
import acestep4j.job.JobState;
import acestep4j.job.MusicJob;
import acestep4j.job.MusicJobs;
import acestep4j.job.QueueFullException;
import acestep4j.request.GenerationRequest;
import acestep4j.request.MusicRequest;
import acestep4j.request.OtherSeeds;
import acestep4j.request.RepaintRequest;
import acestep4j.request.RequestRules;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Sees to it that there is music: one job after the other, the most urgent first, in a daemon thread of its own, which sleeps
 * until something has changed.
 */
final class Preparation {
    private static final long UNTIL_THE_QUEUE_HAS_ROOM = TimeUnit.MILLISECONDS.toNanos(100);

    private final AtomicReference<Score> score;
    private final Optional<MusicJobs> jobs;
    private final AdaptiveMusicListener listener;
    private final Callbacks callbacks;
    private final Queue<Runnable> ended = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean isClosed;

    /** The music that is being made: for a level, or for a bridge. */
    private record Making(MusicJob job, Optional<Score.Due> due, Optional<Score.DueBridge> bridge) {}

    private Optional<Making> making = Optional.empty();
    private boolean isEndOfJobs;
    private boolean isQueueFull;

    Preparation(
            AtomicReference<Score> score,
            Mix mix,
            Optional<MusicJobs> jobs,
            AdaptiveMusicListener listener,
            Callbacks callbacks) {
        this.score = score;
        this.jobs = jobs;
        this.listener = listener;
        this.callbacks = callbacks;
        thread = new Thread(() -> work(mix), "acestep4j-adaptive-music");
        thread.setDaemon(true);
    }

    boolean canMake() {
        return jobs.isPresent();
    }

    void start() {
        thread.start();
    }

    /** Something has changed. Waits for nothing. */
    void wake() {
        LockSupport.unpark(thread);
    }

    void close() {
        isClosed = true;
        wake();
    }

    private void work(Mix mix) {
        Optional<Part> told = Optional.empty();
        while (!isClosed) {
            for (Runnable result = ended.poll(); result != null; result = ended.poll()) {
                result.run();
            }
            Optional<Part> heard = mix.heard();
            if (heard.isPresent() && !heard.equals(told)) {
                String state = heard.get().state();
                if (told.isEmpty() || !told.get().state().equals(state)) {
                    callbacks.tell(() -> listener.heard(state));
                }
                told = heard;
            }
            prepare();
            if (isQueueFull) {
                LockSupport.parkNanos(this, UNTIL_THE_QUEUE_HAS_ROOM);
            } else if (ended.isEmpty() && !isClosed) {
                LockSupport.park(this);
            }
        }
        making.ifPresent(made -> made.job().cancel());
    }

    private void prepare() {
        isQueueFull = false;
        if (jobs.isEmpty() || isEndOfJobs) {
            return;
        }
        Score now = score.get();
        List<Score.Due> due = now.due();
        if (making.isPresent()) {
            giveWay(making.get(), now, due);
            return;
        }
        try {
            if (!due.isEmpty()) {
                make(due.get(0), priority(due.get(0), now));
                return;
            }
            List<Score.DueBridge> bridges = now.dueBridges();
            if (!bridges.isEmpty()) {
                make(bridges.get(0));
            }
        } catch (QueueFullException e) {
            isQueueFull = true;
        } catch (ClosedException e) {
            isEndOfJobs = true;
            callbacks.tell(() -> listener.failed(now.state(), e));
        }
    }

    private static JobPriority priority(Score.Due due, Score now) {
        if (!due.state().equals(now.state())) {
            return JobPriority.LOW;
        }
        return now.isWaiting() ? JobPriority.HIGH : JobPriority.NORMAL;
    }

    /** What is made in idle time ends when something is waited for, and so does what nobody wants any more. */
    private static void giveWay(Making made, Score now, List<Score.Due> due) {
        boolean isUnwanted = made.due().isPresent() && !due.contains(made.due().get());
        boolean isAwaited = made.due().isPresent() && made.due().get().state().equals(now.state());
        boolean isUrgent =
                now.isWaiting() && !due.isEmpty() && due.get(0).state().equals(now.state());
        boolean isTooLate = isAwaited
                && made.job().state() == JobState.WAITING
                && made.job().priority() != JobPriority.HIGH;
        if (isUnwanted || isUrgent && (!isAwaited || isTooLate)) {
            made.job().cancel();
        }
    }

    private void make(Score.Due due, JobPriority priority) {
        GenerationRequest request = due.failures() == 0 ? due.request() : OtherSeeds.of(due.request(), due.failures());
        MusicJob job = jobs.orElseThrow().submit(request, priority);
        await(new Making(job, Optional.of(due), Optional.empty()), result -> {
            Track track = Track.of(result);
            score.updateAndGet(latest -> latest.made(due, track));
            callbacks.tell(() -> listener.ready(due.state()));
        });
    }

    private void make(Score.DueBridge due) {
        Track from = due.joint().from();
        int length = (int) Math.round((double) due.bars() * from.length() / from.bars());
        RepaintRequest request;
        try {
            request = bridge(due, (double) length / Track.SAMPLE_RATE);
        } catch (InvalidRequestException e) {
            failed(due, e);
            wake();
            return;
        }
        int start = (int) Math.round(request.start() * Track.SAMPLE_RATE);
        MusicJob job = jobs.orElseThrow().submit(request, JobPriority.LOW);
        await(new Making(job, Optional.empty(), Optional.of(due)), result -> {
            AudioBuffer sound = result.audio().get(0);
            int end = Math.min(sound.length(), start + length + Mix.JOINT);
            if (end < start + length + Mix.SHORTEST_FADE) {
                throw new GenerationException("a bridge of " + length + " samples has too little sound behind it");
            }
            Track bridge = Track.passage(sound.slice(start, end), length, due.bars(), from.beatsPerBar());
            score.updateAndGet(latest -> latest.bridged(due.joint(), bridge));
        });
    }

    /** With the words of the music that it leads to, or else of the music that is left. */
    private static RepaintRequest bridge(Score.DueBridge due, double seconds) {
        AudioBuffer from = due.joint().from().end(RequestRules.BRIDGE_CONTEXT_SECONDS);
        AudioBuffer to = due.joint().to().beginning(RequestRules.BRIDGE_CONTEXT_SECONDS);
        long seed =
                due.like().flatMap(like -> like.seeds().stream().findFirst()).orElse(0L);
        String prompt = due.joint()
                .prompt()
                .orElseThrow(() -> new InvalidRequestException(
                        "prompt", "expected words for the bridge to " + due.state() + ", found none"));
        RepaintRequest.Builder builder =
                MusicRequest.bridge(from, to, seconds, seed).prompt(prompt);
        due.like().ifPresent(like -> {
            builder.lyrics(like.lyrics());
            like.sampling().steps().ifPresent(builder::steps);
            like.sampling().guidanceScale().ifPresent(builder::guidanceScale);
        });
        return builder.build();
    }

    private void await(Making made, Consumer<GenerationResult> use) {
        making = Optional.of(made);
        made.job().result().whenComplete((result, problem) -> {
            ended.add(() -> end(made, use, result, problem));
            wake();
        });
    }

    private void end(Making made, Consumer<GenerationResult> use, GenerationResult result, Throwable problem) {
        making = Optional.empty();
        Throwable reason = problem instanceof CompletionException ? problem.getCause() : problem;
        if (reason == null) {
            try {
                use.accept(result);
                return;
            } catch (RuntimeException | OutOfMemoryError e) {
                reason = e;
            }
        }
        if (reason instanceof CancelledException) {
            return;
        }
        Throwable told = reason;
        made.bridge().ifPresent(due -> failed(due, told));
        made.due().ifPresent(due -> {
            score.updateAndGet(latest -> latest.failed(due, told instanceof InvalidRequestException));
            callbacks.tell(() -> listener.failed(due.state(), told));
        });
    }

    private void failed(Score.DueBridge due, Throwable reason) {
        score.updateAndGet(latest -> latest.failed(due.joint()));
        callbacks.tell(() -> listener.failed(due.state(), reason));
    }
}
