package acestep4j.diffusion;

import java.nio.FloatBuffer;

/**
 * PyTorch's random generator on the CPU, so that a seed gives the noise which {@code torch.randn} gives for it: MT19937
 * (Matsumoto and Nishimura, 1998), PyTorch's 24 and 53 bit uniforms and its two ways to normal numbers. The sequence of
 * random bits is PyTorch's exactly. The normal numbers are rounded from double arithmetic and are the same on every
 * platform; PyTorch's own differ from one processor to the next by a few units in the last place, and so from these.
 *
 * <p>Not thread-safe: one generator per batch item.
 */
public final class TorchGenerator {
    private static final int STATE_SIZE = 624;
    private static final int STATE_SHIFT = 397;
    private static final int GROUP = 16;
    private static final float TWO_PI = (float) (2.0 * Math.PI);

    private final int[] state = new int[STATE_SIZE];
    private int next = STATE_SIZE;

    private double spareNormal;
    private boolean hasSpareNormal;

    /** @param seed as for {@code torch.Generator().manual_seed(seed)}; only its low 32 bits matter */
    public TorchGenerator(long seed) {
        state[0] = (int) seed;
        for (int i = 1; i < STATE_SIZE; i++) {
            state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
        }
    }

    /** The next float of {@code torch.rand}: in [0, 1), a multiple of 2^-24. */
    public float nextUniform() {
        return (nextInt() & 0xffffff) * 0x1p-24f;
    }

    /**
     * Fills the buffer from its position to its limit as {@code torch.randn} of that many float32 values would; its
     * position stays. Like there, fewer than 16 values come from another algorithm than 16 or more, so two short draws
     * aren't one long draw.
     */
    public void fillNormal(FloatBuffer target) {
        int start = target.position();
        int end = target.limit();
        if (end - start < GROUP) {
            for (int i = start; i < end; i++) {
                target.put(i, (float) nextNormal());
            }
            return;
        }
        fillUniform(target, start, end);
        int i = start;
        for (; i + GROUP <= end; i += GROUP) {
            uniformToNormal(target, i);
        }
        if (i < end) {
            // The last 16 are drawn anew, over values that are already normal.
            fillUniform(target, end - GROUP, end);
            uniformToNormal(target, end - GROUP);
        }
    }

    /**
     * Fills latents as {@code normal_()} would if their memory held the channels of each frame side by side, which is how
     * the official pipeline's encoder lays out latents: value after value in that order, by the algorithm for few values
     * whatever their number.
     *
     * @param target from 0 to its limit, in C order of the shape
     * @param shape batch, channels, height, frames
     */
    void fillNormalChannelsLast(FloatBuffer target, long[] shape) {
        int channels = (int) shape[1];
        int plane = (int) (shape[2] * shape[3]);
        for (int item = 0; item < shape[0]; item++) {
            for (int i = 0; i < plane; i++) {
                for (int channel = 0; channel < channels; channel++) {
                    target.put((item * channels + channel) * plane + i, (float) nextNormal());
                }
            }
        }
    }

    private void fillUniform(FloatBuffer target, int start, int end) {
        for (int i = start; i < end; i++) {
            target.put(i, nextUniform());
        }
    }

    /** Box-Muller over 16 values: the first eight give the radius, the last eight the angle. */
    private static void uniformToNormal(FloatBuffer values, int start) {
        for (int i = start; i < start + GROUP / 2; i++) {
            float radius = (float) Math.sqrt(-2 * (float) StrictMath.log(1 - values.get(i)));
            float angle = TWO_PI * values.get(i + GROUP / 2);
            values.put(i, radius * (float) StrictMath.cos(angle));
            values.put(i + GROUP / 2, radius * (float) StrictMath.sin(angle));
        }
    }

    /** Box-Muller in double, two values at a time; the second one waits for the next call. */
    private double nextNormal() {
        if (hasSpareNormal) {
            hasSpareNormal = false;
            return spareNormal;
        }
        double angle = 2 * Math.PI * nextDouble();
        double radius = Math.sqrt(-2 * StrictMath.log1p(-nextDouble()));
        spareNormal = radius * StrictMath.sin(angle);
        hasSpareNormal = true;
        return radius * StrictMath.cos(angle);
    }

    private double nextDouble() {
        long high = nextInt();
        long low = nextInt() & 0xffffffffL;
        return ((high << 32 | low) & (1L << 53) - 1) * 0x1p-53;
    }

    private int nextInt() {
        if (next == STATE_SIZE) {
            advanceState();
            next = 0;
        }
        int bits = state[next++];
        bits ^= bits >>> 11;
        bits ^= bits << 7 & 0x9d2c5680;
        bits ^= bits << 15 & 0xefc60000;
        return bits ^ bits >>> 18;
    }

    private void advanceState() {
        for (int i = 0; i < STATE_SIZE; i++) {
            int mixed = state[i] & 0x80000000 | state[(i + 1) % STATE_SIZE] & 0x7fffffff;
            int twist = (mixed & 1) == 0 ? 0 : 0x9908b0df;
            state[i] = state[(i + STATE_SHIFT) % STATE_SIZE] ^ mixed >>> 1 ^ twist;
        }
    }
}
