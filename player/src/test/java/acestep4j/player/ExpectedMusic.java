package acestep4j.player;

/**
 * What {@link AdaptiveMusic} says that is to be heard, frame by frame and as plainly as it can be said: tracks that repeat, and
 * crossfades that begin on bar lines. What is asked for, and when music that is heard once is over, comes from the score.
 */
final class ExpectedMusic {
    private static final int SHORTEST_FADE = 480;
    private static final int JOINT_OF_A_BRIDGE = 2_400;

    private final float[] frame = new float[Track.CHANNELS];
    private Sound playing;

    /** What fades in; null when nothing does. */
    private Sound entering;

    private int fade;
    private int faded;
    private int crossfades;
    private int bridges;
    private int missingBridges;

    /** @param first what it begins with, out of silence */
    ExpectedMusic(Part first) {
        // A passage of silence, over when the music has faded in.
        playing = new Sound(Track.loop(Tracks.constantSound(0, 0, SHORTEST_FADE), 1, 1), first, 0);
        begin(new Sound(first.track(), first, 0), SHORTEST_FADE);
    }

    int crossfades() {
        return crossfades;
    }

    int bridges() {
        return bridges;
    }

    /** Crossfades that stood in for bridges. */
    int missingBridges() {
        return missingBridges;
    }

    /** The frame that is heard now, left and right. */
    float[] frame() {
        double angle = Math.PI / 2 * faded / fade;
        for (int channel = 0; channel < frame.length; channel++) {
            frame[channel] = entering == null
                    ? playing.sample(channel)
                    : (float) (Math.cos(angle) * playing.sample(channel) + Math.sin(angle) * entering.sample(channel));
        }
        return frame;
    }

    /** The largest step between two frames of what is heard now. */
    float largestStep() {
        return entering == null ? playing.largestStep() : largestStep(playing, entering, fade);
    }

    /**
     * Of two sounds in a crossfade. The squares of their weights add up to 1, so that their steps together are at most the root
     * of the sum of their squares, in phase or not; and the weights turn by a right angle from its beginning to its end.
     */
    private static float largestStep(Sound leaving, Sound entering, int fade) {
        double turning = Math.PI / 2 / fade * Math.hypot(leaving.peak, entering.peak);
        return (float) (Math.hypot(leaving.step, entering.step) + turning);
    }

    /**
     * Goes on to the next frame.
     *
     * @param score what is asked for, should it be on a bar line
     */
    void advance(Score score) {
        boolean isOnBarLine = playing.advance();
        if (entering != null) {
            isOnBarLine = entering.advance();
            faded++;
            if (faded < fade) {
                return;
            }
            playing = entering;
            entering = null;
        }
        if (isOnBarLine) {
            decide(score.goal().orElseThrow(), score);
        }
    }

    private void decide(Part goal, Score score) {
        Part part = playing.part;
        boolean isSame = goal.track() == part.track();
        boolean isEndOfBridge = playing.isBridge && playing.position == playing.track.length();
        Transition transition = score.rules().between(part.state(), goal.state());
        Track bridge = playing.isBridge ? null : score.bridges().get(new Score.Joint(part.track(), goal.track()));
        if (isEndOfBridge) {
            double beats = score.rules().usual().beats();
            begin(new Sound(goal.track(), goal, 0), isSame ? JOINT_OF_A_BRIDGE : playing.track.frames(beats));
        } else if (isSame) {
            playing.part = goal;
        } else if (bridge != null && transition.bridgeBars() > 0) {
            bridges++;
            begin(new Sound(bridge, goal, 0), JOINT_OF_A_BRIDGE);
        } else {
            missingBridges += transition.bridgeBars() > 0 && !playing.isBridge ? 1 : 0;
            boolean isSameState = goal.state().equals(part.state()) && !playing.isBridge;
            int bar = isSameState ? playing.barOfRound() % goal.track().bars() : 0;
            begin(new Sound(goal.track(), goal, bar), playing.track.frames(transition.beats()));
        }
    }

    private void begin(Sound other, int frames) {
        crossfades++;
        entering = other;
        fade = playing.leave(Math.max(SHORTEST_FADE, frames));
        faded = 0;
    }

    @Override
    public String toString() {
        return (entering == null ? "" : "frame " + faded + " of a crossfade of " + fade + ", in ")
                + playing.part.state() + " at " + playing.position;
    }

    /** A track that is heard, its position counted on from round to round. */
    private static final class Sound {
        private final Track track;
        private final boolean isBridge;
        private final int seam;
        private final float step;
        private final float peak;
        private Part part;
        private int bar;
        private int position;
        private int nextBarLine;

        /** Where the round began whose end is heard to its last sample; negative when it repeats. */
        private int lastRound = -1;

        /** @param part what is asked for, with another track when this is a bridge to it */
        Sound(Track track, Part part, int bar) {
            this.track = track;
            this.part = part;
            this.bar = bar;
            isBridge = track != part.track();
            seam = track.seam()[0].length;
            position = barLine(bar);
            nextBarLine = barLine(bar + 1);
            step = Math.max(Tracks.largestStep(track.samples()[0]), Tracks.largestStep(track.samples()[1]));
            peak = Math.max(Tracks.peak(track.samples()[0]), Tracks.peak(track.samples()[1]));
        }

        private int barLine(int number) {
            return number / track.bars() * track.length() + track.barLine(number % track.bars());
        }

        /** Goes on to the next frame; whether it is on a bar line. */
        boolean advance() {
            position++;
            if (position < nextBarLine) {
                return false;
            }
            bar++;
            nextBarLine = barLine(bar + 1);
            return true;
        }

        /** On a bar line: the number of bars before it since the track last began. */
        int barOfRound() {
            return (bar - 1) % track.bars() + 1;
        }

        /**
         * Fades out: what lies behind the end is heard when there is enough of it, or else the beginning once more.
         *
         * @return frames of the fade; a bridge has only what it has
         */
        int leave(int frames) {
            int round = (position - 1) / track.length() * track.length();
            int left = track.heldFrames() - (position - round);
            int fade = isBridge ? Math.min(frames, left) : frames;
            lastRound = fade <= left ? round : -1;
            return fade;
        }

        private int frame() {
            return lastRound < 0 ? position % track.length() : position - lastRound;
        }

        private boolean isInSeam() {
            return position >= track.length() && frame() < seam;
        }

        float sample(int channel) {
            float[] samples = track.samples()[channel];
            int frame = frame();
            if (!isInSeam()) {
                return samples[frame];
            }
            double angle = Math.PI / 2 * frame / seam;
            return (float) (Math.cos(angle) * samples[track.length() + frame] + Math.sin(angle) * samples[frame]);
        }

        float largestStep() {
            return isInSeam() ? ExpectedMusic.largestStep(this, this, seam) : step;
        }
    }
}
