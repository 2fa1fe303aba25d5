package acestep4j.cli;

import acestep4j.library.EntryLabels;
import acestep4j.library.LibraryEntry;
import acestep4j.library.LibraryOptions;
import acestep4j.library.MusicLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** Which library is meant, and which of its entries. */
final class LibraryFolder {
    @Option(names = "--library", required = true, paramLabel = "DIR", description = "The library.")
    private Path folder;

    @Option(names = "--name", paramLabel = "NAME", description = "Only the entries with this name.")
    private String name;

    @Option(names = "--style", paramLabel = "STYLE", description = "Only the entries with this style.")
    private String style;

    @Option(
            names = "--tag",
            paramLabel = "TAG",
            description = "Only the entries with this tag; more than once for all.")
    private Set<String> tags = Set.of();

    /** Whoever opened it closes it. */
    MusicLibrary open() {
        if (!Files.isDirectory(folder)) {
            throw new InputException("--library: expected the folder of a library, found none at " + folder);
        }
        return MusicLibrary.open(folder, LibraryOptions.defaults());
    }

    List<LibraryEntry> entries(MusicLibrary library) {
        return library.entries().stream()
                .filter(entry -> isMeant(entry.labels()))
                .toList();
    }

    private boolean isMeant(EntryLabels labels) {
        return (name == null || name.equals(labels.name()))
                && (style == null || style.equals(labels.style()))
                && labels.tags().containsAll(tags);
    }
}
