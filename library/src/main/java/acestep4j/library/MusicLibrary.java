package acestep4j.library;

import acestep4j.AceStep;
import acestep4j.Cancellation;
import acestep4j.ClosedException;
import acestep4j.GenerationResult;
import acestep4j.ProgressListener;
import acestep4j.audio.AudioBuffer;
import acestep4j.io.AtomicFile;
import acestep4j.quality.QualityException;
import acestep4j.quality.QualityFinding;
import acestep4j.quality.QualityReport;
import acestep4j.request.GenerationRequest;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Pieces of music in a folder, each addressed by its recipe. Thread-safe, and several processes may use one folder at once:
 * one writes at a time, reading waits for nobody.
 *
 * <p>A piece is in the library when {@link #put(GenerationResult, int, EntryLabels)} has returned: on the disk, whole, and
 * there after a crash of the process or the machine. What a crash interrupts is there whole or not at all. Every byte is
 * checked before a sound is given out; an entry that isn't what was written is set aside and counts as absent.
 *
 * <p>The folder is the library's own. Its entries' modification times are when they were last used.
 */
public final class MusicLibrary implements AutoCloseable {
    private static final String LOCK = ".lock";
    private static final String DAMAGED_ENDING = ".damaged";
    private static final Pattern ENTRY = Pattern.compile("[0-9a-f]{64}\\" + EntryFile.ENDING);
    private static final Pattern ENTRY_OR_DAMAGED =
            Pattern.compile(ENTRY.pattern() + "|[0-9a-f]{64}\\" + DAMAGED_ENDING);
    private static final Pattern INTERRUPTED = Pattern.compile("\\.acestep4j-[0-9a-f]+\\.part");

    private final Path folder;
    private final LibraryOptions options;
    private final Clock clock;
    private final FolderLock lock;
    private final Map<Path, Known> known = new HashMap<>();
    private volatile boolean closed;

    /** What was read of a file when it had this size and time; empty for one that can't be used. */
    private record Known(long size, FileTime time, Optional<LibraryEntry> entry) {
        boolean isOf(BasicFileAttributes file) {
            return size == file.size() && time.equals(file.lastModifiedTime());
        }
    }

    private record Stored(Path path, long size, FileTime used) {
        boolean isDamaged() {
            return path.getFileName().toString().endsWith(DAMAGED_ENDING);
        }
    }

    private MusicLibrary(Path folder, LibraryOptions options, Clock clock) {
        this.folder = folder;
        this.options = options;
        this.clock = clock;
        this.lock = new FolderLock(folder.resolve(LOCK));
    }

    /**
     * Opens a library and reads what its entries say about themselves, not their sound. Nothing is written but the folder,
     * when it is missing, so that a library on a read-only disk can be read.
     *
     * @throws LibraryException when the folder can't be made or read
     */
    public static MusicLibrary open(Path folder, LibraryOptions options) {
        return open(folder, options, Clock.systemUTC());
    }

    static MusicLibrary open(Path folder, LibraryOptions options, Clock clock) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new LibraryException(folder + ": expected a folder, or a place to make one: " + e, e);
        }
        MusicLibrary library = new MusicLibrary(folder, options, clock);
        library.entries();
        return library;
    }

    /**
     * All entries, those of other processes too, in the order of their names.
     *
     * @throws LibraryException when the folder can't be read
     */
    public List<LibraryEntry> entries() {
        requireOpen();
        List<LibraryEntry> entries = new ArrayList<>();
        for (Stored stored : stored(ENTRY)) {
            load(stored.path()).ifPresent(entries::add);
        }
        entries.sort(Comparator.comparing((LibraryEntry entry) -> entry.labels().name())
                .thenComparing(LibraryEntry::created)
                .thenComparing(LibraryEntry::key));
        return entries;
    }

    /** The entry of a recipe, if it is there. */
    public Optional<LibraryEntry> find(Recipe recipe) {
        requireOpen();
        return load(file(recipe.key()));
    }

    /** The entries with exactly that name. */
    public List<LibraryEntry> findByName(String name) {
        return find(labels -> labels.name().equals(name));
    }

    /** The entries with exactly that style. */
    public List<LibraryEntry> findByStyle(String style) {
        return find(labels -> labels.style().equals(style));
    }

    /** The entries with all of these tags. */
    public List<LibraryEntry> findByTags(String... tags) {
        return find(labels -> labels.tags().containsAll(Arrays.asList(tags)));
    }

    private List<LibraryEntry> find(Predicate<EntryLabels> wanted) {
        return entries().stream().filter(entry -> wanted.test(entry.labels())).toList();
    }

    /**
     * The sound of an entry that is kept as samples.
     *
     * @throws LibraryException when it is kept as latents, was removed meanwhile, or is damaged
     */
    public AudioBuffer read(LibraryEntry entry) {
        return sound(entry, (kept, latents) -> {
            throw new LibraryException(
                    "the entry " + kept.key() + " is kept as " + kept.form().label() + ", which the bundle "
                            + kept.recipe().bundleId() + " turns into sound; open it and give it too");
        });
    }

    /**
     * The sound of an entry. One that is kept as latents is decoded.
     *
     * @param aceStep the open bundle that made it
     * @throws LibraryException when it was removed meanwhile, is damaged, or is kept as latents of another bundle
     * @throws acestep4j.GenerationException when decoding fails
     */
    public AudioBuffer read(LibraryEntry entry, AceStep aceStep) {
        return sound(entry, (kept, latents) -> decode(kept, latents, aceStep));
    }

    private AudioBuffer sound(LibraryEntry entry, BiFunction<LibraryEntry, FloatBuffer, AudioBuffer> decoder) {
        requireOpen();
        Path file = file(entry.key());
        EntrySound sound;
        try {
            sound = EntryFile.read(file, EntrySound::read);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        touch(file);
        return sound.audio()
                .orElseGet(() -> decoder.apply(sound.entry(), sound.latents().orElseThrow()));
    }

    private static AudioBuffer decode(LibraryEntry entry, FloatBuffer latents, AceStep aceStep) {
        String bundleId = aceStep.manifest().id();
        if (!bundleId.equals(entry.recipe().bundleId())) {
            throw new LibraryException("the entry " + entry.key() + " holds latents of the bundle "
                    + entry.recipe().bundleId() + ", found the bundle " + bundleId + "; open that bundle");
        }
        List<Integer> shape = new ArrayList<>(List.of(1));
        shape.addAll(entry.latentsShape());
        AudioBuffer decoded = aceStep.decode(
                        latents, shape, entry.recipe().decoding(), ProgressListener.none(), new Cancellation())
                .get(0);
        return entry.recipe().piece(decoded);
    }

    /**
     * Puts an item of a result into the library in the form of the options, in place of an entry of the same recipe.
     *
     * @param item the item of the batch, counted from 0
     * @throws acestep4j.FileWriteException when it can't be written, such as on a full disk: nothing is left of it then, and
     *     an entry that was there stays
     * @throws QualityException when the quality gate of the options finds something and their policy fails; nothing is kept
     * @throws LibraryException when it is larger than the library's limit, or the folder can't be locked
     */
    public LibraryEntry put(GenerationResult result, int item, EntryLabels labels) {
        return put(result, item, labels, options.form());
    }

    /** As {@link #put(GenerationResult, int, EntryLabels)}, in another form. */
    public LibraryEntry put(GenerationResult result, int item, EntryLabels labels, StorageForm form) {
        requireOpen();
        List<QualityFinding> findings = findings(result, item);
        EntrySound sound = EntrySound.of(result, item, labels, clock.instant(), form, findings);
        FolderLock.Held held = lock.hold();
        try (held) {
            return write(sound.entry(), sound::write);
        }
    }

    /** What the gate finds in one item. */
    private List<QualityFinding> findings(GenerationResult result, int item) {
        List<QualityFinding> findings = options.qualityGate().check(result).findings().stream()
                .filter(finding -> finding.item() == item)
                .toList();
        requireGood(findings);
        return findings;
    }

    private void requireGood(List<QualityFinding> findings) {
        if (options.qualityPolicy().fails() && !findings.isEmpty()) {
            throw new QualityException(List.of(new QualityReport(List.of(), findings)));
        }
    }

    /**
     * The piece that a request asks for: from the library, or else made and put there. What is made now is given as it was
     * made, what comes from the library as it is kept. An entry that is found damaged is made again. What the quality gate
     * found is in the entry.
     *
     * @param request one item, with its seeds and its duration given
     * @param labels of a piece that is made now; one that is there keeps its own
     * @throws acestep4j.InvalidRequestException naming a field that leaves something to chance, or that the bundle can't
     *     carry out
     * @throws QualityException when the policy fails and something was found in the music, now or when it was put there
     * @throws LibraryException as {@link #put(GenerationResult, int, EntryLabels)}
     * @throws acestep4j.FileWriteException as {@link #put(GenerationResult, int, EntryLabels)}
     */
    public Piece getOrGenerate(AceStep aceStep, GenerationRequest request, EntryLabels labels) {
        return getOrGenerate(aceStep, request, labels, ProgressListener.none(), new Cancellation());
    }

    /**
     * As {@link #getOrGenerate(AceStep, GenerationRequest, EntryLabels)}, telling how it gets on.
     *
     * @throws acestep4j.CancelledException when cancelled before it is made
     */
    public Piece getOrGenerate(
            AceStep aceStep,
            GenerationRequest request,
            EntryLabels labels,
            ProgressListener listener,
            Cancellation cancellation) {
        Recipe recipe = Recipe.of(request, aceStep);
        Optional<LibraryEntry> found = find(recipe);
        if (found.isPresent()) {
            requireGood(found.get().findings());
            try {
                return new Piece(found.get(), read(found.get(), aceStep));
            } catch (LibraryException e) {
                // Damaged, or removed by another process: unless it still is there, it is made again.
                if (find(recipe).isPresent()) {
                    throw e;
                }
            }
        }
        GenerationResult result = aceStep.generate(request, listener, cancellation);
        return new Piece(put(result, 0, labels), result.audio().get(0));
    }

    /**
     * Gives an entry other labels.
     *
     * @throws LibraryException when it was removed meanwhile, or is damaged
     * @throws acestep4j.FileWriteException when it can't be written; it stays as it was then
     */
    public LibraryEntry relabel(LibraryEntry entry, EntryLabels labels) {
        requireOpen();
        Path file = file(entry.key());
        FolderLock.Held held = lock.hold();
        try (held) {
            byte[] sound = EntryFile.read(file, (stored, payload) -> payload.readAllBytes());
            return write(EntryFile.readHeader(file).with(labels), out -> out.write(sound));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private LibraryException unreadable(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return new LibraryException(file + ": isn't there any more; make it again from its recipe", e);
        }
        if (e instanceof DamagedEntryException) {
            setAside(file);
            return new LibraryException(
                    file + ": is damaged: " + e.getMessage() + "; make it again from its recipe", e);
        }
        return new LibraryException(file + ": can't be read: " + e, e);
    }

    /**
     * Removes an entry.
     *
     * @return whether it was there
     * @throws LibraryException when it can't be removed
     */
    public boolean remove(LibraryEntry entry) {
        requireOpen();
        Path file = file(entry.key());
        FolderLock.Held held = lock.hold();
        try (held) {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new LibraryException(file + ": can't be removed: " + e, e);
        }
    }

    /**
     * Reads all entries to their last byte; those that aren't what was written are set aside.
     *
     * @return what was found damaged
     * @throws LibraryException when the folder can't be read
     */
    public List<DamagedEntry> verify() {
        requireOpen();
        List<DamagedEntry> damaged = new ArrayList<>();
        for (Stored stored : stored(ENTRY)) {
            problem(stored.path()).flatMap(problem -> setAside(stored.path())).ifPresent(damaged::add);
        }
        return damaged;
    }

    /** The bytes of all files that count towards the limit: entries, and what was set aside. */
    public long bytes() {
        requireOpen();
        return total(stored(ENTRY_OR_DAMAGED));
    }

    /** Refuses further use and gives the lock's file back. Closing twice is harmless; entries stay where they are. */
    @Override
    public void close() {
        closed = true;
        lock.close();
    }

    private void requireOpen() {
        if (closed) {
            throw new ClosedException("this library is closed; open " + folder + " again");
        }
    }

    private Path file(String key) {
        return folder.resolve(key + EntryFile.ENDING);
    }

    /** What is known of a file, which is read only when it has changed. */
    private Optional<LibraryEntry> load(Path file) {
        Known before;
        synchronized (known) {
            before = known.get(file);
        }
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (before != null && before.isOf(attributes)) {
                return before.entry();
            }
            Optional<LibraryEntry> entry = readHeader(file);
            synchronized (known) {
                known.put(file, new Known(attributes.size(), attributes.lastModifiedTime(), entry));
            }
            return entry;
        } catch (NoSuchFileException e) {
            synchronized (known) {
                known.remove(file);
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new LibraryException(file + ": can't be read: " + e, e);
        }
    }

    private Optional<LibraryEntry> readHeader(Path file) throws IOException {
        try {
            return Optional.of(EntryFile.readHeader(file));
        } catch (DamagedEntryException e) {
            setAside(file);
        } catch (LibraryException e) {
            options.onDamage().accept(new DamagedEntry(file, e.getMessage()));
        }
        return Optional.empty();
    }

    /** What is wrong with an entry's file; nothing for one that is whole, not there, or a newer version's. */
    private static Optional<String> problem(Path file) {
        try {
            EntryFile.read(file, EntrySound::read);
            return Optional.empty();
        } catch (DamagedEntryException e) {
            return Optional.of(e.getMessage());
        } catch (NoSuchFileException | LibraryException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new LibraryException(file + ": can't be read: " + e, e);
        }
    }

    /**
     * Renames a damaged entry, unless a whole one has taken its place meanwhile, and tells of it. In a folder that is
     * read-only it stays where it is.
     */
    private Optional<DamagedEntry> setAside(Path file) {
        Optional<DamagedEntry> damaged = Files.isWritable(folder)
                ? renameIfDamaged(file)
                : problem(file).map(problem -> new DamagedEntry(file, problem));
        damaged.ifPresent(options.onDamage());
        return damaged;
    }

    private Optional<DamagedEntry> renameIfDamaged(Path file) {
        FolderLock.Held held = lock.hold();
        try (held) {
            return problem(file).map(problem -> new DamagedEntry(rename(file), problem));
        }
    }

    /** Where the file is afterwards. */
    private static Path rename(Path file) {
        String name = file.getFileName().toString();
        String key = name.substring(0, name.length() - EntryFile.ENDING.length());
        try {
            return Files.move(file, file.resolveSibling(key + DAMAGED_ENDING), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            return file;
        }
    }

    /** The lock is held. */
    private LibraryEntry write(LibraryEntry entry, AtomicFile.Content payload) {
        long size = EntryFile.size(entry);
        if (size > options.limit()) {
            throw new LibraryException("the entry " + entry.key() + " takes " + size
                    + " bytes, expected at most the library's limit of " + options.limit()
                    + "; raise the limit, or keep it in a smaller form");
        }
        stored(INTERRUPTED).forEach(left -> delete(left.path()));
        Path file = file(entry.key());
        EntryFile.write(file, entry, payload);
        touch(file);
        removeLeastRecentlyUsed(file);
        return entry.withBytes(size);
    }

    /** What is damaged goes first. */
    private void removeLeastRecentlyUsed(Path newest) {
        List<Stored> files = stored(ENTRY_OR_DAMAGED);
        long bytes = total(files);
        files.sort(Comparator.comparing((Stored file) -> !file.isDamaged())
                .thenComparing(Stored::used)
                .thenComparing(Stored::path));
        for (Stored file : files) {
            if (bytes <= options.limit()) {
                return;
            }
            if (!file.path().equals(newest) && delete(file.path())) {
                bytes -= file.size();
            }
        }
    }

    /** A file that can't be deleted, such as one that another process reads on Windows, is left for the next time. */
    private static boolean delete(Path file) {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            return false;
        }
    }

    /** Remembers the use; a library that can only be read remembers none. */
    private void touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
        } catch (IOException e) {
            return;
        }
    }

    private static long total(List<Stored> files) {
        return files.stream().mapToLong(Stored::size).sum();
    }

    /** The files with such names. */
    private List<Stored> stored(Pattern names) {
        List<Stored> files = new ArrayList<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(
                folder, path -> names.matcher(path.getFileName().toString()).matches())) {
            for (Path path : paths) {
                describe(path).ifPresent(files::add);
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new LibraryException(folder + ": can't be read: " + e, e);
        }
        return files;
    }

    private static Optional<Stored> describe(Path path) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return attributes.isRegularFile()
                    ? Optional.of(new Stored(path, attributes.size(), attributes.lastModifiedTime()))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
