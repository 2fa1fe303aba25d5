package acestep4j.audio;

/** Power spectra of windowed frames, by the radix-2 fast Fourier transform. Immutable and thread-safe. */
public final class Spectrum {
    private final int size;
    private final double[] window;
    private final double[] cos;
    private final double[] sin;

    /** @param size samples of a frame, a power of two */
    public Spectrum(int size) {
        this.size = size;
        window = new double[size];
        cos = new double[size / 2];
        sin = new double[size / 2];
        for (int i = 0; i < size; i++) {
            window[i] = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / size);
        }
        for (int i = 0; i < size / 2; i++) {
            cos[i] = Math.cos(2 * Math.PI * i / size);
            sin[i] = -Math.sin(2 * Math.PI * i / size);
        }
    }

    /** The power of each frequency 0 .. size / 2 of the frame that begins at {@code start}, under a Hann window. */
    public double[] power(double[] samples, int start) {
        double[] re = new double[size];
        double[] im = new double[size];
        int bits = Integer.numberOfTrailingZeros(size);
        for (int i = 0; i < size; i++) {
            re[Integer.reverse(i) >>> (Integer.SIZE - bits)] = samples[start + i] * window[i];
        }
        for (int half = 1; half < size; half *= 2) {
            for (int i = 0; i < size; i++) {
                if ((i & half) != 0) {
                    continue;
                }
                int turn = (i & (half - 1)) * (size / 2 / half);
                double a = re[i + half] * cos[turn] - im[i + half] * sin[turn];
                double b = re[i + half] * sin[turn] + im[i + half] * cos[turn];
                re[i + half] = re[i] - a;
                im[i + half] = im[i] - b;
                re[i] += a;
                im[i] += b;
            }
        }
        double[] power = new double[size / 2 + 1];
        for (int i = 0; i < power.length; i++) {
            power[i] = re[i] * re[i] + im[i] * im[i];
        }
        return power;
    }
}
