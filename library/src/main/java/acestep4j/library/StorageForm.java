package acestep4j.library;

import acestep4j.audio.WavWriter.SampleFormat;
import java.util.Arrays;
import java.util.Optional;

/** How an entry's music is kept. Bytes per second are those of 48 kHz stereo and of ACE-Step v1. */
public enum StorageForm {
    /** Samples of 16 bits, 192 kB per second: as in a usual WAV file. */
    PCM_16("pcm16", SampleFormat.PCM_16),

    /** Samples of 24 bits, 288 kB per second. */
    PCM_24("pcm24", SampleFormat.PCM_24),

    /** The samples as they were made, 384 kB per second. */
    FLOAT_32("float", SampleFormat.FLOAT_32),

    /** The latents as they were made, 5.5 kB per second; decoded on load, to the sound as it was made. */
    LATENTS("latents", null),

    /** The latents with 8 bits for each value, about 1.45 kB per second; decoded on load, to nearly the same sound. */
    COMPACT_LATENTS("compact_latents", null);

    private final String label;
    private final SampleFormat samples;

    StorageForm(String label, SampleFormat samples) {
        this.label = label;
        this.samples = samples;
    }

    /** The name in files and on the command line. */
    public String label() {
        return label;
    }

    /** How samples are kept; empty for latents, which only a bundle turns into sound. */
    public Optional<SampleFormat> samples() {
        return Optional.ofNullable(samples);
    }

    /** The form with that label. */
    public static Optional<StorageForm> labelled(String label) {
        return Arrays.stream(values()).filter(form -> form.label.equals(label)).findFirst();
    }
}
