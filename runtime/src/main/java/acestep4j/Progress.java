package acestep4j;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a generation is.
 *
 * @param stage the part that runs
 * @param step how many of this stage's steps are done, from 0 to {@code total}
 * @param total the number of this stage's steps, 1 or more
 * @param elapsed time since the generation began
 * @param eta estimated time to the end of this stage; empty before its first step is done
 */
public record Progress(Stage stage, int step, int total, Duration elapsed, Optional<Duration> eta) {}
