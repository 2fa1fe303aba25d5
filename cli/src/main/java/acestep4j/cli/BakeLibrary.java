package acestep4j.cli;

import acestep4j.GenerationResult;
import acestep4j.library.LibraryEntry;
import acestep4j.library.LibraryOptions;
import acestep4j.library.MusicLibrary;
import acestep4j.library.Recipe;
import acestep4j.library.StorageForm;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;

/** A soundtrack as entries of a library. What is damaged there is made again. */
final class BakeLibrary implements BakeTarget {
    private final MusicLibrary library;
    private final Optional<StorageForm> form;

    /** @param form of all entries; when left out new ones are samples of 16 bits, and those that are there stay as they are */
    BakeLibrary(Path folder, Optional<StorageForm> form, PrintWriter err) {
        this.form = form;
        library = MusicLibrary.open(
                folder,
                LibraryOptions.defaults()
                        .withForm(form.orElse(StorageForm.PCM_16))
                        .withOnDamage(damaged -> err.println(
                                "acestep4j: warning: " + damaged.file() + ": is damaged: " + damaged.problem())));
        library.verify();
    }

    @Override
    public boolean has(Track track, Recipe recipe) {
        Optional<LibraryEntry> entry =
                library.find(recipe).filter(found -> form.isEmpty() || form.get() == found.form());
        entry.filter(found -> !found.labels().equals(track.labels()))
                .ifPresent(found -> library.relabel(found, track.labels()));
        return entry.isPresent();
    }

    @Override
    public void put(Track track, GenerationResult result) {
        library.put(result, 0, track.labels());
    }

    @Override
    public void close() {
        library.close();
    }
}
