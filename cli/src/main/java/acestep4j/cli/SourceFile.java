package acestep4j.cli;

import acestep4j.audio.AudioBuffer;
import acestep4j.codecs.AudioFileException;
import acestep4j.codecs.AudioFileReader;
import java.nio.file.Path;

/** Reads the sound that a request starts from. */
final class SourceFile {
    private SourceFile() {}

    /** @throws InputException naming the option or key, and the file that can't be used */
    static AudioBuffer read(String option, Path file) {
        try {
            return new AudioFileReader().read(file);
        } catch (AudioFileException e) {
            throw new InputException(option + ": " + e.getMessage(), e);
        }
    }
}
