package acestep4j.audio;

/** One sound fades out while another fades in, so that sounds that have nothing in common are together as loud as each alone. */
public final class EqualPower {
    private EqualPower() {}

    /** @param position frames since the beginning of the fade, of its {@code length} */
    public static float mix(float leaving, float entering, int position, int length) {
        double angle = angle(position, length);
        return (float) (Math.cos(angle) * leaving + Math.sin(angle) * entering);
    }

    /** From 0 at the beginning of the fade to a right angle at its end: its cosine weighs what leaves, its sine what enters. */
    public static double angle(int position, int length) {
        return Math.PI / 2 * position / length;
    }
}
