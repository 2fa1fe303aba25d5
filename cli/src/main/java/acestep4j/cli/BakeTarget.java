package acestep4j.cli;

import acestep4j.GenerationResult;
import acestep4j.library.Recipe;

/** Where a soundtrack goes. */
interface BakeTarget extends AutoCloseable {
    /** Whether the track is there already, made of that recipe. */
    boolean has(Track track, Recipe recipe);

    void put(Track track, GenerationResult result);

    @Override
    void close();
}
