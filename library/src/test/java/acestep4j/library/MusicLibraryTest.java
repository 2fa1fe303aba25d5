package acestep4j.library;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.ClosedException;
import acestep4j.FileWriteException;
import acestep4j.GenerationResult;
import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioBuffer;
import acestep4j.quality.QualityException;
import acestep4j.quality.QualityGate;
import acestep4j.quality.QualityPolicy;
import acestep4j.quality.QualityProblem;
import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MusicLibraryTest {
    private static final LibraryOptions EXACT = LibraryOptions.defaults().withForm(StorageForm.FLOAT_32);

    private final List<DamagedEntry> damaged = new ArrayList<>();
    private final LibraryOptions options = EXACT.withOnDamage(damaged::add);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = {"PCM_16", "PCM_24", "FLOAT_32"})
    void aSoundComesBackInItsForm(StorageForm form) {
        GenerationResult result = Synthetic.result(1);
        AudioBuffer audio = result.audio().get(0);
        try (MusicLibrary library = open()) {
            LibraryEntry entry = library.put(result, 0, EntryLabels.named("a"), form);
            AudioBuffer read = library.read(entry);
            assertEquals(audio.sampleRate(), read.sampleRate());
            double step = form == StorageForm.FLOAT_32 ? 0 : form == StorageForm.PCM_24 ? 0x1p-23 : 0x1p-15;
            for (int channel = 0; channel < 2; channel++) {
                assertArrayEquals(audio.samples()[channel], read.samples()[channel], (float) step);
            }
            assertEquals(audio.sha256(), entry.pcmSha256());
            // The noise has values of 24 bits.
            assertEquals(form != StorageForm.PCM_16, audio.sha256().equals(read.sha256()));
        }
    }

    @Test
    void everythingIsThereAfterARestart() {
        EntryLabels labels = EntryLabels.named("Dawn").withStyle("calm").withTags("piano", "night");
        LibraryEntry put;
        try (MusicLibrary library = open()) {
            put = library.put(Synthetic.result(3), 0, labels, StorageForm.COMPACT_LATENTS);
            library.put(Synthetic.result(4), 0, EntryLabels.named("Dusk").withStyle("calm"));
        }
        try (MusicLibrary library = open()) {
            assertEquals(List.of("Dawn", "Dusk"), names(library.entries()));
            assertEquals(put, library.entries().get(0));
            assertEquals(put, library.find(Synthetic.recipe(3)).orElseThrow());
            assertTrue(library.find(Synthetic.recipe(5)).isEmpty());
            assertEquals(List.of("Dawn"), names(library.findByName("Dawn")));
            assertEquals(List.of("Dawn", "Dusk"), names(library.findByStyle("calm")));
            assertEquals(List.of("Dawn"), names(library.findByTags("night", "piano")));
            assertEquals(List.of(), names(library.findByTags("night", "day")));
            assertTrue(put.receipt().contains("\"prompt\":\"noise\""));

            LibraryException refused = assertThrows(LibraryException.class, () -> library.read(put));
            assertTrue(refused.getMessage().contains("is kept as compact_latents"), refused.getMessage());
        }
    }

    @Test
    void otherLabelsAndRemoval() {
        try (MusicLibrary library = open();
                MusicLibrary other = open()) {
            LibraryEntry entry = library.put(Synthetic.result(3), 0, EntryLabels.named("a"));
            library.relabel(entry, EntryLabels.named("b").withTags("x"));
            assertEquals(List.of("b"), names(other.findByTags("x")));
            assertEquals(entry.pcmSha256(), other.read(entry).sha256());
            assertTrue(other.remove(entry));
            assertFalse(library.remove(entry));
            assertEquals(List.of(), library.entries());
            assertThrows(LibraryException.class, () -> library.read(entry));
            assertThrows(LibraryException.class, () -> library.relabel(entry, EntryLabels.named("c")));
        }
        assertThrows(InvalidRequestException.class, () -> EntryLabels.named("a").withTags(" "));
    }

    @Test
    void theLeastRecentlyUsedGoesFirst() throws IOException {
        Ticks clock = new Ticks();
        long size = sizeOfOne();
        LibraryOptions limited = options.withLimit(3 * size + size / 2);
        try (MusicLibrary library = MusicLibrary.open(folder, limited, clock)) {
            for (long seed = 1; seed <= 3; seed++) {
                library.put(Synthetic.result(seed, 1000), 0, EntryLabels.named("" + seed));
            }
            library.read(library.find(Synthetic.recipe(1)).orElseThrow());
        }
        // The times of use survive a restart.
        try (MusicLibrary library = MusicLibrary.open(folder, limited, clock)) {
            library.put(Synthetic.result(4, 1000), 0, EntryLabels.named("4"));
            assertEquals(List.of("1", "3", "4"), names(library.entries()));
            library.read(library.find(Synthetic.recipe(3)).orElseThrow());
            library.put(Synthetic.result(5, 1000), 0, EntryLabels.named("5"));
            assertEquals(List.of("3", "4", "5"), names(library.entries()));
            assertEquals(3 * size, library.bytes());

            // What is damaged goes before anything that is whole.
            damage(library.entries().get(2), 700);
            assertEquals(1, library.verify().size());
            library.put(Synthetic.result(6, 1000), 0, EntryLabels.named("6"));
            assertEquals(List.of("3", "4", "6"), names(library.entries()));
            assertEquals(0, files(".damaged").size());

            LibraryException tooLarge = assertThrows(
                    LibraryException.class, () -> library.put(Synthetic.result(7, 50_000), 0, EntryLabels.named("7")));
            assertTrue(tooLarge.getMessage().contains("raise the limit"), tooLarge.getMessage());
            assertEquals(List.of("3", "4", "6"), names(library.entries()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 13, 20, 40, 300, 1500, 4000, -40, -1})
    void aChangedByteIsNeverReturned(int index) throws IOException {
        LibraryEntry entry;
        try (MusicLibrary library = open()) {
            entry = library.put(Synthetic.result(3, 1000), 0, EntryLabels.named("a"));
            library.put(Synthetic.result(4, 1000), 0, EntryLabels.named("b"));
        }
        damage(entry, index);
        try (MusicLibrary library = open()) {
            if (index >= 0 && index < 2000) {
                assertEquals(List.of("b"), names(library.entries()));
            } else {
                LibraryException refused = assertThrows(LibraryException.class, () -> library.read(entry));
                assertTrue(refused.getMessage().contains("is damaged"), refused.getMessage());
            }
            assertEquals(List.of("b"), names(library.entries()));
            assertEquals(1, damaged.size());
            assertTrue(Files.exists(damaged.get(0).file()));
            assertEquals(List.of(entry.key() + ".damaged"), files(".damaged"));

            library.put(Synthetic.result(3, 1000), 0, EntryLabels.named("a"));
            assertEquals(entry.pcmSha256(), library.read(entry).sha256());
        }
    }

    @Test
    void truncatedRenamedAndForeignFiles() throws IOException {
        try (MusicLibrary library = open()) {
            for (long seed = 1; seed <= 4; seed++) {
                library.put(Synthetic.result(seed, 1000), 0, EntryLabels.named("" + seed));
            }
            Path first = file(library.entries().get(0));
            Files.write(first, Arrays.copyOf(Files.readAllBytes(first), 2000));
            Path second = file(library.entries().get(0));
            Files.write(second, new byte[0]);
            Files.copy(file(library.entries().get(0)), folder.resolve("ab".repeat(32) + EntryFile.ENDING));
            Files.writeString(folder.resolve("readme.txt"), "not an entry");
            Files.createDirectory(folder.resolve("cd".repeat(32) + EntryFile.ENDING));
        }
        try (MusicLibrary library = open()) {
            assertEquals(List.of("3", "4"), names(library.entries()));
            assertEquals(3, files(".damaged").size());
            assertEquals(3, damaged.size());
            assertEquals(List.of(), library.verify());
        }
        assertTrue(Files.exists(folder.resolve("readme.txt")));
    }

    @Test
    void whatANewerVersionWroteStays() throws IOException {
        try (MusicLibrary library = open()) {
            LibraryEntry entry = library.put(Synthetic.result(1, 1000), 0, EntryLabels.named("a"));
            byte[] bytes = Files.readAllBytes(file(entry));
            bytes[8] = 2;
            Files.write(file(entry), bytes);
            assertEquals(List.of(), library.entries());
            assertEquals(List.of(), library.entries());
            assertEquals(1, damaged.size());
            assertTrue(damaged.get(0).problem().contains("newer"), damaged.toString());
            assertEquals(List.of(), library.verify());
            assertTrue(Files.exists(file(entry)));
        }
    }

    @Test
    void aFullDiskLosesNothing() throws IOException {
        Configuration small = Configuration.unix().toBuilder()
                .setMaxSize(512 * 1024)
                .setBlockSize(4096)
                .build();
        try (FileSystem disk = Jimfs.newFileSystem(small);
                MusicLibrary library = MusicLibrary.open(disk.getPath("/library"), options)) {
            int kept = 0;
            FileWriteException full = null;
            for (long seed = 1; full == null; seed++) {
                try {
                    library.put(Synthetic.result(seed, 10_000), 0, EntryLabels.named("" + seed));
                    kept++;
                } catch (FileWriteException e) {
                    full = e;
                }
            }
            assertTrue(full.getMessage().contains("out of disk space"), full.getMessage());
            assertTrue(kept >= 3, kept + " kept");
            assertEquals(kept, library.entries().size());
            for (LibraryEntry entry : library.entries()) {
                assertEquals(entry.pcmSha256(), library.read(entry).sha256());
            }
            try (Stream<Path> files = Files.list(disk.getPath("/library"))) {
                assertTrue(files.noneMatch(file -> file.toString().endsWith(".part")));
            }
            library.remove(library.entries().get(0));
            library.put(Synthetic.result(99, 10_000), 0, EntryLabels.named("99"));
            assertTrue(library.find(Synthetic.recipe(99)).isPresent());
        }
    }

    @Test
    void whatTheGateFindsStaysWithTheEntry() {
        GenerationResult tooShort = Synthetic.result(1, 1000);
        LibraryEntry marked;
        try (MusicLibrary library = open()) {
            assertTrue(library.put(Synthetic.result(2, 48_000), 0, EntryLabels.named("good"))
                    .isGood());
            LibraryEntry put = library.put(tooShort, 0, EntryLabels.named("a"));
            assertEquals(QualityProblem.LENGTH, put.findings().get(0).problem());
            marked = library.relabel(put, EntryLabels.named("b"));
            assertEquals(put.findings(), marked.findings());
        }
        LibraryOptions strict = options.withQuality(QualityGate.defaults(), QualityPolicy.fail());
        try (MusicLibrary library = MusicLibrary.open(folder, strict)) {
            assertEquals(marked, library.entries().get(0));
            library.remove(marked);
            QualityException refused =
                    assertThrows(QualityException.class, () -> library.put(tooShort, 0, EntryLabels.named("a")));
            assertTrue(refused.getMessage().contains("expected 1.00 s, found 0.02 s"), refused.getMessage());
            assertEquals(List.of("good"), names(library.entries()));
        }
        InvalidRequestException retries = assertThrows(
                InvalidRequestException.class,
                () -> options.withQuality(
                        QualityGate.defaults(), QualityPolicy.fail().withRetries(1)));
        assertEquals("retries", retries.field());
    }

    @Test
    void threadsAndLibrariesOfOneProcessWriteAtOnce() {
        try (MusicLibrary library = open();
                MusicLibrary other = open()) {
            List<CompletableFuture<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                MusicLibrary own = writer % 2 == 0 ? library : other;
                writers.add(CompletableFuture.runAsync(() -> {
                    for (long seed = 1; seed <= 6; seed++) {
                        own.put(Synthetic.result(seed, 1000), 0, EntryLabels.named("" + seed));
                    }
                }));
            }
            writers.forEach(CompletableFuture::join);
            assertEquals(List.of("1", "2", "3", "4", "5", "6"), names(other.entries()));
            assertEquals(List.of(), library.verify());
        }
    }

    @Test
    void aReadOnlyLibraryIsRead() throws IOException {
        LibraryEntry entry;
        try (MusicLibrary library = open()) {
            entry = library.put(Synthetic.result(1, 1000), 0, EntryLabels.named("a"));
            damage(library.put(Synthetic.result(2, 1000), 0, EntryLabels.named("b")), 60);
        }
        Files.delete(folder.resolve(".lock"));
        boolean isReadOnly = folder.toFile().setWritable(false) && !Files.isWritable(folder);
        try (MusicLibrary library = open()) {
            assertEquals(entry.pcmSha256(), library.read(entry).sha256());
            assertEquals(List.of("a"), names(library.entries()));
            assertEquals(1, damaged.size());
            // Root may write everywhere.
            if (isReadOnly) {
                assertThrows(
                        LibraryException.class,
                        () -> library.put(Synthetic.result(3, 1000), 0, EntryLabels.named("c")));
                assertEquals(List.of(), files(".damaged"));
            }
        } finally {
            assertTrue(folder.toFile().setWritable(true));
        }
    }

    @Test
    void closingTwiceIsHarmless() {
        MusicLibrary library = open();
        library.put(Synthetic.result(1, 1000), 0, EntryLabels.named("a"));
        library.close();
        library.close();
        assertThrows(ClosedException.class, library::entries);
        assertThrows(InvalidRequestException.class, () -> options.withLimit(0));
        Path file = folder.resolve("readme.txt");
        assertThrows(LibraryException.class, () -> {
            Files.writeString(file, "a file");
            MusicLibrary.open(file, options);
        });
    }

    private MusicLibrary open() {
        return MusicLibrary.open(folder, options);
    }

    private long sizeOfOne() throws IOException {
        try (MusicLibrary library = MusicLibrary.open(folder.resolve("size"), options, new Ticks())) {
            return library.put(Synthetic.result(1, 1000), 0, EntryLabels.named("1"))
                    .bytes();
        }
    }

    private Path file(LibraryEntry entry) {
        return folder.resolve(entry.key() + EntryFile.ENDING);
    }

    /** @param index of the byte to change, from the file's end when negative */
    private void damage(LibraryEntry entry, int index) throws IOException {
        byte[] bytes = Files.readAllBytes(file(entry));
        bytes[index < 0 ? bytes.length + index : index] ^= 0x10;
        Files.write(file(entry), bytes);
    }

    private List<String> files(String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> names(List<LibraryEntry> entries) {
        return entries.stream().map(entry -> entry.labels().name()).toList();
    }

    /** A second passes at each look. */
    private static final class Ticks extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public Instant instant() {
            now = now.plusSeconds(1);
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
