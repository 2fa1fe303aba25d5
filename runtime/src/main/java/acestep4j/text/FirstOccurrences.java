package acestep4j.text;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * A text in which passages are replaced one after the other, each where it occurs first: Python's
 * {@code text.replace(passage, with, 1)}, without a search through the whole text for each. What was replaced is not found
 * again. Not thread-safe.
 */
final class FirstOccurrences {
    private static final int REPLACED = -1;

    private final int[] text;
    /** The next anchor at or after each index, by way of path compression. */
    private final int[] nextAnchor;
    /** Where the search for a passage goes on, so that a passage that repeats is not sought from the start each time. */
    private final Map<String, Integer> resume = new HashMap<>();

    private final Map<Integer, String> replacements = new HashMap<>();

    /** @param anchor code points of which each passage has one at a place known beforehand */
    FirstOccurrences(int[] text, IntPredicate anchor) {
        this.text = text.clone();
        nextAnchor = new int[text.length + 1];
        for (int i = 0; i <= text.length; i++) {
            nextAnchor[i] = i == text.length || anchor.test(text[i]) ? i : i + 1;
        }
    }

    /**
     * Replaces the part {@code [start, end)} of the first occurrence of the passage, or nothing where there is none left.
     *
     * @param passage with an anchor at {@code start}
     */
    void replace(int[] passage, int start, int end, String with) {
        String key = new String(passage, 0, passage.length);
        int anchor = next(resume.getOrDefault(key, 0));
        while (anchor < text.length && !occurs(passage, anchor - start)) {
            anchor = next(anchor + 1);
        }
        resume.put(key, anchor);
        if (anchor == text.length) {
            return;
        }
        replacements.put(anchor, with);
        for (int i = anchor; i < anchor + end - start; i++) {
            text[i] = REPLACED;
            nextAnchor[i] = i + 1;
        }
    }

    private boolean occurs(int[] passage, int at) {
        return at >= 0
                && at + passage.length <= text.length
                && Arrays.equals(text, at, at + passage.length, passage, 0, passage.length);
    }

    private int next(int index) {
        int anchor = index;
        while (nextAnchor[anchor] != anchor) {
            nextAnchor[anchor] = nextAnchor[nextAnchor[anchor]];
            anchor = nextAnchor[anchor];
        }
        return anchor;
    }

    int[] result() {
        var result = new StringBuilder(text.length);
        for (int i = 0; i < text.length; i++) {
            String with = replacements.get(i);
            if (with != null) {
                result.append(with);
            }
            if (text[i] != REPLACED) {
                result.appendCodePoint(text[i]);
            }
        }
        return result.codePoints().toArray();
    }
}
