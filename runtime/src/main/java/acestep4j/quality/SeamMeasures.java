package acestep4j.quality;

import acestep4j.audio.AudioBuffer;
import acestep4j.audio.Spectrum;

/**
 * How a sound that is repeated runs from its end into its beginning, beside how it runs everywhere else. A quantile is the
 * share of the sound's own values that are smaller than the seam's: 0 when none is, 1 when all are, so that the seam stands
 * out.
 *
 * <p>The step is the difference between two samples that follow each other, the largest of all channels. A click is a step
 * that sticks out of those beside it, in a loud passage or a quiet one; the attack of a drum is no click, as its steps rise
 * and fall. So the quantile is that of a step divided by the largest of the eight steps before it and the eight after it (and
 * 0.0001, so that silence is none), and it is compared with the most in each 2048 samples of the sound.
 *
 * <p>The spectral change at a place is the distance between the 2048 samples before it and the 2048 samples after it: of
 * both the power in third-octave bands (100 Hz to 16 kHz, under a Hann window) in dB, with a floor 80 dB below a sine of full
 * scale, and of the differences the root mean square over bands and channels. It is compared with the changes at places 512
 * samples apart all over the sound.
 *
 * @param step from the last sample to the first one; 1 is full scale
 * @param stepQuantile the share of the sound's stretches of 2048 samples in which no step sticks out as much, 0 to 1
 * @param spectralChange from the end to the beginning, in dB
 * @param spectralChangeQuantile where it lies among the changes all over the sound, 0 to 1
 */
public record SeamMeasures(double step, double stepQuantile, double spectralChange, double spectralChangeQuantile) {
    private static final int FRAME = 2048;
    private static final int HOP = 512;
    private static final int STEPS_BESIDE = 8;
    private static final double SILENT_STEP = 1e-4;
    private static final Spectrum SPECTRUM = new Spectrum(FRAME);
    private static final double LOWEST_BAND = 100;
    private static final int BANDS = 22;
    private static final double BANDS_PER_OCTAVE = 3;

    /** Of a sine of full scale under the window, times the floor of -80 dB. */
    private static final double FLOOR = FRAME / 4.0 * (FRAME / 4.0) * 1e-8;

    /**
     * Measures the seam of a whole sound.
     *
     * @throws IllegalArgumentException when it has fewer than 8192 samples, too few to compare the seam with
     */
    public static SeamMeasures of(AudioBuffer audio) {
        if (audio.length() < 4 * FRAME) {
            throw new IllegalArgumentException(
                    "audio: expected at least " + 4 * FRAME + " samples, found " + audio.length());
        }
        double[] steps = steps(audio);
        double[][] spectra = spectra(audio);
        double change = distance(bands(audio, audio.length() - FRAME), spectra[0]);
        return new SeamMeasures(steps[steps.length - 1], stepQuantile(steps), change, changeQuantile(spectra, change));
    }

    /** From each sample to the next one, the last one's to the first. */
    private static double[] steps(AudioBuffer audio) {
        double[] steps = new double[audio.length()];
        for (float[] channel : audio.samples()) {
            for (int i = 0; i < steps.length; i++) {
                double next = channel[i + 1 < steps.length ? i + 1 : 0];
                steps[i] = Math.max(steps[i], Math.abs(next - channel[i]));
            }
        }
        return steps;
    }

    private static double stepQuantile(double[] steps) {
        double seam = prominence(steps, steps.length - 1);
        int frames = (steps.length - 1) / FRAME;
        int smaller = 0;
        for (int frame = 0; frame < frames; frame++) {
            double most = 0;
            for (int i = frame * FRAME; i < (frame + 1) * FRAME; i++) {
                most = Math.max(most, prominence(steps, i));
            }
            smaller += most < seam ? 1 : 0;
        }
        return (double) smaller / frames;
    }

    /** How many times as large a step is as the largest of those beside it. */
    private static double prominence(double[] steps, int at) {
        double largest = 0;
        for (int beside = 1; beside <= STEPS_BESIDE; beside++) {
            largest = Math.max(largest, steps[Math.floorMod(at - beside, steps.length)]);
            largest = Math.max(largest, steps[(at + beside) % steps.length]);
        }
        return steps[at] / (largest + SILENT_STEP);
    }

    private static double changeQuantile(double[][] spectra, double seam) {
        int apart = FRAME / HOP;
        int places = spectra.length - apart;
        int smaller = 0;
        for (int i = 0; i < places; i++) {
            smaller += distance(spectra[i], spectra[i + apart]) < seam ? 1 : 0;
        }
        return (double) smaller / places;
    }

    /** The bands of the frames at every hop. */
    private static double[][] spectra(AudioBuffer audio) {
        double[][] spectra = new double[(audio.length() - FRAME) / HOP + 1][];
        for (int i = 0; i < spectra.length; i++) {
            spectra[i] = bands(audio, i * HOP);
        }
        return spectra;
    }

    /** In dB, channel after channel, of the frame that begins at {@code start}. */
    private static double[] bands(AudioBuffer audio, int start) {
        double[] bands = new double[audio.channels() * BANDS];
        double[] frame = new double[FRAME];
        for (int channel = 0; channel < audio.channels(); channel++) {
            for (int i = 0; i < FRAME; i++) {
                frame[i] = audio.samples()[channel][start + i];
            }
            double[] power = SPECTRUM.power(frame, 0);
            for (int band = 0; band < BANDS; band++) {
                double sum = 0;
                for (int bin = bin(band, audio.sampleRate()); bin < bin(band + 1, audio.sampleRate()); bin++) {
                    sum += power[bin];
                }
                bands[channel * BANDS + band] = 10 * Math.log10(sum + FLOOR);
            }
        }
        return bands;
    }

    /** The first frequency of a band; none is beyond half the sample rate. */
    private static int bin(int band, int sampleRate) {
        double frequency = LOWEST_BAND * Math.pow(2, band / BANDS_PER_OCTAVE);
        return (int) Math.min(FRAME / 2 + 1, Math.round(frequency * FRAME / sampleRate));
    }

    private static double distance(double[] before, double[] after) {
        double sum = 0;
        for (int i = 0; i < before.length; i++) {
            double difference = after[i] - before[i];
            sum += difference * difference;
        }
        return Math.sqrt(sum / before.length);
    }
}
