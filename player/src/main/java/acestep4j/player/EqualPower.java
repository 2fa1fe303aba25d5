package acestep4j.player;

/** One sound fades out while another fades in, so that sounds that have nothing in common are together as loud as each alone. */
final class EqualPower {
    private EqualPower() {}

    /** @param position frames since the beginning of the fade, of its {@code length} */
    static float mix(float leaving, float entering, int position, int length) {
        double angle = angle(position, length);
        return (float) (Math.cos(angle) * leaving + Math.sin(angle) * entering);
    }

    static double angle(int position, int length) {
        return Math.PI / 2 * position / length;
    }
}
