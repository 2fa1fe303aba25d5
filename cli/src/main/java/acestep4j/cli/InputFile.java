package acestep4j.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads the text files that the user names. */
final class InputFile {
    private InputFile() {}

    /** @throws InputException naming the option and the file when it isn't a readable file of UTF-8 text */
    static String read(String option, Path file) {
        if (Files.isDirectory(file)) {
            throw new InputException(option + ": expected a text file, found the folder " + file);
        }
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new InputException(option + ": expected a text file, found nothing at " + file, e);
        } catch (CharacterCodingException e) {
            throw new InputException(
                    option + ": expected UTF-8 text, found other bytes in " + file + "; convert it to UTF-8", e);
        } catch (IOException e) {
            throw new InputException(option + ": expected a readable text file, found " + e, e);
        }
    }
}
