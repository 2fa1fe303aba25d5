package acestep4j.library;

import java.nio.file.Path;

/**
 * An entry that isn't what was written, and that the library therefore doesn't give out.
 *
 * @param file where it is now: set aside with the ending {@code .damaged}, or still in its place where it can't be moved
 * @param problem what is wrong
 */
public record DamagedEntry(Path file, String problem) {}
