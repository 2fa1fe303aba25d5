package acestep4j.audio;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Changes the sample rate as {@code torchaudio.transforms.Resample} does by default: band-limited interpolation with a
 * sinc under a Hann window (Smith, "Digital Audio Resampling"), six zero crossings to each side, roll-off 0.99.
 *
 * <p>Immutable and thread-safe.
 */
public final class Resampler {
    private static final int ZERO_CROSSINGS = 6;
    private static final double ROLLOFF = 0.99;

    /** Both rates, divided by their greatest common divisor: so many samples in give so many samples out. */
    private final int from;

    private final int to;

    /** {@code [phase][tap]}: the filter of each of the {@code to} output samples in a period, without its zeros. */
    private final float[][] filters;

    /** Which input sample, relative to the start of the period, the first tap of each filter falls on. */
    private final int[] offsets;

    /** @param fromRate and toRate in Hz, at least 1 */
    public Resampler(int fromRate, int toRate) {
        if (fromRate < 1 || toRate < 1) {
            throw new IllegalArgumentException(
                    "sample rates: expected at least 1 Hz, found " + fromRate + " and " + toRate);
        }
        int divisor = greatestCommonDivisor(fromRate, toRate);
        from = fromRate / divisor;
        to = toRate / divisor;
        filters = new float[to][];
        offsets = new int[to];
        if (from == to) {
            return;
        }
        double cutoff = Math.min(from, to) * ROLLOFF;
        double reach = ZERO_CROSSINGS * from / cutoff;
        for (int phase = 0; phase < to; phase++) {
            double centre = (double) phase * from / to;
            int first = (int) Math.ceil(centre - reach);
            float[] filter = new float[(int) Math.floor(centre + reach) - first + 1];
            for (int tap = 0; tap < filter.length; tap++) {
                filter[tap] = (float) weight(phase, first + tap, cutoff);
            }
            filters[phase] = filter;
            offsets[phase] = first;
        }
    }

    private double weight(int phase, int sample, double cutoff) {
        // torchaudio has the phase in single precision, the rest in double.
        double distance = (-(float) phase / to + (double) sample / from) * cutoff;
        double clamped = Math.max(-ZERO_CROSSINGS, Math.min(ZERO_CROSSINGS, distance));
        double window = Math.pow(StrictMath.cos(clamped * Math.PI / ZERO_CROSSINGS / 2), 2);
        double angle = clamped * Math.PI;
        double sinc = angle == 0 ? 1 : StrictMath.sin(angle) / angle;
        return sinc * (window * (cutoff / from));
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    /** Each time so many samples have come in, a sample out falls on the next one. */
    public int inputPeriod() {
        return from;
    }

    /** How many samples come out in that time. */
    public int outputPeriod() {
        return to;
    }

    /** How many samples come out for that many in. */
    public int outputLength(int inputLength) {
        if (from == to) {
            return inputLength;
        }
        // torchaudio rounds to single precision before rounding up, which takes a sample away from some long inputs.
        double exact = (double) to * inputLength / from;
        long periods = (long) inputLength / from + 1;
        return Math.toIntExact(Math.min((long) Math.ceil((float) exact), periods * to));
    }

    /**
     * @param input one channel, from position to limit; not changed
     * @return {@link #outputLength} samples
     */
    public float[] resample(FloatBuffer input) {
        float[] samples = new float[input.remaining()];
        input.duplicate().get(samples);
        return resample(samples);
    }

    /**
     * @param input one channel; silence before and after it
     * @return {@link #outputLength} samples
     */
    public float[] resample(float[] input) {
        Stream stream = stream(input.length);
        stream.accept(FloatBuffer.wrap(input));
        return stream.finish();
    }

    /**
     * Resamples a sound that comes in pieces, to the same samples as {@link #resample} of the whole.
     *
     * @param inputLength how many samples will come
     */
    public Stream stream(int inputLength) {
        return new Stream(inputLength);
    }

    /** One channel on its way through the filter. It holds what the next piece is filtered with. Not thread-safe. */
    public final class Stream {
        private final int inputLength;
        private final float[] output;
        private int produced;
        private int phase;
        private int periodStart;

        /** The input from sample {@link #heldStart} up to {@link #received}. */
        private float[] held = new float[0];

        private int heldStart;
        private int received;

        private Stream(int inputLength) {
            this.inputLength = inputLength;
            output = new float[outputLength(inputLength)];
        }

        /**
         * Takes the next samples.
         *
         * @param piece one channel, from position to limit; not changed
         * @throws IllegalArgumentException when more come than were announced
         */
        public void accept(FloatBuffer piece) {
            int count = piece.remaining();
            if (count > inputLength - received) {
                throw new IllegalArgumentException(
                        "input: expected " + (inputLength - received) + " more samples, found " + count);
            }
            if (from == to) {
                piece.duplicate().get(output, received, count);
                received += count;
                return;
            }
            hold(piece);
            while (produced < output.length) {
                int start = periodStart + offsets[phase];
                if (received < inputLength && start + filters[phase].length > received) {
                    return;
                }
                output[produced++] = filtered(held, received - heldStart, start - heldStart, filters[phase]);
                if (++phase == to) {
                    phase = 0;
                    periodStart += from;
                }
            }
        }

        private void hold(FloatBuffer piece) {
            int needed = Math.max(heldStart, Math.min(received, periodStart + offsets[phase]));
            int kept = received - needed;
            float[] samples = new float[kept + piece.remaining()];
            System.arraycopy(held, needed - heldStart, samples, 0, kept);
            piece.duplicate().get(samples, kept, piece.remaining());
            received += piece.remaining();
            heldStart = needed;
            held = samples;
        }

        /** How many of the resampled samples are there. */
        public int ready() {
            return from == to ? received : produced;
        }

        /** A copy of the resampled samples from {@code start} to before {@code end}, up to those that are {@link #ready}. */
        public float[] copy(int start, int end) {
            if (end > ready()) {
                throw new IndexOutOfBoundsException("end: expected at most " + ready() + ", found " + end);
            }
            return Arrays.copyOfRange(output, start, end);
        }

        /**
         * The resampled sound.
         *
         * @return {@link #outputLength} samples
         * @throws IllegalStateException when fewer samples came than were announced
         */
        public float[] finish() {
            if (received < inputLength) {
                throw new IllegalStateException("input: expected " + inputLength + " samples, found " + received);
            }
            return output;
        }
    }

    private static float filtered(float[] input, int inputEnd, int start, float[] filter) {
        int firstTap = Math.max(0, -start);
        int endTap = Math.min(filter.length, inputEnd - start);
        double sum = 0;
        for (int tap = firstTap; tap < endTap; tap++) {
            sum += (double) filter[tap] * input[start + tap];
        }
        return (float) sum;
    }
}
