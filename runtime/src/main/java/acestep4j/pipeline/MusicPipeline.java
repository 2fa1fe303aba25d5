package acestep4j.pipeline;

import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.Estimate;
import acestep4j.GenerationException;
import acestep4j.GenerationResult;
import acestep4j.Plan;
import acestep4j.ProgressListener;
import acestep4j.Stage;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioSink;
import acestep4j.diffusion.Latents;
import acestep4j.model.AceStepModel;
import acestep4j.model.AdaptedModel;
import acestep4j.onnx.OnnxRuntime;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.ExtendRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.GenerationSettings;
import acestep4j.request.LoopRequest;
import acestep4j.request.RepaintRequest;
import acestep4j.request.RetakeRequest;
import acestep4j.request.TextToMusicRequest;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * From a request to sound. Holds the model and how fast it was, and is thread-safe; everything that changes belongs to the
 * {@link Song} of one call.
 */
public final class MusicPipeline {
    private static final long MILLISECONDS_TO_CANCEL = 50;

    private final AceStepModel model;
    private final Decoding decoding;
    private final Estimator estimator;

    /** Held by the one generation that runs under a memory limit. */
    private final ReentrantLock turn = new ReentrantLock(true);

    public MusicPipeline(AceStepModel model) {
        this.model = model;
        this.decoding = new Decoding(model);
        this.estimator = new Estimator(model);
    }

    /**
     * What the generation would take. Runs no graph.
     *
     * @throws acestep4j.InvalidRequestException when the bundle can't carry out what was asked for, or not within the limit
     *     on memory
     */
    public Estimate estimate(GenerationSettings settings) {
        Outline outline = Outline.of(model, settings, task(settings.request()), false);
        return estimator.estimate(outline, estimator.plan(outline));
    }

    /**
     * Makes the music.
     *
     * @param sink takes the sound of the only item while the rest is being decoded; empty for none
     * @throws acestep4j.InvalidRequestException when the bundle can't carry out what was asked for, or not within the limit
     *     on memory
     * @throws GenerationException when ONNX Runtime fails, memory running out included
     * @throws acestep4j.CancelledException when cancelled meanwhile
     */
    public GenerationResult generate(
            GenerationSettings settings,
            ProgressListener listener,
            Cancellation cancellation,
            Optional<AudioSink> sink) {
        boolean isLimited = model.runtime().options().memoryLimit().isPresent();
        if (isLimited) {
            awaitTurn(cancellation);
        }
        try {
            return generateNow(settings, listener, cancellation, sink);
        } catch (OutOfMemoryError e) {
            throw new GenerationException(
                    "out of memory (" + e.getMessage()
                            + "); ask for a shorter piece or a smaller batch, or give the process more memory",
                    e);
        } finally {
            OnnxRuntime.giveMemoryBack();
            if (isLimited) {
                turn.unlock();
            }
        }
    }

    private GenerationResult generateNow(
            GenerationSettings settings,
            ProgressListener listener,
            Cancellation cancellation,
            Optional<AudioSink> sink) {
        cancellation.check();
        ProgressMeter meter = new ProgressMeter(listener);
        Task task = task(settings.request());
        long start = System.nanoTime();
        Outline outline = Outline.of(model, settings, task, sink.isPresent());
        meter.add(Stage.TEXT, Duration.ofNanos(System.nanoTime() - start));
        Plan plan = estimator.plan(outline);
        if (plan.offload() && !model.isOffloaded()) {
            model.offload();
        }
        try (AdaptedModel adapted = model.adapted()) {
            Song song = new Song(model, adapted, decoding, settings, outline, plan, meter, cancellation, sink);
            GenerationResult result = song.make(task);
            if (sink.isEmpty()) { // whose waiting would count as work
                estimator.learn(outline, plan, result.receipt().timings());
            }
            return result;
        }
    }

    private void awaitTurn(Cancellation cancellation) {
        boolean isInterrupted = false;
        boolean isMine = false;
        while (!isMine) {
            cancellation.check();
            try {
                isMine = turn.tryLock(MILLISECONDS_TO_CANCEL, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The sound of finished latents, as {@link #generate} makes it of them.
     *
     * @param latents float32 [batch, channels, height, frames] in C order, from the buffer's position on
     * @throws GenerationException when ONNX Runtime fails, memory running out included
     * @throws acestep4j.CancelledException when cancelled meanwhile
     */
    public List<AudioBuffer> decode(
            FloatBuffer latents,
            List<Integer> shape,
            DecodingMode mode,
            ProgressListener listener,
            Cancellation cancellation) {
        cancellation.check();
        ProgressMeter meter = new ProgressMeter(listener);
        try (INDArray copy =
                Latents.create(shape.stream().mapToLong(Integer::longValue).toArray())) {
            Latents.values(copy).put(latents.duplicate());
            return decoding.decode(copy, mode, AudioSink.none(), meter, cancellation);
        } catch (OutOfMemoryError e) {
            throw new GenerationException(
                    "out of memory (" + e.getMessage() + "); decode shorter latents, or give the process more memory",
                    e);
        } finally {
            OnnxRuntime.giveMemoryBack();
        }
    }

    private static Task task(GenerationRequest request) {
        if (request instanceof TextToMusicRequest textToMusic) {
            return new TextToMusic(textToMusic);
        }
        if (request instanceof RetakeRequest retake) {
            return new Retake(retake);
        }
        if (request instanceof RepaintRequest repaint) {
            return new Repaint(repaint);
        }
        if (request instanceof ExtendRequest extend) {
            return new Extend(extend);
        }
        if (request instanceof EditRequest edit) {
            return new Edit(edit);
        }
        if (request instanceof LoopRequest loop) {
            return new LoopTask(loop);
        }
        return new AudioToAudio((AudioToAudioRequest) request);
    }
}
