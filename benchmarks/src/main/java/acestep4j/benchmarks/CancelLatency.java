package acestep4j.benchmarks;

import acestep4j.Progress;
import acestep4j.Stage;
import acestep4j.job.JobState;
import acestep4j.job.MusicJob;
import acestep4j.job.MusicJobs;
import acestep4j.request.GenerationRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/** Cancels jobs at random moments of a stage, and times how long they go on, beside a step of the same job. */
final class CancelLatency {
    private static final double NANOS = 1e9;
    private static final int MOST_ATTEMPTS = 5;

    private final MusicJobs jobs;
    private final GenerationRequest request;
    private final Map<Stage, Duration> timings;
    private final Random random = new Random(1);

    /**
     * @param request of at least 2 steps
     * @param timings what the stages of this request take
     */
    CancelLatency(MusicJobs jobs, GenerationRequest request, Map<Stage, Duration> timings) {
        this.jobs = jobs;
        this.request = request;
        this.timings = timings;
    }

    /**
     * A cancelled job.
     *
     * @param latency from the call to the job's end, nanoseconds
     * @param step the shortest diffusion step that the job had done, nanoseconds
     */
    record Sample(long latency, long step) {}

    /** A progress of a job, or its end, and when it was. */
    private record Event(Optional<Progress> progress, long time) {
        boolean isOf(Stage stage) {
            return progress.filter(now -> now.stage() == stage).isPresent();
        }

        boolean isAt(Stage stage, int step) {
            return isOf(stage) && progress.orElseThrow().step() == step;
        }

        boolean isEndOr(Stage stage, int step) {
            return progress.isEmpty() || isAt(stage, step);
        }
    }

    /**
     * Cancels so many jobs.
     *
     * @param stage diffusion, of which the first step is left out so that there is one to compare with, or decoding
     * @throws IOException if too many jobs ended before their moment
     */
    List<Sample> measure(Stage stage, int count) throws IOException, InterruptedException {
        List<Sample> samples = new ArrayList<>();
        for (int attempt = 0; samples.size() < count; attempt++) {
            if (attempt == MOST_ATTEMPTS * count) {
                throw new IOException("expected " + count + " jobs that were cancelled in stage " + stage + ", found "
                        + samples.size() + " of " + attempt + "; give --seconds more, so that the stage takes longer");
            }
            cancelled(stage).ifPresent(samples::add);
        }
        return samples;
    }

    /** Empty when the job was past the stage before it was cancelled. */
    private Optional<Sample> cancelled(Stage stage) throws InterruptedException {
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        MusicJob job = jobs.submit(request);
        job.onProgress(progress -> events.add(new Event(Optional.of(progress), System.nanoTime())));
        CompletableFuture<Event> end = new CompletableFuture<>();
        job.result().whenComplete((result, problem) -> {
            Event last = new Event(Optional.empty(), System.nanoTime());
            events.add(last);
            end.complete(last);
        });
        List<Event> past = new ArrayList<>();
        do {
            past.add(events.take());
        } while (!past.get(past.size() - 1).isEndOr(stage, stage == Stage.DIFFUSION ? 1 : 0));
        long span = timings.get(stage).toNanos() - (stage == Stage.DIFFUSION ? shortestStep(past) : 0);
        LockSupport.parkNanos((long) (random.nextDouble() * span));
        boolean isInStage = job.progress().filter(now -> now.stage() == stage).isPresent();
        long asked = System.nanoTime();
        job.cancel();
        long latency = end.join().time() - asked;
        if (job.state() == JobState.FAILED) {
            job.result().toCompletableFuture().join();
        }
        events.drainTo(past);
        return isInStage && job.state() == JobState.CANCELLED
                ? Optional.of(new Sample(latency, shortestStep(past)))
                : Optional.empty();
    }

    private static long shortestStep(List<Event> events) {
        long shortest = Long.MAX_VALUE;
        for (int i = 1; i < events.size(); i++) {
            if (events.get(i - 1).isOf(Stage.DIFFUSION) && events.get(i).isOf(Stage.DIFFUSION)) {
                shortest = Math.min(
                        shortest, events.get(i).time() - events.get(i - 1).time());
            }
        }
        return shortest;
    }

    /** How soon jobs ended; at least one. */
    static Map<String, Object> describe(List<Sample> samples) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("latency_seconds", latency(samples));
        row.put("most_of_a_step", mostOfAStep(samples));
        row.put(
                "samples",
                samples.stream()
                        .map(sample -> Map.of(
                                "latency_seconds", sample.latency() / NANOS, "step_seconds", sample.step() / NANOS))
                        .toList());
        return row;
    }

    /** The same in a line. */
    static String summary(List<Sample> samples) {
        Distribution latency = latency(samples);
        return String.format(
                Locale.ROOT,
                "%d cancelled, ended after p50 %.1f, max %.1f ms; at most %.3f of a step of the same run",
                samples.size(),
                1000 * latency.p50(),
                1000 * latency.max(),
                mostOfAStep(samples));
    }

    private static Distribution latency(List<Sample> samples) {
        return Distribution.of(samples.stream().mapToLong(Sample::latency).toArray());
    }

    private static double mostOfAStep(List<Sample> samples) {
        return samples.stream()
                .mapToDouble(sample -> (double) sample.latency() / sample.step())
                .max()
                .orElseThrow();
    }
}
