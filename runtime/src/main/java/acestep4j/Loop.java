package acestep4j;

import acestep4j.audio.LoopPoints;
import acestep4j.quality.SeamMeasures;
import java.util.List;

/**
 * Music whose end runs into its beginning, of whole bars. Immutable.
 *
 * @param start the first sample of what is repeated, counted from 0
 * @param length its samples per channel, at the sample rate of the sound
 * @param bars at least 1
 * @param beatsPerBar at least 1
 * @param bpm the tempo as it is, in beats per minute: {@code length} may differ a little from what was asked for
 * @param seams how the end runs into the beginning, one for each item of the batch
 */
public record Loop(int start, int length, int bars, int beatsPerBar, double bpm, List<SeamMeasures> seams) {
    public Loop {
        seams = List.copyOf(seams);
    }

    /** The samples of one bar, which needn't be a whole number. */
    public double barLength() {
        return (double) length / bars;
    }

    /** What is repeated, as audio files say it. */
    public LoopPoints points() {
        return new LoopPoints(start, length);
    }

    /** The sample after the last one of what is repeated. */
    public int end() {
        return start + length;
    }
}
