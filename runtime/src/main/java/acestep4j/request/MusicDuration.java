package acestep4j.request;

/** How long a piece of music is to be, as a game names it. */
public enum MusicDuration {
    /** 30 seconds. */
    SHORT(30),
    /** 60 seconds. */
    MEDIUM(60),
    /** 120 seconds. */
    LONG(120),
    /** 240 seconds, the longest that the model makes at once. */
    EXTENDED(240);

    private final double seconds;

    MusicDuration(double seconds) {
        this.seconds = seconds;
    }

    public double seconds() {
        return seconds;
    }
}
