package acestep4j.library;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Latents with 8 bits for each value. Each row (a channel and a height) is cut into blocks of 256 frames; a block has its
 * least value and its step as float32, then a byte for each frame: {@code least + byte * step}.
 */
final class CompactLatents {
    private static final int BLOCK_FRAMES = 256;
    private static final int SCALE_BYTES = 2 * Float.BYTES;
    private static final int LARGEST = 255;

    private CompactLatents() {}

    /** @param latents finite float32 values [rows, frames] in C order, from index 0 on */
    static byte[] encode(FloatBuffer latents, int rows, int frames) {
        ByteBuffer bytes = ByteBuffer.allocate(size(rows, frames)).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < rows; row++) {
            for (int start = 0; start < frames; start += BLOCK_FRAMES) {
                int from = row * frames + start;
                putBlock(bytes, latents, from, from + Math.min(BLOCK_FRAMES, frames - start));
            }
        }
        return bytes.array();
    }

    private static void putBlock(ByteBuffer bytes, FloatBuffer latents, int from, int to) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            least = Math.min(least, latents.get(i));
            most = Math.max(most, latents.get(i));
        }
        float step = (most - least) / LARGEST;
        bytes.putFloat(least).putFloat(step);
        for (int i = from; i < to; i++) {
            int level = step == 0 ? 0 : Math.round((latents.get(i) - least) / step);
            bytes.put((byte) Math.min(LARGEST, level));
        }
    }

    /** @param compact the {@link #size} of that many rows and frames */
    static float[] decode(byte[] compact, int rows, int frames) {
        ByteBuffer bytes = ByteBuffer.wrap(compact).order(ByteOrder.LITTLE_ENDIAN);
        float[] latents = new float[rows * frames];
        for (int row = 0; row < rows; row++) {
            for (int start = 0; start < frames; start += BLOCK_FRAMES) {
                float least = bytes.getFloat();
                float step = bytes.getFloat();
                int from = row * frames + start;
                for (int i = from; i < from + Math.min(BLOCK_FRAMES, frames - start); i++) {
                    latents[i] = least + Byte.toUnsignedInt(bytes.get()) * step;
                }
            }
        }
        return latents;
    }

    /** The bytes of that many rows and frames. */
    static int size(int rows, int frames) {
        int blocks = (frames + BLOCK_FRAMES - 1) / BLOCK_FRAMES;
        return rows * (frames + blocks * SCALE_BYTES);
    }
}
