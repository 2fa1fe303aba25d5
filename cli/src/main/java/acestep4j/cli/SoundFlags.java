package acestep4j.cli;

import acestep4j.audio.WavWriter;
import acestep4j.codecs.AudioFormat;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How sound is written. */
final class SoundFlags {
    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Samples of a WAV: pcm16 (default), pcm24 or float; of a FLAC: pcm16 (default) or pcm24.")
    private SampleFormat format;

    @Option(names = "--kilobits", paramLabel = "N", description = "Bit rate of an OGG (default 160) or MP3 (256).")
    private Integer kilobits;

    boolean isEmpty() {
        return format == null && kilobits == null;
    }

    /** The format that goes with the file's name; WAV when it has no extension. */
    AudioFormat audioFormat(Path file) {
        boolean hasExtension = String.valueOf(file.getFileName()).lastIndexOf('.') > 0;
        AudioFormat usual = hasExtension ? AudioFormat.of(file) : AudioFormat.of(Path.of("output.wav"));
        if (usual instanceof AudioFormat.Wav) {
            refuse("--kilobits", kilobits != null, file);
            return format == null ? usual : new AudioFormat.Wav(format.format());
        }
        if (usual instanceof AudioFormat.Flac) {
            refuse("--kilobits", kilobits != null, file);
            return format == null ? usual : new AudioFormat.Flac(flacBits(file));
        }
        refuse("--format", format != null, file);
        if (kilobits == null) {
            return usual;
        }
        return usual instanceof AudioFormat.Ogg ? new AudioFormat.Ogg(kilobits) : new AudioFormat.Mp3(kilobits);
    }

    private int flacBits(Path file) {
        refuse("--format float", format.format() == WavWriter.SampleFormat.FLOAT_32, file);
        return format.format() == WavWriter.SampleFormat.PCM_24 ? 24 : 16;
    }

    private static void refuse(String option, boolean isGiven, Path file) {
        if (isGiven) {
            throw new InputException(option + ": has no meaning for " + file + "; leave it out");
        }
    }
}
