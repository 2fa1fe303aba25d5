package acestep4j.model;

import java.util.Arrays;

/**
 * Lyrics as the condition encoder takes them, for one song.
 *
 * @param ids the token ids; a single 0 for a song without lyrics
 * @param mask 1 for each token that counts, otherwise 0; as long as the ids
 */
public record Lyrics(long[] ids, long[] mask) {
    /** Lyrics of these tokens, all of which count; none at all for an empty array. */
    public static Lyrics of(long[] ids) {
        if (ids.length == 0) {
            return new Lyrics(new long[1], new long[1]);
        }
        long[] mask = new long[ids.length];
        Arrays.fill(mask, 1);
        return new Lyrics(ids, mask);
    }

    /** As many tokens as these under the same mask, all of them 0. */
    public Lyrics blank() {
        return new Lyrics(new long[ids.length], mask);
    }

    /** As many tokens as these, all of them 0, none of which counts. */
    public Lyrics masked() {
        return new Lyrics(new long[ids.length], new long[ids.length]);
    }
}
