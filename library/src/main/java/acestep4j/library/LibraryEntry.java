package acestep4j.library;

import acestep4j.Loop;
import acestep4j.quality.QualityFinding;
import acestep4j.quality.SeamMeasures;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
 * @param findings what the library's quality gate found when it was put there; empty when all is well
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
        List<QualityFinding> findings,
        long bytes) {
    private static final double SECONDS_PER_MINUTE = 60;

    public LibraryEntry {
        latentsShape = List.copyOf(latentsShape);
        findings = List.copyOf(findings);
    }

    /** The recipe's key, under which the entry is kept. */
    public String key() {
        return recipe.key();
    }

    /** Length in seconds. */
    public double seconds() {
        return (double) length / sampleRate;
    }

    /** Whether the quality gate found nothing when it was put there. */
    public boolean isGood() {
        return findings.isEmpty();
    }

    /** The loop that all its sound is, with its seam as it was measured when it was made; empty for other music. */
    public Optional<Loop> loop() {
        if (!recipe.isLoop()) {
            return Optional.empty();
        }
        int bars = (Integer) recipe.taskSettings().get("bars");
        int beatsPerBar = (Integer) recipe.taskSettings().get("beats_per_bar");
        double bpm = bars * beatsPerBar * SECONDS_PER_MINUTE / seconds();
        return Optional.of(new Loop(0, length, bars, beatsPerBar, bpm, List.of(seam())));
    }

    private SeamMeasures seam() {
        JsonObject loop = JsonParser.parseString(receipt).getAsJsonObject().getAsJsonObject("loop");
        return new SeamMeasures(
                loop.get("seam_step").getAsDouble(),
                loop.get("seam_step_quantile").getAsDouble(),
                loop.get("seam_spectral_change").getAsDouble(),
                loop.get("seam_spectral_change_quantile").getAsDouble());
    }

    LibraryEntry with(EntryLabels changed) {
        return copy(changed, bytes);
    }

    LibraryEntry withBytes(long size) {
        return copy(labels, size);
    }

    private LibraryEntry copy(EntryLabels otherLabels, long otherBytes) {
        return new LibraryEntry(
                recipe,
                otherLabels,
                created,
                form,
                sampleRate,
                length,
                channels,
                latentsShape,
                pcmSha256,
                receipt,
                findings,
                otherBytes);
    }
}
