package acestep4j.codecs;

import acestep4j.InvalidRequestException;
import acestep4j.audio.WavWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What {@link AudioFileWriter} can write, each format with the settings it has. Immutable.
 */
public sealed interface AudioFormat {
    /** Extensions that {@link #of} knows, in lower case without the dot. */
    List<String> EXTENSIONS = List.of("wav", "flac", "ogg", "opus", "mp3");

    /** RIFF WAVE, as {@link WavWriter} writes it: any channels, any sample rate. */
    record Wav(WavWriter.SampleFormat sampleFormat) implements AudioFormat {
        public Wav {
            Objects.requireNonNull(sampleFormat, "sampleFormat");
        }
    }

    /**
     * FLAC, lossless: 1 to 8 channels, 1 to 655,350 Hz.
     *
     * @param bits per sample, 16 or 24
     */
    record Flac(int bits) implements AudioFormat {
        public Flac {
            if (bits != 16 && bits != 24) {
                throw new InvalidRequestException("bits", "expected 16 or 24, found " + bits);
            }
        }
    }

    /**
     * Opus in an Ogg file: 1 to 8 channels. Opus knows 48,000 Hz only; audio of another rate is resampled to it as torchaudio
     * does.
     *
     * @param kilobits bit rate of the whole file in kbit/s, 16 to 512; Opus varies it with the sound
     */
    record Ogg(int kilobits) implements AudioFormat {
        public Ogg {
            if (kilobits < 16 || kilobits > 512) {
                throw new InvalidRequestException("kilobits", "expected 16 to 512 kbit/s, found " + kilobits);
            }
        }
    }

    /**
     * MP3 of constant bit rate: mono or stereo, 8,000 to 48,000 Hz.
     *
     * @param kilobits bit rate of the whole file in kbit/s, one of 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256
     *     and 320; below 32,000 Hz at most 160, below 16,000 Hz at most 64
     */
    record Mp3(int kilobits) implements AudioFormat {
        private static final List<Integer> BIT_RATES =
                List.of(32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320);

        public Mp3 {
            if (!BIT_RATES.contains(kilobits)) {
                throw new InvalidRequestException(
                        "kilobits", "expected one of " + BIT_RATES + " kbit/s, found " + kilobits);
            }
        }
    }

    /**
     * The format that a file's name asks for, with the settings one mostly wants: WAV and FLAC of 16 bits, OGG of 160 kbit/s,
     * MP3 of 256 kbit/s.
     *
     * @throws InvalidRequestException if the name has none of {@link #EXTENSIONS}
     */
    static AudioFormat of(Path file) {
        String name = String.valueOf(file.getFileName());
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (name.contains(".") ? extension : "") {
            case "wav" -> new Wav(WavWriter.SampleFormat.PCM_16);
            case "flac" -> new Flac(16);
            case "ogg", "opus" -> new Ogg(160);
            case "mp3" -> new Mp3(256);
            default ->
                throw new InvalidRequestException(
                        "file", "expected a name that ends with one of " + EXTENSIONS + ", found " + name);
        };
    }
}
