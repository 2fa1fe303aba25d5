package acestep4j.golden;

import acestep4j.audio.AudioBuffer;
import java.util.stream.Stream;

/** The sounds of scripts/golden/make_latent_golden.py, which describes them, to the bit. */
public record SyntheticSound(
        String name,
        int rate,
        int channels,
        int length,
        int hertz,
        double noise,
        double gain,
        boolean clipped,
        int steps) {

    @Override
    public String toString() {
        return name;
    }

    public AudioBuffer synthesise() {
        float[][] samples = new float[channels][length];
        long state = 1;
        for (int channel = 0; channel < channels; channel++) {
            for (int i = 0; i < length; i++) {
                state = (state * 1664525 + 1013904223) & 0xffffffffL;
                double hiss = (state >> 8) / 0x1p23 - 1;
                double low = parabolic((long) i * hertz * (channel + 1) % rate / (double) rate);
                double high = parabolic((long) i * hertz * 7 % rate / (double) rate);
                double x = (low * 0.75 + high * 0.25 + hiss * noise) * gain;
                if (clipped) {
                    x = Math.max(-1, Math.min(1, x));
                }
                if (steps > 0) {
                    x = Math.floor(x * steps) / steps;
                }
                samples[channel][i] = (float) x;
            }
        }
        return new AudioBuffer(samples, rate);
    }

    private static double parabolic(double phase) {
        return (phase < 0.5 ? phase * (0.5 - phase) : (phase - 0.5) * (phase - 1)) * 16;
    }

    public static Stream<SyntheticSound> all() {
        return Stream.of(
                new SyntheticSound("studio_48k", 48000, 2, 100003, 220, 0.1, 0.5, false, 0),
                new SyntheticSound("radio_mono_22k", 22050, 1, 33333, 150, 0.3, 0.7, false, 128),
                new SyntheticSound("silence", 44100, 2, 30000, 0, 0, 0, false, 0),
                new SyntheticSound("clipped_96k", 96000, 2, 150001, 1000, 0.2, 6, true, 32768),
                new SyntheticSound("ntsc_44056", 44056, 2, 12345, 3001, 0, 0.9, false, 32768),
                new SyntheticSound("quiet_8k", 8000, 1, 7777, 440, 0.5, 1e-4, false, 0),
                new SyntheticSound("whole_frames", 44100, 2, 8192, 97, 0.5, 0.4, false, 0),
                new SyntheticSound("dat_32k", 32000, 2, 20011, 5000, 0.05, 1.3, false, 0),
                new SyntheticSound("one_sample_192k", 192000, 1, 1, 0, 1, 0.8, false, 0));
    }

    /** The sound of that name. */
    public static AudioBuffer named(String name) {
        return all().filter(sound -> sound.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name))
                .synthesise();
    }
}
