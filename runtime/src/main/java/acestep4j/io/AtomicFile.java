package acestep4j.io;

import acestep4j.FileWriteException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a file all or not at all: under a temporary name in the same folder, then moved to its name, over a file that is
 * already there. After a failure the temporary file is gone and the old file untouched.
 *
 * <p>Thread-safe; of two writers of one file the last one wins.
 */
public final class AtomicFile {
    /** Writes a file's content; the stream isn't buffered and isn't closed here. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** As {@link Content}, for formats that go back to fill in their header; the channel isn't closed here. */
    @FunctionalInterface
    public interface SeekableContent {
        void writeTo(SeekableByteChannel channel) throws IOException;
    }

    private AtomicFile() {}

    /**
     * @throws FileWriteException if the folder is missing or read-only, the file is a folder or a device, or the disk is
     *     full
     */
    public static void write(Path file, Content content) {
        writeSeekable(file, channel -> content.writeTo(Channels.newOutputStream(channel)));
    }

    /** @throws FileWriteException as {@link #write} */
    public static void writeSeekable(Path file, SeekableContent content) {
        write(file, content, false);
    }

    /**
     * As {@link #write}, and on the disk when it returns, under its name: a crash of the whole machine after that doesn't
     * take it away. Takes the time that the disk needs.
     *
     * @throws FileWriteException as {@link #write}
     */
    public static void writeDurable(Path file, Content content) {
        write(file, channel -> content.writeTo(Channels.newOutputStream(channel)), true);
    }

    private static void write(Path file, SeekableContent content, boolean durable) {
        Path target = followLinks(file);
        Path folder = target.toAbsolutePath().getParent();
        requireWritable(file, target, folder);
        Path temporary = folder.resolve(
                ".acestep4j-" + Long.toHexString(ThreadLocalRandom.current().nextLong()) + ".part");
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                if (durable) {
                    channel.force(true);
                }
            }
            move(temporary, target);
            if (durable) {
                force(folder);
            }
        } catch (IOException | ReadOnlyFileSystemException e) {
            FileWriteException failure = new FileWriteException(file + ": can't be written: " + reason(e), e);
            remove(temporary, failure);
            throw failure;
        } catch (RuntimeException | Error e) {
            remove(temporary, e);
            throw e;
        }
    }

    /**
     * Whether the file could be written as far as can be told without writing: worth asking before a long computation.
     *
     * @throws FileWriteException as {@link #write} would
     */
    public static void requireWritable(Path file) {
        Path target = followLinks(file);
        requireWritable(file, target, target.toAbsolutePath().getParent());
    }

    private static void requireWritable(Path file, Path target, Path folder) {
        if (folder == null || Files.isDirectory(target)) {
            throw new FileWriteException(file + ": is a folder; give the name of a file in it");
        }
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw new FileWriteException(file + ": is not a regular file; give the name of a file");
        }
        if (!Files.exists(folder)) {
            throw new FileWriteException(file + ": the folder " + folder + " doesn't exist; create it first");
        }
        if (!Files.isDirectory(folder)) {
            throw new FileWriteException(file + ": " + folder + " is not a folder");
        }
        if (!Files.isWritable(folder)) {
            throw new FileWriteException(
                    file + ": the folder " + folder + " is read-only; choose another one or change its permissions");
        }
    }

    private static Path followLinks(Path file) {
        try {
            return Files.isSymbolicLink(file) ? file.toRealPath() : file;
        } catch (IOException e) {
            throw new FileWriteException(file + ": is a link that leads nowhere; remove it", e);
        }
    }

    private static void move(Path temporary, Path target) throws IOException {
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Brings a folder's names onto the disk. */
    private static void force(Path folder) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(folder, StandardOpenOption.READ);
        } catch (IOException e) {
            // Windows opens no folders, and needs it for none.
            return;
        }
        try (channel) {
            channel.force(true);
        }
    }

    private static String reason(Exception e) {
        if (e instanceof ReadOnlyFileSystemException) {
            return "the file system is read-only";
        }
        // A file system exception's message starts with the temporary name, and may be nothing else.
        String message = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }

    private static void remove(Path temporary, Throwable failure) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException | ReadOnlyFileSystemException e) {
            failure.addSuppressed(e);
        }
    }
}
