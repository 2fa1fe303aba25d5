package acestep4j.library;

import java.time.Instant;
import java.util.List;

/**
 * What a library knows about a piece without reading its sound. Immutable.
 *
 * @param recipe what it was made from
 * @param labels what it is looked up by
 * @param created when it was made
 * @param form how it is kept
 * @param sampleRate in Hz
 * @param length samples per channel
 * @param channels 1 or more
 * @param latentsShape channels, height and frames of latents; empty for a form that keeps samples
 * @param pcmSha256 {@link acestep4j.audio.AudioBuffer#sha256} of the sound as it was made, before it was brought into its
 *     form: what the recipe gives again
 * @param receipt the receipt of the generation, one line of JSON
 * @param bytes the size of its file
 */
public record LibraryEntry(
        Recipe recipe,
        EntryLabels labels,
        Instant created,
        StorageForm form,
        int sampleRate,
        int length,
        int channels,
        List<Integer> latentsShape,
        String pcmSha256,
        String receipt,
        long bytes) {
    public LibraryEntry {
        latentsShape = List.copyOf(latentsShape);
    }

    /** The recipe's key, under which the entry is kept. */
    public String key() {
        return recipe.key();
    }

    /** Length in seconds. */
    public double seconds() {
        return (double) length / sampleRate;
    }

    LibraryEntry with(EntryLabels changed) {
        return new LibraryEntry(
                recipe, changed, created, form, sampleRate, length, channels, latentsShape, pcmSha256, receipt, bytes);
    }

    LibraryEntry withBytes(long size) {
        return new LibraryEntry(
                recipe, labels, created, form, sampleRate, length, channels, latentsShape, pcmSha256, receipt, size);
    }
}
