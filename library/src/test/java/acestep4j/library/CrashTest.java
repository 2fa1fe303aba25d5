package acestep4j.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed while they write, and several at once. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CrashTest {
    private static final int WRITES = Integer.getInteger("acestep4j.library.crash.writes");
    private static final int MOST_BETWEEN_KILLS = 12;

    private final List<DamagedEntry> damaged = new ArrayList<>();
    private final LibraryOptions options =
            LibraryOptions.defaults().withForm(StorageForm.FLOAT_32).withOnDamage(damaged::add);

    @TempDir
    private Path folder;

    @Test
    void aKilledWriterLosesNothingThatItAcknowledged() throws IOException, InterruptedException {
        Random random = new Random(8);
        List<Long> acknowledged = new ArrayList<>();
        for (long seed = 1; acknowledged.size() < WRITES; seed += 1000) {
            WriterProcess writer = new WriterProcess(folder, seed, 1000, LibraryOptions.UNLIMITED);
            int before = 1 + random.nextInt(MOST_BETWEEN_KILLS);
            for (int i = 0; i < before; i++) {
                assertTrue(writer.next());
            }
            Thread.sleep(0, random.nextInt(1_000_000));
            busy(random.nextInt(4_000_000));
            writer.kill();
            acknowledged.addAll(writer.acknowledged);
            assertWhole(acknowledged);
        }
        // The next write takes away what the killed ones left.
        try (MusicLibrary library = MusicLibrary.open(folder, options)) {
            library.put(Synthetic.result(0), 0, EntryLabels.named("0"));
        }
        assertEquals(List.of(), files(".part"));
    }

    @Test
    void twoProcessesWriteTheSameAndOthers() throws IOException, InterruptedException {
        WriterProcess one = new WriterProcess(folder, 1, 20, LibraryOptions.UNLIMITED);
        WriterProcess other = new WriterProcess(folder, 11, 20, LibraryOptions.UNLIMITED);
        assertEquals(0, one.await());
        assertEquals(0, other.await());
        Set<Long> all = new HashSet<>(one.acknowledged);
        all.addAll(other.acknowledged);
        assertEquals(30, all.size());
        assertWhole(all);
        assertEquals(List.of(), files(".part"));
    }

    @Test
    void aReaderGetsTheRightSoundOrNoneWhileAnotherProcessRemoves() throws IOException, InterruptedException {
        WriterProcess writer = new WriterProcess(folder, 1, 40, 1_200_000);
        int read = 0;
        try (MusicLibrary library = MusicLibrary.open(folder, options)) {
            while (writer.next()) {
                for (LibraryEntry entry : library.entries()) {
                    read += readIfThere(library, entry);
                }
            }
            assertEquals(0, writer.await());
            assertTrue(read > 0);
            assertTrue(library.bytes() <= 1_200_000);
            assertFalse(library.entries().isEmpty());
            assertEquals(List.of(), library.verify());
        }
        assertEquals(List.of(), damaged);
    }

    private static int readIfThere(MusicLibrary library, LibraryEntry entry) {
        try {
            assertEquals(entry.pcmSha256(), library.read(entry).sha256());
            return 1;
        } catch (LibraryException e) {
            assertTrue(e.getMessage().contains("isn't there any more"), e.getMessage());
            return 0;
        }
    }

    /** All that was acknowledged is there, and all that is there is right. */
    private void assertWhole(Iterable<Long> acknowledged) {
        try (MusicLibrary library = MusicLibrary.open(folder, options)) {
            for (long seed : acknowledged) {
                assertTrue(library.find(Synthetic.recipe(seed)).isPresent(), "seed " + seed);
            }
            for (LibraryEntry entry : library.entries()) {
                long seed = entry.recipe().seeds().get(0);
                String expected = Synthetic.result(seed).audio().get(0).sha256();
                assertEquals(expected, library.read(entry).sha256(), "seed " + seed);
            }
        }
        assertEquals(List.of(), damaged);
    }

    private static void busy(int nanoseconds) {
        long end = System.nanoTime() + nanoseconds;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    private List<Path> files(String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }
}
