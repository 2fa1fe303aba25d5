package acestep4j.cli;

import acestep4j.audio.WavWriter;
import java.util.Locale;

/** The values of {@code --format}. */
enum SampleFormat {
    PCM16(WavWriter.SampleFormat.PCM_16),
    PCM24(WavWriter.SampleFormat.PCM_24),
    FLOAT(WavWriter.SampleFormat.FLOAT_32);

    private final WavWriter.SampleFormat format;

    SampleFormat(WavWriter.SampleFormat format) {
        this.format = format;
    }

    WavWriter.SampleFormat format() {
        return format;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
