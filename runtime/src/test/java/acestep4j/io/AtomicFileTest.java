package acestep4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.FileWriteException;
import acestep4j.audio.AudioBuffer;
import acestep4j.audio.WavWriter;
import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.net.URI;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    private static final AtomicFile.Content NEW = out -> out.write("new".getBytes(StandardCharsets.UTF_8));

    @TempDir
    Path folder;

    @Test
    void writesANewFileAndReplacesAnOldOne() throws IOException {
        Path file = folder.resolve("song.json");
        AtomicFile.write(file, out -> out.write(new byte[100]));
        AtomicFile.write(file, NEW);
        assertEquals("new", Files.readString(file));
        assertEquals(List.of(file), content(folder));
    }

    @Test
    void writesDurablyOnDisksWithAndWithoutFoldersToForce() throws IOException {
        Path file = folder.resolve("song.json");
        AtomicFile.writeDurable(file, out -> out.write(new byte[100]));
        AtomicFile.writeDurable(file, NEW);
        assertEquals("new", Files.readString(file));
        assertEquals(List.of(file), content(folder));
        try (FileSystem disk = Jimfs.newFileSystem(Configuration.windows())) {
            Path other = disk.getPath("C:\\work\\song.json");
            AtomicFile.writeDurable(other, NEW);
            assertEquals("new", Files.readString(other));
        }
    }

    @Test
    void writesThroughALinkToItsTarget() throws IOException {
        Path target = Files.writeString(folder.resolve("target"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), target);
        AtomicFile.write(link, NEW);
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(target));
    }

    @Test
    void aFailureInTheMiddleLeavesTheOldFile() throws IOException {
        Path file = Files.writeString(folder.resolve("song.json"), "old");
        IllegalStateException failure = new IllegalStateException("in the middle");
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class,
                () -> AtomicFile.write(file, out -> {
                    out.write(1);
                    throw failure;
                }));
        assertSame(failure, thrown);
        assertEquals("old", Files.readString(file));
        assertEquals(List.of(file), content(folder));
    }

    @Test
    void aFullDiskLeavesNothing() throws IOException {
        Configuration small = Configuration.unix().toBuilder()
                .setMaxSize(256 * 1024)
                .setBlockSize(4096)
                .build();
        try (FileSystem disk = Jimfs.newFileSystem(small)) {
            Path out = Files.createDirectory(disk.getPath("/out"));
            Path kept = Files.writeString(out.resolve("kept.wav"), "kept");
            AudioBuffer tooLong = new AudioBuffer(new float[2][200_000], 48000);
            assertRefused(kept, "space", () -> WavWriter.write(kept, tooLong, WavWriter.SampleFormat.PCM_16, ""));
            Path latents = out.resolve("latents.npy");
            assertRefused(latents, "space", () -> NpyWriter.write(latents, FloatBuffer.allocate(200_000), 200_000));
            assertEquals("kept", Files.readString(kept));
            assertEquals(List.of(kept), content(out));

            AtomicFile.write(kept, NEW);
            assertEquals("new", Files.readString(kept));
        }
    }

    @Test
    void aMissingFolderIsNamed() throws IOException {
        Path file = folder.resolve("missing").resolve("song.wav");
        assertRefused(file, "the folder " + folder.resolve("missing") + " doesn't exist; create it first");
        assertEquals(List.of(), content(folder));
    }

    @Test
    void aFolderIsNotAFile() throws IOException {
        assertRefused(folder, "is a folder; give the name of a file in it");
        assertEquals(List.of(), content(folder));
    }

    @Test
    void aFileIsNotAFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        assertRefused(file.resolve("song.wav"), file + " is not a folder");
    }

    /** The class library's own file system: read-only for every user, root included. */
    @Test
    void aReadOnlyFolderIsNamed() {
        Path readOnly = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules/java.base");
        assertRefused(readOnly.resolve("song.wav"), "the folder " + readOnly + " is read-only");
    }

    @Test
    void aRelativeNameIsWrittenWhereItIs() throws IOException {
        try (FileSystem disk = Jimfs.newFileSystem(Configuration.unix())) {
            Path file = disk.getPath("song.json");
            AtomicFile.write(file, NEW);
            assertEquals("new", Files.readString(file.toAbsolutePath()));
        }
    }

    private static void assertRefused(Path file, String problem) {
        assertRefused(file, problem, () -> AtomicFile.requireWritable(file));
        assertRefused(file, problem, () -> AtomicFile.write(file, NEW));
    }

    private static void assertRefused(Path file, String problem, Runnable write) {
        String message = assertThrows(FileWriteException.class, write::run).getMessage();
        assertTrue(message.startsWith(file + ": ") && message.contains(problem), message);
        assertEquals(1, message.lines().count());
    }

    private static List<Path> content(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }
}
