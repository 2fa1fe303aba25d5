package acestep4j.cli;

import acestep4j.codecs.AudioFormat;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the result goes, and in which form. */
final class OutputFlags {
    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The audio file: .wav, .flac, .ogg or .mp3 (default: output.wav).")
    private Path out;

    @Mixin
    private SoundFlags sound;

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
        return sound.audioFormat(file);
    }
}
