package acestep4j.cli;

import acestep4j.audio.WavWriter;
import acestep4j.codecs.AudioFormat;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the result goes, and in which form. */
final class OutputFlags {
    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The audio file: .wav, .flac, .ogg or .mp3 (default: output.wav).")
    private Path out;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Samples of a WAV: pcm16 (default), pcm24 or float; of a FLAC: pcm16 (default) or pcm24.")
    private SampleFormat format;

    @Option(names = "--kilobits", paramLabel = "N", description = "Bit rate of an OGG (default 160) or MP3 (256).")
    private Integer kilobits;

    @Option(
            names = "--latents-out",
            paramLabel = "FILE.npy",
            description = "Also write the latents of the whole batch, float32 [batch, 8, 16, frames].")
    private Path latentsOut;

    /** The name asked for, else that of the parameters. */
    Path audioFile(Optional<OfficialParams> params) {
        if (out != null) {
            return out;
        }
        String extension = params.map(OfficialParams::format).orElse("wav");
        return params.flatMap(OfficialParams::savePath).orElse(Path.of("output." + extension));
    }

    Optional<Path> latents() {
        return Optional.ofNullable(latentsOut);
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
