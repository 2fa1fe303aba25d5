package acestep4j;

import acestep4j.audio.AudioBuffer;
import acestep4j.quality.QualityReport;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;

/** The finished music of one request. Immutable but for the arrays of samples, which are the caller's. */
public final class GenerationResult {
    private final List<AudioBuffer> audio;
    private final float[] latents;
    private final List<Integer> latentsShape;
    private final Receipt receipt;
    private final List<QualityReport> quality;

    /**
     * @param audio one entry for each item of the batch
     * @param latents values in C order, not copied
     * @param latentsShape [batch, channels, height, frames]
     */
    public GenerationResult(List<AudioBuffer> audio, float[] latents, List<Integer> latentsShape, Receipt receipt) {
        this(audio, latents, latentsShape, receipt, List.of());
    }

    private GenerationResult(
            List<AudioBuffer> audio,
            float[] latents,
            List<Integer> latentsShape,
            Receipt receipt,
            List<QualityReport> quality) {
        this.audio = List.copyOf(audio);
        this.latents = latents;
        this.latentsShape = List.copyOf(latentsShape);
        this.receipt = receipt;
        this.quality = List.copyOf(quality);
    }

    /** The sound of each item of the batch. */
    public List<AudioBuffer> audio() {
        return audio;
    }

    /** What the decoder got for the whole batch, as read-only float32 values [batch, channels, height, frames] in C order. */
    public FloatBuffer latents() {
        return FloatBuffer.wrap(latents).asReadOnlyBuffer();
    }

    /** The shape of the latents: batch, channels, height, frames. */
    public List<Integer> latentsShape() {
        return latentsShape;
    }

    public Receipt receipt() {
        return receipt;
    }

    /** Where the music repeats, and how well; empty for music that isn't a loop. */
    public Optional<Loop> loop() {
        return receipt.loop();
    }

    /**
     * What a quality gate found, one report for each attempt, the last one about this music; empty when none was asked.
     * Those before it had other seeds.
     */
    public List<QualityReport> quality() {
        return quality;
    }

    /** The same result with the reports of a quality gate, one for each attempt. */
    public GenerationResult withQuality(List<QualityReport> reports) {
        return new GenerationResult(audio, latents, latentsShape, receipt, reports);
    }
}
