package acestep4j.music;

import acestep4j.audio.AudioBuffer;
import acestep4j.audio.Resampler;
import acestep4j.audio.Spectrum;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * What can be told of a piece without ears, as {@code scripts/nano/measure.py} measures it: mel statistics, onsets, and
 * whether its sound has pitch.
 */
final class Listening {
    static final int SAMPLE_RATE = 44_100;

    private static final int HOP = 512;
    private static final int WINDOW = 2048;
    private static final int BINS = 128;
    /** Below the bins that the nano model's clock takes. */
    private static final int HEARD_BINS = 121;

    private static final double LOWEST = 40;
    private static final double HIGHEST = 16_000;
    /** Log mel below which nothing is told apart. */
    private static final double FLOOR = -5;

    private static final int ONSET_REACH = 4;
    private static final double ONSET_SHARE = 0.25;
    private static final double LEAST_ONSET = 0.03;

    private static final int LONG_WINDOW = 16_384;
    private static final double[][] FILTERS = filters();

    private final double[] samples;
    /** {@code [frame][bin]}, the log mel above its floor. */
    private final double[][] mel;

    Listening(AudioBuffer audio) {
        samples = mono(audio);
        mel = logMel(samples);
    }

    private static double[] mono(AudioBuffer audio) {
        Resampler resampler = new Resampler(audio.sampleRate(), SAMPLE_RATE);
        double[] sum = null;
        for (float[] channel : audio.samples()) {
            float[] resampled = resampler.resample(FloatBuffer.wrap(channel));
            sum = sum == null ? new double[resampled.length / HOP * HOP] : sum;
            for (int i = 0; i < sum.length; i++) {
                sum[i] += resampled[i] / audio.channels();
            }
        }
        return sum;
    }

    private static double[][] logMel(double[] samples) {
        int edge = (WINDOW - HOP) / 2;
        double[] padded = new double[samples.length + 2 * edge];
        for (int i = 0; i < padded.length; i++) {
            int at = Math.abs(i - edge);
            padded[i] = samples[at < samples.length ? at : 2 * samples.length - 2 - at];
        }
        Spectrum spectrum = new Spectrum(WINDOW);
        double[][] mel = new double[samples.length / HOP][HEARD_BINS];
        for (int frame = 0; frame < mel.length; frame++) {
            double[] power = spectrum.power(padded, frame * HOP);
            for (int bin = 0; bin < HEARD_BINS; bin++) {
                double sum = 0;
                for (int i = 0; i < power.length; i++) {
                    if (FILTERS[bin][i] > 0) {
                        sum += FILTERS[bin][i] * Math.sqrt(power[i] + 1e-6);
                    }
                }
                mel[frame][bin] = Math.max(FLOOR, Math.log(Math.max(sum, 1e-5)));
            }
        }
        return mel;
    }

    /** Slaney's mel filters, {@code [bin][frequency]}. */
    private static double[][] filters() {
        double[] edges = new double[BINS + 2];
        for (int i = 0; i < edges.length; i++) {
            double low = toMel(LOWEST);
            edges[i] = toHertz(low + i * (toMel(HIGHEST) - low) / (BINS + 1));
        }
        double[][] filters = new double[BINS][WINDOW / 2 + 1];
        for (int bin = 0; bin < BINS; bin++) {
            for (int i = 0; i < filters[bin].length; i++) {
                double frequency = (double) i * SAMPLE_RATE / WINDOW;
                double rising = (frequency - edges[bin]) / (edges[bin + 1] - edges[bin]);
                double falling = (edges[bin + 2] - frequency) / (edges[bin + 2] - edges[bin + 1]);
                filters[bin][i] = Math.max(0, Math.min(rising, falling)) * 2 / (edges[bin + 2] - edges[bin]);
            }
        }
        return filters;
    }

    private static double toMel(double hertz) {
        return hertz < 1000 ? hertz * 3 / 200 : 15 + 27 * Math.log(hertz / 1000) / Math.log(6.4);
    }

    private static double toHertz(double mel) {
        return mel < 15 ? mel * 200 / 3 : 1000 * Math.exp(Math.log(6.4) / 27 * (mel - 15));
    }

    /** Mean, deviation and mean rise over time of each mel bin, in this order. */
    double[] styleFeatures() {
        double[] features = new double[3 * HEARD_BINS];
        for (int bin = 0; bin < HEARD_BINS; bin++) {
            double sum = 0;
            double squares = 0;
            double rise = 0;
            for (int frame = 0; frame < mel.length; frame++) {
                sum += mel[frame][bin];
                squares += mel[frame][bin] * mel[frame][bin];
                rise += frame == 0 ? 0 : Math.max(0, mel[frame][bin] - mel[frame - 1][bin]);
            }
            double mean = sum / mel.length;
            features[bin] = mean;
            features[HEARD_BINS + bin] = Math.sqrt((squares - sum * mean) / (mel.length - 1));
            features[2 * HEARD_BINS + bin] = rise / (mel.length - 1);
        }
        return features;
    }

    /** Onsets a second: peaks of the mean rise of the log mel. */
    double onsetDensity() {
        double[] flux = new double[mel.length - 1];
        for (int i = 0; i < flux.length; i++) {
            for (int bin = 0; bin < HEARD_BINS; bin++) {
                flux[i] += Math.max(0, mel[i + 1][bin] - mel[i][bin]) / HEARD_BINS;
            }
        }
        double[] sorted = flux.clone();
        Arrays.sort(sorted);
        double threshold = Math.max(ONSET_SHARE * sorted[(int) (0.99 * (sorted.length - 1))], LEAST_ONSET);
        int onsets = 0;
        for (int i = 0; i < flux.length; i++) {
            boolean isPeak = flux[i] > threshold;
            for (int j = Math.max(0, i - ONSET_REACH); j <= Math.min(flux.length - 1, i + ONSET_REACH); j++) {
                isPeak &= flux[j] <= flux[i];
            }
            onsets += isPeak ? 1 : 0;
        }
        return (double) onsets * SAMPLE_RATE / HOP / flux.length;
    }

    /**
     * How much of the power from 100 to 2000 Hz lies on multiples of 10.77 Hz, which all pitches of the nano model's music
     * are: 1 is all of it, noise gives 0 to 0.2. Multiples of 86 Hz don't count: what repeats with every mel frame has
     * them, music or not.
     */
    double pitchClarity() {
        Spectrum spectrum = new Spectrum(LONG_WINDOW);
        int low = 100 * LONG_WINDOW / SAMPLE_RATE;
        int high = 2000 * LONG_WINDOW / SAMPLE_RATE;
        double between = 0;
        double all = 0;
        for (int start = 0; start + LONG_WINDOW <= samples.length; start += LONG_WINDOW / 4) {
            double[] power = spectrum.power(samples, start);
            for (int i = low; i < high; i++) {
                boolean isFrameRate = Math.abs((i + 16) % 32 - 16) <= 2;
                if (!isFrameRate) {
                    all += power[i];
                    between += i % 4 == 2 ? power[i] : 0;
                }
            }
        }
        return 1 - 4 * between / all;
    }
}
