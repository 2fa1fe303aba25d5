package acestep4j.cli;

import acestep4j.GenerationResult;
import acestep4j.codecs.AudioFormat;
import acestep4j.io.AtomicFile;
import acestep4j.library.Recipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A soundtrack as audio files, each with its {@code NAME_input_params.json} and its {@code NAME_recipe.json}, which is written
 * last: a track that has it, with the recipe and the format that are asked for, is done.
 */
final class BakeFolder implements BakeTarget {
    /** What no file system of the usual ones takes. */
    private static final Pattern NOT_IN_FILE_NAMES = Pattern.compile("[\\p{Cntrl}/\\\\:*?\"<>|]|^[. ]|[. ]$");

    private static final int LONGEST_NAME_BYTES = 200;

    private final Path folder;
    private final String extension;
    private final AudioFormat format;
    private final Optional<Path> lora;
    private final Map<Track, OutputFiles> files = new LinkedHashMap<>();

    /**
     * Makes the folder, and checks that all files can be written.
     *
     * @throws InputException naming the line whose name isn't one for a file
     */
    BakeFolder(Path folder, String extension, AudioFormat format, List<Track> tracks, Path list, Optional<Path> lora) {
        this.folder = folder;
        this.extension = extension;
        this.format = format;
        this.lora = lora;
        for (Track track : tracks) {
            if (NOT_IN_FILE_NAMES.matcher(track.name()).find()
                    || track.name().getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME_BYTES) {
                throw new InputException(track.where() + ": name: expected one for a file, found '" + track.name()
                        + "'; leave out control characters, / \\ : * ? \" < > |, dots and blanks at the ends");
            }
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new InputException("--out: expected a folder, or a place to make one: " + e, e);
        }
        for (Track track : tracks) {
            files.put(track, new OutputFiles(audio(track), Optional.empty(), 1, List.of(list)));
        }
    }

    @Override
    public boolean has(Track track, Recipe recipe) {
        try {
            return Files.isRegularFile(audio(track))
                    && Files.isRegularFile(mark(track))
                    && Files.readString(mark(track)).equals(mark(recipe));
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void put(Track track, GenerationResult result) {
        files.get(track).write(result, format, Optional.empty(), lora);
        byte[] mark = mark(Recipe.of(result.receipt(), 0)).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(mark(track), out -> out.write(mark));
    }

    private Path audio(Track track) {
        return folder.resolve(track.name() + "." + extension);
    }

    private Path mark(Track track) {
        return folder.resolve(track.name() + "_recipe.json");
    }

    private String mark(Recipe recipe) {
        return "{\"format\":\"" + format + "\",\"recipe\":" + recipe.toJson() + "}\n";
    }

    @Override
    public void close() {
        // Files are closed as soon as they are written.
    }
}
