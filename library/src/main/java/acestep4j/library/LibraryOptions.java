package acestep4j.library;

import acestep4j.InvalidRequestException;
import acestep4j.quality.QualityGate;
import acestep4j.quality.QualityPolicy;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How a library is opened. Immutable; the methods that start with "with" give changed copies.
 *
 * @param limit the most bytes that all files together may have; when a new entry goes beyond it, those that weren't used
 *     for the longest time are removed
 * @param form how new entries are kept, unless said otherwise
 * @param onDamage is told of each entry that is found damaged; called by whatever thread finds it
 * @param qualityGate what music is checked for when it is put there
 * @param qualityPolicy whether music in which something is found is kept with its findings, or fails
 */
public record LibraryOptions(
        long limit,
        StorageForm form,
        Consumer<DamagedEntry> onDamage,
        QualityGate qualityGate,
        QualityPolicy qualityPolicy) {
    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** @throws InvalidRequestException for a limit below 1, and for retries, whose music would have another recipe */
    public LibraryOptions {
        if (limit < 1) {
            throw new InvalidRequestException("limit", "expected at least 1 byte, found " + limit);
        }
        Objects.requireNonNull(form, "form");
        Objects.requireNonNull(onDamage, "onDamage");
        Objects.requireNonNull(qualityGate, "qualityGate");
        Objects.requireNonNull(qualityPolicy, "qualityPolicy");
        if (qualityPolicy.retries() > 0) {
            throw new InvalidRequestException(
                    "retries",
                    "expected 0 for a library, as music of other seeds has another recipe, found "
                            + qualityPolicy.retries() + "; ask again with another seed");
        }
    }

    /**
     * No limit, samples of 16 bits, damage is passed over in silence, and music is checked for what
     * {@link QualityGate#defaults} says and kept with what was found.
     */
    public static LibraryOptions defaults() {
        return new LibraryOptions(
                UNLIMITED, StorageForm.PCM_16, damaged -> {}, QualityGate.defaults(), QualityPolicy.handOut());
    }

    /** @param bytes the most that all files together may have */
    public LibraryOptions withLimit(long bytes) {
        return new LibraryOptions(bytes, form, onDamage, qualityGate, qualityPolicy);
    }

    public LibraryOptions withForm(StorageForm chosen) {
        return new LibraryOptions(limit, chosen, onDamage, qualityGate, qualityPolicy);
    }

    public LibraryOptions withOnDamage(Consumer<DamagedEntry> listener) {
        return new LibraryOptions(limit, form, listener, qualityGate, qualityPolicy);
    }

    /**
     * What music is checked for, and what is done when something is found.
     *
     * @param policy without retries
     */
    public LibraryOptions withQuality(QualityGate gate, QualityPolicy policy) {
        return new LibraryOptions(limit, form, onDamage, gate, policy);
    }
}
