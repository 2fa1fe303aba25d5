package acestep4j.audio;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.function.ToIntFunction;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/**
 * Sound for {@code javax.sound.sampled}, as 16-bit samples. The only class here that needs the module {@code java.desktop},
 * so that whoever plays otherwise can do without.
 */
public final class JavaSound {
    private static final int SAMPLE_BYTES = 2;
    private static final int BLOCK_FRAMES = 2048;

    private JavaSound() {}

    /** All of a sound, converted while it is read. */
    public static AudioInputStream stream(AudioBuffer audio) {
        int[] position = new int[1];
        ToIntFunction<ShortBuffer> source = block -> {
            int frames = Math.min(block.remaining() / audio.channels(), audio.length() - position[0]);
            InterleavedPcm.put(audio.samples(), position[0], frames, block);
            position[0] += frames;
            return frames == 0 ? AudioStream.END : frames;
        };
        InputStream bytes = new PcmInputStream(source, audio.channels(), () -> {});
        return new AudioInputStream(bytes, format(audio.channels(), audio.sampleRate()), audio.length());
    }

    /** Sound while it is made, of a length that isn't known before its end. Closing it closes the stream that it reads. */
    public static AudioInputStream stream(AudioStream audio) {
        InputStream bytes = new PcmInputStream(audio::read, audio.channels(), audio::close);
        return new AudioInputStream(bytes, format(audio.channels(), audio.sampleRate()), AudioSystem.NOT_SPECIFIED);
    }

    private static AudioFormat format(int channels, int sampleRate) {
        return new AudioFormat(sampleRate, Byte.SIZE * SAMPLE_BYTES, channels, true, false);
    }

    /** The bytes of interleaved 16-bit samples, little-endian. */
    private static final class PcmInputStream extends InputStream {
        private final ToIntFunction<ShortBuffer> source;
        private final int frameBytes;
        private final Runnable onClose;
        private final ByteBuffer block;

        /** @param source puts frames and gives their number, as {@link AudioStream#read(ShortBuffer)} does */
        PcmInputStream(ToIntFunction<ShortBuffer> source, int channels, Runnable onClose) {
            this.source = source;
            this.onClose = onClose;
            frameBytes = channels * SAMPLE_BYTES;
            block = ByteBuffer.allocate(BLOCK_FRAMES * frameBytes).order(ByteOrder.LITTLE_ENDIAN);
            block.limit(0);
        }

        @Override
        public int read() throws IOException {
            return fill() ? Byte.toUnsignedInt(block.get()) : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, block.remaining());
            block.get(bytes, offset, count);
            return count;
        }

        @Override
        public int available() {
            return block.remaining();
        }

        /** Sees to it that there is at least a byte; false after the end. */
        private boolean fill() throws IOException {
            if (block.hasRemaining()) {
                return true;
            }
            int frames = source.applyAsInt(block.clear().asShortBuffer());
            block.limit(Math.max(0, frames) * frameBytes);
            if (frames == 0) {
                throw new InterruptedIOException("interrupted while waiting for sound");
            }
            return frames != AudioStream.END;
        }

        @Override
        public void close() {
            onClose.run();
        }
    }
}
