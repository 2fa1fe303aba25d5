package acestep4j.diffusion;

import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Latents: float32 arrays {@code [batch, channels, height, frames]} in C order, off the Java heap. */
public final class Latents {
    private Latents() {}

    /** New latents, all 0; whoever made them closes them. */
    public static INDArray create(long... shape) {
        return Nd4j.createUninitializedDetached(DataType.FLOAT, 'c', shape).assign(0);
    }

    /**
     * The memory of an array as a buffer, without a copy: what is put there is in the array. The buffer doesn't keep the
     * array alive.
     *
     * @throws IllegalArgumentException if the array isn't float32, dense and in C order
     */
    public static FloatBuffer values(INDArray latents) {
        if (latents.dataType() != DataType.FLOAT || latents.ordering() != 'c' || !isDense(latents)) {
            throw new IllegalArgumentException("latents: expected dense float32 values in C order, found "
                    + latents.dataType() + " " + latents.shapeInfoToString());
        }
        FloatPointer pointer = new FloatPointer(latents.data().addressPointer());
        return pointer.capacity(latents.length()).asBuffer();
    }

    /**
     * The memory of an array of that many values.
     *
     * @throws IllegalArgumentException if the array has another length, or isn't float32, dense and in C order
     */
    static FloatBuffer values(INDArray latents, long length) {
        if (latents.length() != length) {
            throw new IllegalArgumentException("latents: expected " + length + " values, found " + latents.length());
        }
        return values(latents);
    }

    /**
     * Copies frames from one array {@code [..., frames]}, such as latents, to another.
     *
     * @param source of the target's batch, or a single item, which goes to all of them
     * @param from the first frame to copy
     * @param count number of frames, 0 or more
     * @param at where they begin in the target
     */
    public static void copyFrames(INDArray source, int from, int count, INDArray target, int at) {
        FloatBuffer values = values(source);
        FloatBuffer copies = values(target);
        int sourceFrames = (int) source.size(-1);
        int targetFrames = (int) target.size(-1);
        int sourceRows = values.limit() / sourceFrames;
        for (int row = 0; row < copies.limit() / targetFrames; row++) {
            copies.put(row * targetFrames + at, values, row % sourceRows * sourceFrames + from, count);
        }
        Reference.reachabilityFence(source);
        Reference.reachabilityFence(target);
    }

    private static boolean isDense(INDArray array) {
        long expected = 1;
        for (int i = array.rank() - 1; i >= 0; i--) {
            if (array.size(i) != 1 && array.stride(i) != expected) {
                return false;
            }
            expected *= array.size(i);
        }
        return true;
    }
}
