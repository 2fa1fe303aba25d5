package acestep4j.player;

/** One track being heard: where it is, and its next frames. Not thread-safe. */
final class Voice {
    private Part part;
    private final Track track;
    private final boolean isBridge;
    private int frame;
    private boolean isRepeated;
    private boolean isLeaving;

    /** @param frame where to begin, a bar line */
    Voice(Part part, int frame) {
        this(part, part.track(), frame, false);
    }

    private Voice(Part part, Track track, int frame, boolean isBridge) {
        this.part = part;
        this.track = track;
        this.frame = frame;
        this.isBridge = isBridge;
    }

    /** Music between two tracks, for the one that it leads to. */
    static Voice bridge(Part to, Track bridge) {
        return new Voice(to, bridge, 0, true);
    }

    Part part() {
        return part;
    }

    /** The same track is heard on for another state. */
    void becomes(Part other) {
        part = other;
    }

    Track track() {
        return track;
    }

    boolean isBridge() {
        return isBridge;
    }

    int frame() {
        return frame;
    }

    /** The bar that begins here or is under way; after the last one that of the end. */
    int bar() {
        return frame >= track.length() ? track.bars() : track.barAt(frame);
    }

    boolean isAtBarLine() {
        return frame >= track.length() || track.barLine(track.barAt(frame)) == frame;
    }

    /** Frames until the next bar line, where it may be left; behind the last one it begins anew. */
    int toBarLine() {
        int here = frame >= track.length() ? 0 : frame;
        return track.barLine(track.barAt(here) + 1) - here;
    }

    /** Leaves the track: what lies behind its end is heard rather than its beginning, when there is as much as is needed. */
    void leave(int frames) {
        isLeaving = frame + frames <= track.heldFrames();
    }

    /** The longest fade that the track has sound for; what repeats has it for any. */
    int mostLeaving() {
        return isBridge ? track.heldFrames() - frame : Integer.MAX_VALUE;
    }

    /** @param target {@code [channel][frame]}, filled from 0 on */
    void read(float[][] target, int frames) {
        int done = 0;
        while (done < frames) {
            if (frame >= track.length() && !isLeaving) {
                frame = 0;
                isRepeated = true;
            }
            int fading = track.seam()[0].length;
            boolean isInSeam = isRepeated && frame < fading;
            int end = isInSeam ? fading : isLeaving ? track.heldFrames() : track.length();
            int run = Math.min(frames - done, end - frame);
            for (int channel = 0; channel < target.length; channel++) {
                float[] source = isInSeam ? track.seam()[channel] : track.samples()[channel];
                System.arraycopy(source, frame, target[channel], done, run);
            }
            frame += run;
            done += run;
        }
    }
}
