package acestep4j.library;

import acestep4j.InvalidRequestException;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How a library is opened. Immutable; the methods that start with "with" give changed copies.
 *
 * @param limit the most bytes that all files together may have; when a new entry goes beyond it, those that weren't used
 *     for the longest time are removed
 * @param form how new entries are kept, unless said otherwise
 * @param onDamage is told of each entry that is found damaged; called by whatever thread finds it
 */
public record LibraryOptions(long limit, StorageForm form, Consumer<DamagedEntry> onDamage) {
    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** @throws InvalidRequestException for a limit below 1 */
    public LibraryOptions {
        if (limit < 1) {
            throw new InvalidRequestException("limit", "expected at least 1 byte, found " + limit);
        }
        Objects.requireNonNull(form, "form");
        Objects.requireNonNull(onDamage, "onDamage");
    }

    /** No limit, samples of 16 bits, damage is passed over in silence. */
    public static LibraryOptions defaults() {
        return new LibraryOptions(UNLIMITED, StorageForm.PCM_16, damaged -> {});
    }

    /** @param bytes the most that all files together may have */
    public LibraryOptions withLimit(long bytes) {
        return new LibraryOptions(bytes, form, onDamage);
    }

    public LibraryOptions withForm(StorageForm chosen) {
        return new LibraryOptions(limit, chosen, onDamage);
    }

    public LibraryOptions withOnDamage(Consumer<DamagedEntry> listener) {
        return new LibraryOptions(limit, form, listener);
    }
}
