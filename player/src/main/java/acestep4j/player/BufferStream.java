package acestep4j.player;

import acestep4j.audio.AudioBuffer;
import acestep4j.audio.AudioStream;
import acestep4j.audio.InterleavedPcm;
import java.nio.ShortBuffer;

/** Sound in memory, read from its beginning to its end. */
final class BufferStream implements AudioStream {
    private final AudioBuffer audio;
    private int position;

    BufferStream(AudioBuffer audio) {
        this.audio = audio;
    }

    @Override
    public int channels() {
        return audio.channels();
    }

    @Override
    public int sampleRate() {
        return audio.sampleRate();
    }

    @Override
    public synchronized int read(float[][] block) {
        int frames = next(block[0].length);
        for (int channel = 0; channel < audio.channels() && frames > 0; channel++) {
            System.arraycopy(audio.samples()[channel], position - frames, block[channel], 0, frames);
        }
        return frames;
    }

    @Override
    public int poll(float[][] block) {
        return read(block);
    }

    @Override
    public synchronized int read(ShortBuffer block) {
        int frames = next(block.remaining() / audio.channels());
        if (frames > 0) {
            InterleavedPcm.put(audio.samples(), position - frames, frames, block);
        }
        return frames;
    }

    @Override
    public int poll(ShortBuffer block) {
        return read(block);
    }

    /** Moves on; gives {@link #END} when there is nothing left. */
    private int next(int room) {
        if (position == audio.length()) {
            return END;
        }
        int frames = Math.min(room, audio.length() - position);
        position += frames;
        return frames;
    }

    @Override
    public synchronized void close() {
        position = audio.length();
    }
}
