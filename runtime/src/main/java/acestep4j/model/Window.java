package acestep4j.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a row of frames that a graph computes at a time, and the part of it whose result is kept. What the windows of
 * a row keep follows on each other without a gap.
 *
 * @param start the first frame computed
 * @param end the frame after the last one computed
 * @param keptStart the first frame kept, not before {@code start}
 * @param keptEnd the frame after the last one kept, not after {@code end}
 */
record Window(int start, int end, int keptStart, int keptEnd) {
    int length() {
        return end - start;
    }

    int keptLength() {
        return keptEnd - keptStart;
    }

    /**
     * Windows that show each kept frame so many frames to both sides, or the row's end.
     *
     * @param frames length of the row, at least 1
     * @param from and to what is kept together
     * @param longest most frames of a window, more than twice {@code context}
     * @return a single window where one is enough, else as many as keep {@code longest - 2 * context} frames at most
     */
    static List<Window> withContext(int frames, int from, int to, int longest, int context) {
        if (longest <= 2 * context) {
            throw new IllegalArgumentException(
                    "longest window: expected more than " + 2 * context + " frames, found " + longest);
        }
        int inner = longest - 2 * context;
        boolean single = Math.min(frames, to + context) - Math.max(0, from - context) <= longest;
        int count = single ? 1 : (to - from + inner - 1) / inner;
        List<Window> windows = new ArrayList<>();
        int keptStart = from;
        for (int i = 1; i <= count; i++) {
            int keptEnd = from + (int) ((long) (to - from) * i / count);
            int start = Math.max(0, keptStart - context);
            windows.add(new Window(start, Math.min(frames, keptEnd + context), keptStart, keptEnd));
            keptStart = keptEnd;
        }
        return windows;
    }

    /**
     * Windows that show the same context, the first of which keeps a few frames and each other one twice as many as the one
     * before, up to the longest.
     *
     * @param frames length of the row, at least 1
     * @param first how many frames the first window keeps, at least 1
     * @param longest most frames of a window, more than twice {@code context}
     */
    static List<Window> growing(int frames, int first, int longest, int context) {
        int inner = longest - 2 * context;
        List<Window> windows = new ArrayList<>();
        int kept = Math.min(first, inner);
        for (int keptStart = 0; keptStart < frames; ) {
            int keptEnd = Math.min(frames, keptStart + kept);
            int start = Math.max(0, keptStart - context);
            windows.add(new Window(start, Math.min(frames, keptEnd + context), keptStart, keptEnd));
            keptStart = keptEnd;
            kept = Math.min(2 * kept, inner);
        }
        return windows;
    }

    /**
     * Windows of one length, each half a window after the last, cut in the middle of what two of them share; after
     * {@code decode_overlap} in {@code acestep/music_dcae/music_dcae_pipeline.py} at d612523.
     *
     * @param frames length of the row, at least 1
     * @param length of a window, a multiple of 4; the last one may be shorter
     */
    static List<Window> halfOverlapping(int frames, int length) {
        List<Window> windows = new ArrayList<>();
        int hop = length / 2;
        int start = 0;
        int keptStart = 0;
        while (start + hop + hop < frames) {
            windows.add(new Window(start, start + length, keptStart, start + length - length / 4));
            keptStart = start + length - length / 4;
            start += hop;
        }
        windows.add(new Window(start, frames, keptStart, frames));
        return windows;
    }
}
