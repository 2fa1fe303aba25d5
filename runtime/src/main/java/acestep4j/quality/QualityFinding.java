package acestep4j.quality;

/**
 * Something that is wrong with a sound.
 *
 * @param item the item of the batch, counted from 0
 * @param description what was expected and what was found
 */
public record QualityFinding(int item, QualityProblem problem, String description) {}
