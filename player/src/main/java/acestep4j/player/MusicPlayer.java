package acestep4j.player;

import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioStream;
import acestep4j.audio.InterleavedPcm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.SourceDataLine;

/**
 * Plays one sound on a device of {@code javax.sound.sampled}, as 16-bit samples, from a daemon thread of its own. It is heard
 * from the moment that this is made until its end or {@link #close}. Changes of the gain, pauses and the end fade for a
 * hundredth of a second. Thread-safe.
 *
 * <p>A stream isn't closed: it stays the caller's.
 */
public final class MusicPlayer implements AutoCloseable {
    private static final int BLOCKS_PER_SECOND = 100;
    private static final int BUFFERED_BLOCKS = 10;
    private static final long CLOSING_MILLIS = 500;

    private final AudioStream source;
    private final SourceDataLine line;
    private final Thread thread;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private volatile double gain;
    private volatile boolean isPaused;
    private volatile boolean isClosed;

    private MusicPlayer(AudioStream source, SourceDataLine line, double gain) {
        this.source = source;
        this.line = line;
        this.gain = gain;
        thread = new Thread(this::run, "acestep4j-player");
        thread.setDaemon(true);
    }

    /**
     * Plays on the default device.
     *
     * @throws AudioDeviceException when there is none
     */
    public static MusicPlayer play(AudioBuffer audio) {
        return builder().play(audio);
    }

    /**
     * Plays on the default device.
     *
     * @param audio a streamed job's sound, or {@link AdaptiveMusic}; read by the player's thread
     * @throws AudioDeviceException when there is none
     */
    public static MusicPlayer play(AudioStream audio) {
        return builder().play(audio);
    }

    public static Builder builder() {
        return new Builder();
    }

    private void run() {
        Throwable failure = null;
        try {
            line.start();
            copy();
            line.drain();
        } catch (RuntimeException | Error e) {
            failure = e;
        } finally {
            line.close();
        }
        if (failure == null) {
            end.complete(null);
        } else {
            end.completeExceptionally(failure);
        }
    }

    /** Until the sound ends, or until this is closed and has faded out. */
    private void copy() {
        int channels = source.channels();
        float[][] block = new float[channels][Math.max(1, source.sampleRate() / BLOCKS_PER_SECOND)];
        ByteBuffer bytes =
                ByteBuffer.allocate(block[0].length * channels * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        ShortBuffer shorts = bytes.asShortBuffer();
        double before = 0;
        while (true) {
            boolean isSilent = isClosed || isPaused;
            if (isSilent && before == 0) {
                if (isClosed || !awaitResume()) {
                    return;
                }
                continue;
            }
            int frames = source.read(block);
            if (frames <= 0) {
                return;
            }
            double after = isSilent ? 0 : gain;
            ramp(block, frames, before, after);
            before = after;
            InterleavedPcm.put(block, 0, frames, shorts.clear());
            line.write(bytes.array(), 0, frames * channels * Short.BYTES);
        }
    }

    private static void ramp(float[][] block, int frames, double before, double after) {
        for (int i = 0; i < frames; i++) {
            double factor = before + (after - before) * (i + 1) / frames;
            for (float[] channel : block) {
                channel[i] *= (float) factor;
            }
        }
    }

    /** False when this was closed. */
    private synchronized boolean awaitResume() {
        while (isPaused && !isClosed) {
            try {
                wait();
            } catch (InterruptedException e) {
                return false;
            }
        }
        return !isClosed;
    }

    /** Fades out and stays where it is. */
    public void pause() {
        isPaused = true;
    }

    /** Goes on where it was paused. */
    public synchronized void resume() {
        isPaused = false;
        notifyAll();
    }

    /** @param factor 0 for silence to 1 for the sound as it is */
    public void gain(double factor) {
        gain = checkedGain(factor);
    }

    private static double checkedGain(double factor) {
        if (!(factor >= 0 && factor <= 1)) {
            throw new InvalidRequestException("gain", "expected a factor from 0 to 1, found " + factor);
        }
        return factor;
    }

    /** Frames that the device has played. */
    public long position() {
        return line.getLongFramePosition();
    }

    /**
     * When nothing is heard any more: at the end of the sound, after {@link #close}, or with the exception that ended the
     * stream. What is added is called by the player's thread; {@code whenCompleteAsync} takes an executor such as a game's own
     * thread.
     */
    public CompletionStage<Void> end() {
        return end.minimalCompletionStage();
    }

    /** Fades out, ends the thread and gives the device back. Closing twice, or at the end, is harmless. */
    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            notifyAll();
        }
        if (Thread.currentThread() == thread) {
            return;
        }
        if (!isEndedWithin(CLOSING_MILLIS)) {
            // It waits for a stream that has no sound, or for a device that takes none.
            thread.interrupt();
            line.stop();
            line.flush();
            isEndedWithin(CLOSING_MILLIS);
        }
    }

    private boolean isEndedWithin(long millis) {
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** Collects how it is played; not thread-safe. */
    public static final class Builder {
        private Optional<Mixer.Info> mixer = Optional.empty();
        private double gain = 1;

        private Builder() {}

        /** @param info one of {@link AudioSystem#getMixerInfo}; the default device when left out */
        public Builder mixer(Mixer.Info info) {
            mixer = Optional.of(info);
            return this;
        }

        /** @param factor 0 to 1 (1 when left out) */
        public Builder gain(double factor) {
            gain = checkedGain(factor);
            return this;
        }

        /** @throws AudioDeviceException when no device plays it */
        public MusicPlayer play(AudioBuffer audio) {
            return play(new BufferStream(audio));
        }

        /** @throws AudioDeviceException when no device plays it */
        public MusicPlayer play(AudioStream audio) {
            MusicPlayer player = new MusicPlayer(audio, open(audio), gain);
            player.thread.start();
            return player;
        }

        private SourceDataLine open(AudioStream audio) {
            int channels = audio.channels();
            AudioFormat format = new AudioFormat(audio.sampleRate(), Short.SIZE, channels, true, false);
            int block = Math.max(1, audio.sampleRate() / BLOCKS_PER_SECOND) * channels * Short.BYTES;
            DataLine.Info wanted = new DataLine.Info(SourceDataLine.class, format);
            try {
                SourceDataLine line = (SourceDataLine)
                        (mixer.isPresent()
                                ? AudioSystem.getMixer(mixer.get()).getLine(wanted)
                                : AudioSystem.getLine(wanted));
                line.open(format, block * BUFFERED_BLOCKS);
                return line;
            } catch (LineUnavailableException | IllegalArgumentException | SecurityException e) {
                throw new AudioDeviceException(
                        "expected a device that plays " + audio.sampleRate() + " Hz, " + channels
                                + " channels, 16 bits, found "
                                + mixer.map(info -> info.getName() + ", which can't now")
                                        .orElseGet(() -> "none that can now among "
                                                + Arrays.toString(AudioSystem.getMixerInfo()))
                                + "; connect one or choose another mixer",
                        e);
            }
        }
    }
}
