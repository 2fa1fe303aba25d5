package acestep4j.request;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How the end of a loop is made to run into its beginning. */
public enum LoopSeam {
    /**
     * The model makes the music around the seam anew, between what comes before it and what comes after it, and the sound is
     * decoded as a circle.
     */
    REPAINT,

    /** What the model plays on beyond the end fades out while the beginning fades in, with equal power. */
    CROSSFADE;

    /** The name in lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The seam of that name, as {@link #label} gives it. */
    public static Optional<LoopSeam> labelled(String label) {
        return Arrays.stream(values())
                .filter(seam -> seam.label().equals(label))
                .findFirst();
    }
}
