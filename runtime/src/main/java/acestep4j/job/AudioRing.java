package acestep4j.job;

import acestep4j.audio.AudioStream;
import acestep4j.audio.InterleavedPcm;
import java.nio.ShortBuffer;

/**
 * Sound on its way from one thread to another, with room for so much and no more: who writes waits for room, who reads waits
 * for sound. Thread-safe.
 */
final class AudioRing implements AudioStream {
    private final float[][] samples;
    private final int sampleRate;
    private final int capacity;
    private final Runnable onClose;
    private int start;
    private int held;
    private boolean ended;
    private RuntimeException failure;

    /**
     * @param frames how many there is room for, at least 1
     * @param onClose called when the reader closes it
     */
    AudioRing(int channels, int sampleRate, int frames, Runnable onClose) {
        samples = new float[channels][frames];
        this.sampleRate = sampleRate;
        capacity = frames;
        this.onClose = onClose;
    }

    @Override
    public int channels() {
        return samples.length;
    }

    @Override
    public int sampleRate() {
        return sampleRate;
    }

    /**
     * Writes all frames of a block, and waits for room as often as needed. When the ring has ended, the rest is dropped.
     *
     * @param block {@code [channel][sample]}
     */
    synchronized void write(float[][] block) {
        boolean interrupted = false;
        int from = 0;
        while (from < block[0].length && !ended) {
            int frames = Math.min(block[0].length - from, capacity - held);
            if (frames == 0) {
                interrupted |= !await();
                continue;
            }
            int end = (start + held) % capacity;
            int first = Math.min(frames, capacity - end);
            for (int channel = 0; channel < samples.length; channel++) {
                System.arraycopy(block[channel], from, samples[channel], end, first);
                System.arraycopy(block[channel], from + first, samples[channel], 0, frames - first);
            }
            held += frames;
            from += frames;
            notifyAll();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** No more sound comes. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** No more sound comes, for this reason, which whoever reads on behind what is there gets each time. */
    synchronized void fail(RuntimeException reason) {
        if (!ended) {
            failure = reason;
            end();
        }
    }

    @Override
    public int read(float[][] block) {
        return take(block[0].length, true, intoFloats(block));
    }

    @Override
    public int poll(float[][] block) {
        return take(block[0].length, false, intoFloats(block));
    }

    private Target intoFloats(float[][] block) {
        return (from, frames, done) -> {
            for (int channel = 0; channel < samples.length; channel++) {
                System.arraycopy(samples[channel], from, block[channel], done, frames);
            }
        };
    }

    @Override
    public int read(ShortBuffer block) {
        return take(block.remaining() / samples.length, true, intoShorts(block));
    }

    @Override
    public int poll(ShortBuffer block) {
        return take(block.remaining() / samples.length, false, intoShorts(block));
    }

    private Target intoShorts(ShortBuffer block) {
        return (from, frames, done) -> InterleavedPcm.put(samples, from, frames, block);
    }

    /** Where frames go that lie side by side in the ring. */
    private interface Target {
        /** @param done how many frames of the same call came before */
        void put(int from, int frames, int done);
    }

    private synchronized int take(int room, boolean waits, Target target) {
        while (held == 0 && !ended && room > 0 && waits) {
            if (!await()) {
                Thread.currentThread().interrupt();
                return 0;
            }
        }
        if (held == 0 && ended) {
            if (failure != null) {
                throw failure;
            }
            return END;
        }
        int frames = Math.min(room, held);
        int first = Math.min(frames, capacity - start);
        target.put(start, first, 0);
        target.put(0, frames - first, first);
        start = (start + frames) % capacity;
        held -= frames;
        notifyAll();
        return frames;
    }

    /** Waits for the other side; false when interrupted. */
    private boolean await() {
        try {
            wait();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            held = 0;
            ended = true;
            failure = null;
            notifyAll();
        }
        onClose.run();
    }
}
