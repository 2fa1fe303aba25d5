package acestep4j.library;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Latents with 8 bits for each value. Each row (a channel and a height) is cut into blocks of 128 frames; a block has its
 * least value and its step as float32, then a byte for each frame: {@code least + byte * step}. All of it is deflated.
 */
final class CompactLatents {
    private static final int BLOCK_FRAMES = 128;
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
        return deflate(bytes.array());
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

    /** @throws DamagedEntryException when the bytes aren't those of that many rows and frames */
    static float[] decode(byte[] compact, int rows, int frames) throws DamagedEntryException {
        ByteBuffer bytes = ByteBuffer.wrap(inflate(compact, size(rows, frames))).order(ByteOrder.LITTLE_ENDIAN);
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

    private static int size(int rows, int frames) {
        int blocks = (frames + BLOCK_FRAMES - 1) / BLOCK_FRAMES;
        return rows * (frames + blocks * SCALE_BYTES);
    }

    private static byte[] deflate(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try {
            deflater.setStrategy(Deflater.HUFFMAN_ONLY);
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream deflated = new ByteArrayOutputStream();
            byte[] block = new byte[1 << 13];
            while (!deflater.finished()) {
                deflated.write(block, 0, deflater.deflate(block));
            }
            return deflated.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static byte[] inflate(byte[] deflated, int size) throws DamagedEntryException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(deflated);
            byte[] bytes = new byte[size];
            int filled = inflater.inflate(bytes);
            if (filled < size || inflater.inflate(new byte[1]) > 0 || !inflater.finished()) {
                throw new DamagedEntryException("expected latents of " + size + " bytes, found another length");
            }
            return bytes;
        } catch (DataFormatException e) {
            throw new DamagedEntryException("the latents don't inflate: " + e.getMessage());
        } finally {
            inflater.end();
        }
    }
}
