package acestep4j.quality;

import acestep4j.audio.AudioBuffer;
import acestep4j.audio.Spectrum;

/**
 * How a sound that is repeated runs from its end into its beginning, beside how it runs everywhere else. A quantile is the
 * share of the sound's own values that are smaller than the seam's: 0 when none is, 1 when all are, so that the seam stands
 * out.
 *
 * <p>The step is the difference between two samples that follow each other, the largest of all channels. It is compared with
 * the steps of the half second before the seam and the half second after it, since a click that a loud passage would hide is
 * heard in a quiet one.
 *
 * <p>The spectral change at a place is the distance between the 2048 samples before it and the 2048 samples after it: of
 * both the power in third-octave bands (100 Hz to 16 kHz, under a Hann window) in dB, with a floor 80 dB below a sine of full
 * scale, and of the differences the root mean square over bands and channels. It is compared with the changes at places 512
 * samples apart all over the sound.
 *
 * @param step from the last sample to the first one; 1 is full scale
 * @param stepQuantile where it lies among the steps around the seam, 0 to 1
 * @param spectralChange from the end to the beginning, in dB
 * @param spectralChangeQuantile where it lies among the changes all over the sound, 0 to 1
 */
public record SeamMeasures(double step, double stepQuantile, double spectralChange, double spectralChangeQuantile) {
    private static final int FRAME = 2048;
    private static final int HOP = 512;
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
        double step = step(audio, audio.length() - 1);
        double[][] spectra = spectra(audio);
        double change = distance(bands(audio, audio.length() - FRAME), spectra[0]);
        return new SeamMeasures(step, stepQuantile(audio, step), change, changeQuantile(spectra, change));
    }

    private static double stepQuantile(AudioBuffer audio, double seam) {
        int length = audio.length();
        int reach = Math.min(audio.sampleRate() / 2, (length - 1) / 2);
        int smaller = 0;
        for (int i = 0; i < reach; i++) {
            smaller += step(audio, i) < seam ? 1 : 0;
            smaller += step(audio, length - 2 - i) < seam ? 1 : 0;
        }
        return smaller / (2.0 * reach);
    }

    /** From a sample to the next one, which of the last one is the first. */
    private static double step(AudioBuffer audio, int from) {
        double most = 0;
        for (float[] channel : audio.samples()) {
            most = Math.max(most, Math.abs((double) channel[(from + 1) % channel.length] - channel[from]));
        }
        return most;
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
