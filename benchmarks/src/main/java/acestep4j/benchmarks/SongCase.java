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
    /** The fields that tell this row from others. */
    Map<String, Object> key(BundleFlags flags, int round) {
        Map<String, Object> key = new LinkedHashMap<>();
        key.put("kind", "song");
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
