package acestep4j.cli;

import acestep4j.FileWriteException;
import acestep4j.GenerationResult;
import acestep4j.InvalidRequestException;
import acestep4j.Loop;
import acestep4j.codecs.AudioFileWriter;
import acestep4j.codecs.AudioFormat;
import acestep4j.io.AtomicFile;
import acestep4j.io.NpyWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The files of one generation: for each item an audio file and beside it {@code NAME_input_params.json}, and the latents of the
 * whole batch.
 */
final class OutputFiles {
    private final List<Path> audio = new ArrayList<>();
    private final List<Path> params = new ArrayList<>();
    private final Optional<Path> latents;

    /**
     * Settles the names and checks that the files can be written.
     *
     * @param out the audio file; with several items, each gets its number before the extension
     * @throws InputException naming the file that can't be written
     */
    OutputFiles(Path out, Optional<Path> latents, int batchSize, List<Path> inputs) {
        String name = stem(out);
        String extension = extension(out);
        for (int item = 0; item < batchSize; item++) {
            String numbered = batchSize == 1 ? name : name + "-" + item;
            audio.add(out.resolveSibling(numbered + extension));
            params.add(out.resolveSibling(numbered + "_input_params.json"));
        }
        this.latents = latents;
        requireWritable();
        requireOtherThan(inputs);
    }

    /** Writes everything, each file all or not at all. */
    void write(GenerationResult result, AudioFormat format, Optional<Path> source, Optional<Path> lora) {
        for (int item = 0; item < audio.size(); item++) {
            String receipt = result.receipt().toJson(item);
            AudioFileWriter.write(
                    audio.get(item),
                    result.audio().get(item),
                    format,
                    receipt,
                    result.loop().map(Loop::points));
            String json = InputParamsFile.of(result.receipt(), audio.get(item), source, lora);
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            AtomicFile.write(params.get(item), out -> out.write(bytes));
        }
        latents.ifPresent(file -> NpyWriter.write(
                file,
                result.latents(),
                result.latentsShape().stream().mapToLong(Integer::longValue).toArray()));
    }

    /** The audio files, one for each item. */
    List<Path> audio() {
        return audio;
    }

    /** All files in the order in which they are written. */
    List<Path> all() {
        List<Path> all = new ArrayList<>();
        for (int item = 0; item < audio.size(); item++) {
            all.add(audio.get(item));
            all.add(params.get(item));
        }
        latents.ifPresent(all::add);
        return all;
    }

    private void requireWritable() {
        Set<Path> names = new HashSet<>();
        for (Path file : all()) {
            if (!names.add(file.toAbsolutePath().normalize())) {
                throw new InputException(file + ": expected a name of its own for each output, found it twice");
            }
            try {
                AtomicFile.requireWritable(file);
            } catch (FileWriteException e) {
                throw new InputException(e.getMessage(), e);
            }
        }
    }

    private void requireOtherThan(List<Path> inputs) {
        for (Path file : all()) {
            if (inputs.stream().anyMatch(input -> sameFile(input, file))) {
                throw new InputException(file + ": would be written over while it is read; choose another --out");
            }
        }
    }

    private static boolean sameFile(Path a, Path b) {
        try {
            return Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b);
        } catch (IOException e) {
            return false;
        }
    }

    private static String stem(Path out) {
        String name = fileName(out);
        return name.substring(0, name.length() - extension(out).length());
    }

    /** The extension with its dot, as the user spelled it; empty when there is none. */
    private static String extension(Path out) {
        String name = fileName(out);
        int dot = name.lastIndexOf('.');
        if (dot <= 0) {
            return "";
        }
        try {
            AudioFormat.of(out);
        } catch (InvalidRequestException e) {
            throw new InputException("--out: " + e.getMessage(), e);
        }
        return name.substring(dot);
    }

    private static String fileName(Path out) {
        Path name = out.getFileName();
        if (name == null || name.toString().isEmpty()) {
            throw new InputException("--out: expected the name of an audio file, found '" + out + "'");
        }
        return name.toString();
    }
}
