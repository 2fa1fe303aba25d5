package acestep4j.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.CancelledException;
import acestep4j.ClosedException;
import acestep4j.GenerationException;
import acestep4j.GenerationResult;
import acestep4j.InvalidRequestException;
import acestep4j.Progress;
import acestep4j.Stage;
import acestep4j.request.TextToMusicRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queue and its threads, without a model. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class MusicJobsTest {
    private final List<String> begun = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    /** Notes what it begins, and keeps the first one until it is released or cancelled. */
    private final Generator held = (request, listener, cancellation, sink) -> {
        begun.add(request.prompt());
        running.countDown();
        while (release.getCount() > 0) {
            cancellation.check();
            Thread.onSpinWait();
        }
        return FakeMusic.good(request);
    };

    private static final Generator READY = (request, listener, cancellation, sink) -> FakeMusic.good(request);

    private static MusicJobs jobs(Generator generator, JobOptions options) {
        return new MusicJobs(generator, 2, FakeMusic.SAMPLE_RATE, options);
    }

    private static MusicJobs jobs(Generator generator) {
        return jobs(generator, JobOptions.defaults());
    }

    private static GenerationResult join(MusicJob job) {
        return job.result().toCompletableFuture().join();
    }

    private static Throwable failure(MusicJob job) {
        CompletionException e = assertThrows(CompletionException.class, () -> join(job));
        return e.getCause();
    }

    @Test
    void urgentJobsComeFirstAndThenTheOldest() throws InterruptedException {
        try (MusicJobs jobs = jobs(held)) {
            jobs.submit(FakeMusic.request("first"));
            running.await();
            jobs.submit(FakeMusic.request("low"), JobPriority.LOW);
            jobs.submit(FakeMusic.request("normal"));
            jobs.submit(FakeMusic.request("high"), JobPriority.HIGH);
            jobs.submit(FakeMusic.request("another normal"));
            assertEquals(4, jobs.waiting());
            release.countDown();
            jobs.drain();
        }
        assertEquals(List.of("first", "high", "normal", "another normal", "low"), begun);
    }

    @Test
    void aFullQueueRefusesAndChangesNothing() throws InterruptedException {
        try (MusicJobs jobs = jobs(held, JobOptions.defaults().withQueueLimit(2))) {
            MusicJob first = jobs.submit(FakeMusic.request("first"));
            running.await();
            MusicJob second = jobs.submit(FakeMusic.request("second"), JobPriority.LOW);
            MusicJob third = jobs.submit(FakeMusic.request("third"));
            QueueFullException full = assertThrows(
                    QueueFullException.class, () -> jobs.submit(FakeMusic.request("fourth"), JobPriority.HIGH));
            assertTrue(full.getMessage().startsWith("the queue is full: 2 jobs are waiting"), full.getMessage());
            second.cancel();
            MusicJob fifth = jobs.submit(FakeMusic.request("fifth"));
            release.countDown();
            assertEquals("first", join(first).receipt().settings().request().prompt());
            join(third);
            join(fifth);
        }
        assertEquals(List.of("first", "third", "fifth"), begun);
    }

    @Test
    void aJobThatIsCancelledWhileItWaitsNeverBegins() throws InterruptedException {
        try (MusicJobs jobs = jobs(held)) {
            jobs.submit(FakeMusic.request("first"));
            running.await();
            MusicJob waiting = jobs.submit(FakeMusic.request("waiting"));
            assertEquals(JobState.WAITING, waiting.state());
            waiting.cancel();
            waiting.cancel();
            assertEquals(JobState.CANCELLED, waiting.state());
            assertInstanceOf(CancelledException.class, failure(waiting));
            assertEquals(0, jobs.waiting());
            release.countDown();
            jobs.drain();
        }
        assertEquals(List.of("first"), begun);
    }

    @Test
    void aRunningJobIsCancelled() throws InterruptedException {
        try (MusicJobs jobs = jobs(held)) {
            MusicJob job = jobs.submit(FakeMusic.request("first"));
            running.await();
            assertEquals(JobState.RUNNING, job.state());
            job.cancel();
            assertInstanceOf(CancelledException.class, failure(job));
            assertEquals(JobState.CANCELLED, job.state());
        }
    }

    @Test
    void musicThatIsFinishedWhenItIsCancelledIsNotHandedOut() {
        List<MusicJob> self = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch known = new CountDownLatch(1);
        try (MusicJobs jobs = jobs((request, listener, cancellation, sink) -> {
            await(known);
            self.get(0).cancel();
            return FakeMusic.good(request);
        })) {
            self.add(jobs.submit(FakeMusic.request("any")));
            known.countDown();
            assertInstanceOf(CancelledException.class, failure(self.get(0)));
        }
    }

    @Test
    void aFailureIsTheRuntimesOwnAndTheNextJobRuns() {
        List<Throwable> failures = List.of(
                new GenerationException("out of memory"),
                new InvalidRequestException("lyrics", "too long"),
                new StackOverflowError());
        try (MusicJobs jobs = jobs((request, listener, cancellation, sink) -> {
            if (request.seeds().get(0) < failures.size()) {
                MusicJobsTest.<RuntimeException>sneak(
                        failures.get(request.seeds().get(0).intValue()));
            }
            return FakeMusic.good(request);
        })) {
            for (int i = 0; i < failures.size(); i++) {
                MusicJob job = jobs.submit(
                        TextToMusicRequest.builder().duration(1).seed(i).build());
                assertSame(failures.get(i), failure(job));
                assertEquals(JobState.FAILED, job.state());
            }
            MusicJob job =
                    jobs.submit(TextToMusicRequest.builder().duration(1).seed(9).build());
            join(job);
            assertEquals(JobState.DONE, job.state());
            job.cancel();
            assertEquals(JobState.DONE, job.state());
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    void callbacksRunInTheThreadThatTheCallerChose() {
        LinkedBlockingQueue<Runnable> frame = new LinkedBlockingQueue<>();
        Progress half = new Progress(Stage.DIFFUSION, 1, 2, Duration.ofSeconds(1), Optional.empty());
        CountDownLatch listening = new CountDownLatch(1);
        try (MusicJobs jobs = jobs(
                (request, listener, cancellation, sink) -> {
                    await(listening);
                    listener.progressed(half);
                    return FakeMusic.good(request);
                },
                JobOptions.defaults().withCallbacks(frame::add))) {
            List<Object> heard = new ArrayList<>();
            MusicJob job = jobs.submit(FakeMusic.request("any"));
            job.onProgress(progress -> heard.add(progress));
            job.result().thenAccept(result -> heard.add(Thread.currentThread()));
            assertTrue(job.progress().isEmpty());
            listening.countDown();
            jobs.drain();
            assertEquals(JobState.DONE, job.state());
            assertEquals(Optional.of(half), job.progress());
            assertTrue(heard.isEmpty());
            frame.forEach(Runnable::run);
            assertEquals(List.of(half, Thread.currentThread()), heard);
        }
    }

    @Test
    void aListenerThatThrowsDisturbsNothing() throws InterruptedException {
        List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
        ExecutorService callbacks = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task);
            thread.setUncaughtExceptionHandler((where, problem) -> uncaught.add(problem));
            return thread;
        });
        RuntimeException own = new IllegalStateException("the listener's");
        CountDownLatch listening = new CountDownLatch(1);
        try (MusicJobs jobs = jobs(
                (request, listener, cancellation, sink) -> {
                    await(listening);
                    listener.progressed(new Progress(Stage.TEXT, 0, 1, Duration.ZERO, Optional.empty()));
                    return FakeMusic.good(request);
                },
                JobOptions.defaults().withCallbacks(callbacks))) {
            MusicJob job = jobs.submit(FakeMusic.request("any"));
            job.onProgress(progress -> {
                throw own;
            });
            listening.countDown();
            join(job);
            assertEquals(List.of(own), uncaught);
        } finally {
            callbacks.shutdown();
            assertTrue(callbacks.awaitTermination(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void anExecutorThatRefusesDoesNotLoseTheResult() {
        try (MusicJobs jobs = jobs(
                (request, listener, cancellation, sink) -> {
                    listener.progressed(new Progress(Stage.TEXT, 0, 1, Duration.ZERO, Optional.empty()));
                    return FakeMusic.good(request);
                },
                JobOptions.defaults().withCallbacks(task -> {
                    throw new RejectedExecutionException("shut down");
                }))) {
            MusicJob job = jobs.submit(FakeMusic.request("any"));
            job.onProgress(progress -> {});
            assertEquals("any", join(job).receipt().settings().request().prompt());
        }
    }

    @Test
    void closingCancelsWhatRunsAndWhatWaits() throws InterruptedException {
        MusicJobs jobs = jobs(held, JobOptions.defaults().withThreadName("closing"));
        MusicJob first = jobs.submit(FakeMusic.request("first"));
        MusicJob second = jobs.submit(FakeMusic.request("second"));
        running.await();
        assertEquals(1, threads("closing"));
        jobs.close();
        jobs.close();
        jobs.drain();
        assertEquals(0, threads("closing"));
        assertInstanceOf(CancelledException.class, failure(first));
        assertInstanceOf(CancelledException.class, failure(second));
        assertEquals(List.of("first"), begun);
        assertThrows(ClosedException.class, () -> jobs.submit(FakeMusic.request("third")));
    }

    @Test
    void drainingEndsWhatWasSubmittedAndClosingEndsTheDraining() throws InterruptedException {
        MusicJobs jobs = jobs(held);
        MusicJob first = jobs.submit(FakeMusic.request("first"));
        running.await();
        CompletableFuture<Void> draining = CompletableFuture.runAsync(jobs::drain);
        assertFalse(draining.isDone());
        jobs.close();
        draining.join();
        assertEquals(JobState.CANCELLED, first.state());
    }

    @Test
    void aCallbackInAWorkersThreadMayNotClose() {
        CountDownLatch added = new CountDownLatch(1);
        try (MusicJobs jobs = jobs((request, listener, cancellation, sink) -> {
            await(added);
            return FakeMusic.good(request);
        })) {
            CompletableFuture<Void> closed = jobs.submit(FakeMusic.request("any"))
                    .result()
                    .thenRun(jobs::close)
                    .toCompletableFuture();
            added.countDown();
            CompletionException problem = assertThrows(CompletionException.class, closed::join);
            assertInstanceOf(ClosedException.class, problem.getCause());
            join(jobs.submit(FakeMusic.request("another")));
        }
    }

    @Test
    void workersRunAtOnceInDaemonThreadsByTheirName() {
        CyclicBarrier both = new CyclicBarrier(2);
        List<String> names = Collections.synchronizedList(new ArrayList<>());
        try (MusicJobs jobs = jobs(
                (request, listener, cancellation, sink) -> {
                    assertTrue(Thread.currentThread().isDaemon());
                    names.add(Thread.currentThread().getName());
                    await(both);
                    return FakeMusic.good(request);
                },
                JobOptions.defaults().withWorkers(2).withThreadName("music"))) {
            MusicJob one = jobs.submit(FakeMusic.request("one"));
            join(jobs.submit(FakeMusic.request("two")));
            join(one);
        }
        Collections.sort(names);
        assertEquals(List.of("music-1", "music-2"), names);
    }

    @Test
    void severalStandSideBySide() throws InterruptedException {
        try (MusicJobs busy = jobs(held)) {
            MusicJob first = busy.submit(FakeMusic.request("first"));
            running.await();
            try (MusicJobs other = jobs(READY)) {
                join(other.submit(FakeMusic.request("other")));
            }
            assertEquals(JobState.RUNNING, first.state());
            release.countDown();
            join(first);
        }
    }

    @Test
    void badOptionsAndJobsAreRefusedByTheirName() {
        JobOptions options = JobOptions.defaults();
        assertRefused("workers", () -> options.withWorkers(0));
        assertRefused("workers", () -> options.withWorkers(65));
        assertRefused("queueLimit", () -> options.withQueueLimit(0));
        assertRefused("callbacks", () -> options.withCallbacks(null));
        assertRefused("threadName", () -> options.withThreadName(null));
        assertRefused("lookAhead", () -> options.withLookAhead(Duration.ofMillis(99)));
        assertRefused("lookAhead", () -> options.withLookAhead(Duration.ofSeconds(241)));
        assertRefused("qualityGate", () -> options.withQuality(null, options.qualityPolicy()));
        assertRefused("retries", () -> options.qualityPolicy().withRetries(-1));
        try (MusicJobs jobs = jobs(READY)) {
            assertRefused("request", () -> jobs.submit(null));
            assertRefused("priority", () -> jobs.submit(FakeMusic.request("any"), null));
            assertRefused(
                    "listener", () -> jobs.submit(FakeMusic.request("any")).onProgress(null));
        }
    }

    private static void assertRefused(String field, Runnable bad) {
        assertEquals(
                field, assertThrows(InvalidRequestException.class, bad::run).field());
    }

    private static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(name))
                .count();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
