package acestep4j.player;

/** Hears what becomes of {@link AdaptiveMusic}, through the executor that was given to it. */
public interface AdaptiveMusicListener {
    /** Music of a state is ready to be heard, at one more intensity or in place of other music. */
    default void ready(String state) {}

    /** Music of this state, or a bridge to it, begins to be heard. */
    default void heard(String state) {}

    /**
     * Music of this state, or a bridge to it, couldn't be made. Music is tried once more, with other seeds if they were given,
     * unless the request itself is at fault; a bridge isn't.
     */
    default void failed(String state, Throwable reason) {}
}
