package acestep4j;

import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioSink;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.Manifest;
import acestep4j.model.AceStepModel;
import acestep4j.pipeline.MusicPipeline;
import acestep4j.request.GenerationRequest;
import acestep4j.request.GenerationSettings;
import acestep4j.request.RequestRules;
import acestep4j.text.LyricLine;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A loaded bundle, ready to make music, as exported or with a LoRA.
 *
 * <p>Thread-safe: several threads may generate at once, and each gets what it would get alone. Each generation uses all
 * the threads of the options, so that two at once share the machine. {@link #close} waits for running generations.
 */
public final class AceStep implements AutoCloseable {
    private final AceStepModel model;
    private final MusicPipeline pipeline;
    private final List<Thread> users = new ArrayList<>();
    private boolean closing;
    private boolean closed;

    private AceStep(AceStepModel model) {
        this.model = model;
        this.pipeline = new MusicPipeline(model);
    }

    /**
     * Checks and loads a bundle.
     *
     * @param bundle the folder that {@code scripts/export_onnx.py} wrote
     * @throws BundleException naming the file, what was expected, what was found and the remedy
     * @throws DeviceException when no device that was asked for can compute: for each of them why, and what would help
     * @throws InvalidRequestException when the precision isn't one for the device, or the memory limit too low for the graphs
     * @throws GenerationException when a native library doesn't load on this machine
     */
    public static AceStep open(Path bundle, AceStepOptions options) {
        Bundle checked = Bundle.open(bundle, options.verifyHashes());
        try {
            AceStepModel model = AceStepModel.open(checked, options);
            try {
                return new AceStep(model);
            } catch (RuntimeException | Error e) {
                model.close();
                throw e;
            }
        } catch (OutOfMemoryError e) {
            throw new GenerationException(
                    "out of memory while the bundle was opened (" + e.getMessage() + "); give the process more memory",
                    e);
        } catch (LinkageError e) {
            throw new GenerationException(
                    "a native library doesn't load on this machine (" + e.getMessage()
                            + "); check that the jars for this platform are on the class path",
                    e);
        }
    }

    /** Opens a bundle with {@link AceStepOptions#defaults}. */
    public static AceStep open(Path bundle) {
        return open(bundle, AceStepOptions.defaults());
    }

    /** What the bundle states about itself. */
    public Manifest manifest() {
        return model.manifest();
    }

    /** What computes, in which precision, and what was tried first. */
    public DeviceChoice device() {
        return model.runtime().choice();
    }

    /**
     * Makes music.
     *
     * @throws InvalidRequestException naming the field of the request that this bundle can't carry out, or not within the
     *     memory limit
     * @throws GenerationException when it fails on the way, memory running out included
     * @throws ClosedException when this is closed
     */
    public GenerationResult generate(GenerationRequest request) {
        return generate(request, ProgressListener.none(), new Cancellation());
    }

    /**
     * Makes music and tells how it gets on. What the listener throws ends the generation and is thrown here.
     *
     * @throws InvalidRequestException naming the field of the request that this bundle can't carry out, or not within the
     *     memory limit
     * @throws GenerationException when it fails on the way, memory running out included
     * @throws ClosedException when this is closed
     */
    public GenerationResult generate(GenerationRequest request, ProgressListener listener) {
        return generate(request, listener, new Cancellation());
    }

    /**
     * Makes music, tells how it gets on and can be ended by another thread.
     *
     * @throws InvalidRequestException naming the field of the request that this bundle can't carry out, or not within the
     *     memory limit
     * @throws CancelledException when cancelled before it is finished
     * @throws GenerationException when it fails on the way, memory running out included
     * @throws ClosedException when this is closed
     */
    public GenerationResult generate(GenerationRequest request, ProgressListener listener, Cancellation cancellation) {
        return generate(request, listener, cancellation, Optional.empty());
    }

    /**
     * Makes music and gives its sound away while the rest is still being decoded: decoder and vocoder take turns, in pieces
     * that begin with less than a second and grow to about ten. A sink that waits holds the generation up. The result is that
     * of {@link #generate}, up to rounding. The decoder's attention sees the whole song, whatever the options say of
     * overlapping windows. A loop is given away in one piece, when its seam is made. With a memory limit other generations wait
     * until this one has given all its sound away.
     *
     * @param request of one item
     * @param sink gets the sound from its beginning to its end, in this thread
     * @throws InvalidRequestException naming the field of the request that this bundle can't carry out
     * @throws CancelledException when cancelled before it is finished
     * @throws GenerationException when it fails on the way, memory running out included
     * @throws ClosedException when this is closed
     */
    public GenerationResult stream(
            GenerationRequest request, AudioSink sink, ProgressListener listener, Cancellation cancellation) {
        RequestRules.oneItem(request);
        return generate(request, listener, cancellation, Optional.of(sink));
    }

    private GenerationResult generate(
            GenerationRequest request, ProgressListener listener, Cancellation cancellation, Optional<AudioSink> sink) {
        enter();
        try {
            GenerationSettings settings =
                    GenerationSettings.of(request, model.manifest().defaults());
            return pipeline.generate(settings, listener, cancellation, sink);
        } finally {
            leave();
        }
    }

    /**
     * What a generation would take, without making it: no graph runs. For a random duration it is the longest that can be
     * drawn.
     *
     * <p>Memory is the process's resident memory: weights, mapped or not, what lies between a graph's nodes, the arrays
     * around it, and 0.35 GB for all else. The heap that the program itself needs isn't in it. On a CUDA device it is
     * the device's memory, counted in the same way.
     *
     * @throws InvalidRequestException for what {@link #generate} refuses, a request over the memory limit included
     * @throws ClosedException when this is closed
     */
    public Estimate estimate(GenerationRequest request) {
        enter();
        try {
            return pipeline.estimate(
                    GenerationSettings.longest(request, model.manifest().defaults()));
        } finally {
            leave();
        }
    }

    /**
     * Makes sound of the latents of a result again: exactly its audio, with the same bundle in the same
     * precision. Of a loop it is what {@link acestep4j.request.LoopRequest#loopOf} takes.
     *
     * @param latents float32 values in C order, all finite, from the buffer's position to its limit
     * @param shape batch, channels, height, frames: 1 to 16 items, channels and height of the bundle, frames of at most
     *     an hour
     * @param mode how much of them the decoder sees at a time
     * @return one entry for each item of the batch
     * @throws InvalidRequestException naming what of the latents doesn't fit this bundle
     * @throws CancelledException when cancelled before it is finished
     * @throws GenerationException when it fails on the way, memory running out included
     * @throws ClosedException when this is closed
     */
    public List<AudioBuffer> decode(
            FloatBuffer latents,
            List<Integer> shape,
            DecodingMode mode,
            ProgressListener listener,
            Cancellation cancellation) {
        RequestRules.latents(latents, shape, model.manifest());
        RequestRules.present("mode", mode);
        enter();
        try {
            return pipeline.decode(latents, shape, mode, listener, cancellation);
        } finally {
            leave();
        }
    }

    /**
     * What the lyrics become, line by line, without making music.
     *
     * @throws InvalidRequestException when the lyrics hold a line that can't be read, or the bundle ignores lyrics
     * @throws ClosedException when this is closed
     */
    public List<LyricLine> lyricLines(String lyrics) {
        RequestRules.text("lyrics", lyrics);
        enter();
        try {
            return model.lyricTokenizer()
                    .orElseThrow(() -> new InvalidRequestException(
                            "lyrics", "expected a bundle that reads lyrics, found one that ignores them"))
                    .lines(lyrics);
        } finally {
            leave();
        }
    }

    /**
     * Adds a LoRA to the model, in place of one added before; the base weights stay as they are. Generations that begin
     * after this have it, those that are running keep what they began with. Takes as long as opening the bundle the first
     * time; another weight or another file after that only reads the file. When it fails, nothing has changed.
     *
     * <p>The file is one that {@code save_lora_adapter} of diffusers wrote, as the official trainer does: PEFT's keys for
     * linear layers of the transformer and the lyric encoder, alpha and rank-stabilised scaling from the file's metadata.
     *
     * @param file the safetensors file, or the folder with a {@code pytorch_lora_weights.safetensors}
     * @param weight factor on what the LoRA adds, finite: 1 is as it was trained, 0 is nothing
     * @throws LoraException naming the file and the first key that doesn't fit this bundle
     * @throws InvalidRequestException when the weight isn't a finite number
     * @throws GenerationException when memory runs out
     * @throws ClosedException when this is closed
     */
    public void useLora(Path file, double weight) {
        if (!Double.isFinite(weight)) {
            throw new InvalidRequestException("weight", "expected a finite number, found " + weight);
        }
        enter();
        try {
            model.useLora(file, weight);
        } catch (OutOfMemoryError e) {
            throw new GenerationException(
                    "out of memory while the LoRA was loaded (" + e.getMessage() + "); give the process more memory",
                    e);
        } finally {
            leave();
        }
    }

    /**
     * Takes the LoRA away again: generations that begin after this give exactly what they would without it having been
     * there. Harmless without one.
     *
     * @throws BundleException when the graphs without a LoRA don't open again
     * @throws ClosedException when this is closed
     */
    public void removeLora() {
        enter();
        try {
            model.removeLora();
        } finally {
            leave();
        }
    }

    /**
     * The LoRA that a generation would have that began now; empty for none.
     *
     * @throws ClosedException when this is closed
     */
    public Optional<LoraReference> lora() {
        enter();
        try {
            return model.lora();
        } finally {
            leave();
        }
    }

    private synchronized void enter() {
        if (closing) {
            throw new ClosedException("this AceStep is closed; open the bundle again");
        }
        users.add(Thread.currentThread());
    }

    private synchronized void leave() {
        users.remove(Thread.currentThread());
        notifyAll();
    }

    /**
     * Refuses new generations, waits until the running ones have ended, and gives everything back. Closing twice is
     * harmless.
     *
     * @throws ClosedException when a listener calls this from inside a generation, which would wait for itself
     */
    @Override
    public void close() {
        synchronized (this) {
            if (users.contains(Thread.currentThread())) {
                throw new ClosedException(
                        "an AceStep can't be closed from inside its own generation; close it when generate has returned");
            }
            closing = true;
            awaitUsers();
            if (closed) {
                return;
            }
            closed = true;
        }
        model.close();
    }

    private void awaitUsers() {
        boolean interrupted = false;
        while (!users.isEmpty()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
