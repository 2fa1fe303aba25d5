package acestep4j.request;

import java.util.OptionalDouble;

/** A request for music without a source, which says how long it is to be. */
public sealed interface TimedRequest extends GenerationRequest permits TextToMusicRequest, RetakeRequest {
    /** Seconds, 1 to 240. */
    OptionalDouble duration();

    /** Whether to draw a duration from 30 to 240 seconds. */
    boolean randomDuration();
}
