package acestep4j.request;

/** The side of a piece at which it is to grow. */
public enum MusicSide {
    BEFORE,
    AFTER
}
