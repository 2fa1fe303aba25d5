package acestep4j.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of the matrix of songs.
 *
 * @param precision one of the bundle's, or {@code auto}
 * @param seconds duration of the music
 * @param steps diffusion steps
 */
record SongCase(String precision, double seconds, int steps) {
    /** The kind of a row about the song as a whole. */
    static final String SONG = "song";

    /**
     * The fields that tell this row from others.
     *
     * @param kind what was measured of this song
     */
    Map<String, Object> key(String kind, BundleFlags flags, int round) {
        Map<String, Object> key = new LinkedHashMap<>();
        key.put("kind", kind);
        key.put("side", "acestep4j");
        key.put(
                "bundle",
                flags.bundle.toAbsolutePath().normalize().getFileName().toString());
        key.put("precision", precision);
        key.put("device", flags.device);
        key.put("offload", flags.offload);
        key.put("threads", flags.threads);
        key.put("seconds", seconds);
        key.put("steps", steps);
        key.put("round", round);
        return key;
    }
}
