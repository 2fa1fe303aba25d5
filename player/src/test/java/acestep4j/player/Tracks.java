package acestep4j.player;

import acestep4j.audio.AudioBuffer;
import java.util.Arrays;
import java.util.Random;

/** Tracks by which a test sees what is heard. A bar has two beats and takes a second. */
final class Tracks {
    static final int RATE = 48_000;
    static final int BAR = 48_000;
    static final double BPM = 120;
    static final int BEATS = 2;

    private Tracks() {}

    /** A loop with one value in each channel. */
    static Track constant(float left, float right, int bars) {
        return Track.loop(constantSound(left, right, bars * BAR), bars, BEATS);
    }

    static AudioBuffer constantSound(float left, float right, int frames) {
        float[][] samples = new float[2][frames];
        Arrays.fill(samples[0], left);
        Arrays.fill(samples[1], right);
        return new AudioBuffer(samples, RATE);
    }

    /** A sine with whole periods in each bar. */
    static AudioBuffer sine(double hertz, int frames) {
        float[][] samples = new float[2][frames];
        for (int i = 0; i < frames; i++) {
            samples[0][i] = (float) (0.5 * Math.sin(2 * Math.PI * hertz * i / RATE));
            samples[1][i] = (float) (0.5 * Math.cos(2 * Math.PI * hertz * i / RATE));
        }
        return new AudioBuffer(samples, RATE);
    }

    /**
     * Sound without edges, whose end runs into its beginning: five tones below 250 Hz in each channel, so that no step is larger
     * than 0.02.
     */
    static AudioBuffer smooth(long seed, int frames) {
        Random random = new Random(seed);
        float[][] samples = new float[2][frames];
        for (int tone = 0; tone < 10; tone++) {
            float[] channel = samples[tone % 2];
            long periods = Math.round((50 + 200 * random.nextDouble()) * frames / RATE);
            double phase = 2 * Math.PI * random.nextDouble();
            for (int i = 0; i < frames; i++) {
                channel[i] += (float) (0.12 * Math.sin(2 * Math.PI * periods * i / frames + phase));
            }
        }
        return new AudioBuffer(samples, RATE);
    }

    /** A loop that says in its left channel which frame it is at, and in its right one which track it is. */
    static Track counting(float name, int bars) {
        float[][] samples = new float[2][bars * BAR];
        for (int i = 0; i < bars * BAR; i++) {
            samples[0][i] = i;
            samples[1][i] = name;
        }
        return Track.loop(new AudioBuffer(samples, RATE), bars, BEATS);
    }

    /** The next frames of a music, read in blocks of an odd size. */
    static float[][] read(AdaptiveMusic music, int frames) {
        float[][] all = new float[2][frames];
        int done = 0;
        while (done < frames) {
            float[][] block = new float[2][Math.min(1_777, frames - done)];
            int read = music.read(block);
            System.arraycopy(block[0], 0, all[0], done, read);
            System.arraycopy(block[1], 0, all[1], done, read);
            done += read;
        }
        return all;
    }

    static float largestStep(float[] samples) {
        float largest = 0;
        for (int i = 1; i < samples.length; i++) {
            largest = Math.max(largest, Math.abs(samples[i] - samples[i - 1]));
        }
        return largest;
    }

    static float peak(float[] samples) {
        float largest = 0;
        for (float sample : samples) {
            largest = Math.max(largest, Math.abs(sample));
        }
        return largest;
    }
}
