package acestep4j.library;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One writer at a time for a folder, among the threads of this process and among processes. The system gives the lock of a
 * process that dies back. Thread-safe; not reentrant.
 */
final class FolderLock implements AutoCloseable {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(2);

    private final Path file;
    private final ReentrantLock threads = new ReentrantLock();
    private FileChannel channel;

    FolderLock(Path file) {
        this.file = file;
    }

    /** Gives the lock back. */
    @FunctionalInterface
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** @throws LibraryException when the folder is read-only, or another process keeps the lock for more than a minute */
    Held hold() {
        threads.lock();
        boolean isHeld = false;
        try {
            FileLock lock = lock();
            isHeld = true;
            return () -> release(lock);
        } catch (IOException e) {
            throw new LibraryException(
                    file + ": can't be locked for writing: " + e + "; give the library a folder that can be written to",
                    e);
        } finally {
            if (!isHeld) {
                threads.unlock();
            }
        }
    }

    /** Waits by trying: a thread that is interrupted while a channel waits for a lock loses the channel. */
    private FileLock lock() throws IOException {
        if (channel == null || !channel.isOpen()) {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        }
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (true) {
            FileLock lock = tryLock();
            if (lock != null) {
                return lock;
            }
            if (System.nanoTime() - end > 0) {
                throw new LibraryException(file + ": another process has kept this lock for " + LONGEST_WAIT.toSeconds()
                        + " seconds; end it, or use a library of its own");
            }
            LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
        }
    }

    private FileLock tryLock() throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another library object of this process holds it.
            return null;
        }
    }

    private void release(FileLock lock) {
        try {
            lock.release();
        } catch (IOException e) {
            // The channel was closed by an interrupt, which has given the lock back.
            return;
        } finally {
            threads.unlock();
        }
    }

    /**
     * Waits for the holder and closes the file, while no other object of this process holds the lock: closing a file takes
     * all of a process's locks on it away.
     */
    @Override
    public void close() {
        threads.lock();
        try {
            if (channel != null && channel.isOpen()) {
                lock();
                channel.close();
            }
        } catch (IOException e) {
            throw new LibraryException(file + ": can't be closed: " + e, e);
        } finally {
            threads.unlock();
        }
    }
}
