package acestep4j.onnx;

import acestep4j.GenerationException;
import acestep4j.diffusion.Latents;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A tensor that a graph reads or writes, in memory outside the Java heap. Whoever made it closes it; closing twice is
 * harmless.
 */
public final class Tensor implements AutoCloseable {
    private final OnnxTensor value;

    /** What owns the memory that {@link #value} points to: without this reference it could be freed while in use. */
    private final Object memory;

    Tensor(OnnxTensor value, Object memory) {
        this.value = value;
        this.memory = memory;
    }

    /**
     * The memory of an array as a tensor, without a copy: a graph reads what is in the array, or writes into it. Closing
     * the tensor leaves the array open.
     *
     * @param array dense float32 values in C order
     */
    public static Tensor of(INDArray array) {
        return create(Latents.values(array), array, array.shape());
    }

    /** A copy of these values as an int64 tensor. */
    public static Tensor of(long[] values, long... shape) {
        try {
            return new Tensor(OnnxTensor.createTensor(environment(), LongBuffer.wrap(values), shape), values);
        } catch (OrtException e) {
            throw failure(e);
        }
    }

    /** A copy of these values as a float32 tensor; without a shape, one value is a scalar. */
    public static Tensor of(float[] values, long... shape) {
        return create(FloatBuffer.wrap(values), values, shape);
    }

    /** The shape, outermost dimension first. */
    public long[] shape() {
        return value.getInfo().getShape();
    }

    /** A copy of the values of a float32 tensor. */
    public FloatBuffer copyOfFloats() {
        return value.getFloatBuffer();
    }

    @Override
    public void close() {
        if (!value.isClosed()) {
            value.close();
        }
    }

    OnnxTensor value() {
        return value;
    }

    Object memory() {
        return memory;
    }

    private static Tensor create(FloatBuffer values, Object memory, long... shape) {
        try {
            return new Tensor(OnnxTensor.createTensor(environment(), values, shape), memory);
        } catch (OrtException e) {
            throw failure(e);
        }
    }

    private static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment();
    }

    private static GenerationException failure(OrtException e) {
        return new GenerationException("ONNX Runtime: a tensor couldn't be made: " + Failures.firstLine(e), e);
    }
}
