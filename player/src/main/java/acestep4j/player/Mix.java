package acestep4j.player;

import acestep4j.audio.EqualPower;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What is heard, frame by frame: one track, or two while one goes over into the other. Everything is decided at bar lines.
 * Waits for nothing, and needs no memory but at transitions. Not thread-safe but for what it says it heard.
 */
final class Mix {
    private static final int BLOCK = 1024;

    /** 10 ms, too short to be heard as a fade and long enough not to click. */
    static final int SHORTEST_FADE = Track.SAMPLE_RATE / 100;

    /** 50 ms: a bridge has its neighbours' own sound on both sides of it. */
    static final int JOINT = Track.SAMPLE_RATE / 20;

    private final AtomicReference<Score> score;
    private final Runnable onHeard;
    private final float[][] leaving = new float[Track.CHANNELS][BLOCK];
    private final float[][] entering = new float[Track.CHANNELS][BLOCK];
    private Optional<Voice> voice = Optional.empty();
    private Optional<Voice> next = Optional.empty();
    private int faded;
    private int fade;
    private volatile Optional<Part> heard = Optional.empty();

    /** @param onHeard called when other music begins; must not wait */
    Mix(AtomicReference<Score> score, Runnable onHeard) {
        this.score = score;
        this.onHeard = onHeard;
    }

    /** What is heard or fading in; empty before the first music. Any thread may ask. */
    Optional<Part> heard() {
        return heard;
    }

    /**
     * Fills a range of a block, silence included.
     *
     * @param block {@code [channel][frame]}
     */
    void read(float[][] block, int from, int frames) {
        int done = 0;
        while (done < frames) {
            int run = Math.min(BLOCK, frames - done);
            if (next.isPresent()) {
                run = Math.min(run, fade - faded);
                fade(block, from + done, run);
            } else if (voice.isPresent()) {
                run = Math.min(run, voice.get().toBarLine());
                play(voice.get(), block, from + done, run);
            } else if (score.get().goal().isPresent()) {
                begin(score.get().goal().get(), 0, SHORTEST_FADE);
                run = 0;
            } else {
                for (float[] channel : block) {
                    Arrays.fill(channel, from + done, from + done + run, 0);
                }
            }
            done += run;
        }
    }

    private void play(Voice playing, float[][] block, int from, int frames) {
        playing.read(leaving, frames);
        for (int channel = 0; channel < leaving.length; channel++) {
            System.arraycopy(leaving[channel], 0, block[channel], from, frames);
        }
        decideAtBarLine(playing);
    }

    private void fade(float[][] block, int from, int frames) {
        if (voice.isPresent()) {
            voice.get().read(leaving, frames);
        } else {
            for (float[] channel : leaving) {
                Arrays.fill(channel, 0);
            }
        }
        next.get().read(entering, frames);
        for (int i = 0; i < frames; i++) {
            double angle = EqualPower.angle(faded + i, fade);
            double out = Math.cos(angle);
            double in = Math.sin(angle);
            for (int channel = 0; channel < leaving.length; channel++) {
                block[channel][from + i] = (float) (out * leaving[channel][i] + in * entering[channel][i]);
            }
        }
        faded += frames;
        if (faded == fade) {
            voice = next;
            next = Optional.empty();
            decideAtBarLine(voice.get());
        }
    }

    /** At a bar line: on with what is heard, or over to something else. */
    private void decideAtBarLine(Voice playing) {
        if (!playing.isAtBarLine()) {
            return;
        }
        Score now = score.get();
        Part part = playing.part();
        if (!playing.isBridge() && part.isOnce() && now.state().equals(part.state()) && isOver(playing, now)) {
            now = score.updateAndGet(latest -> latest.ended(part));
            onHeard.run();
        }
        Part goal = now.goal().orElse(part);
        boolean isSame = goal.track() == part.track();
        if (playing.isBridge() && playing.frame() == playing.track().length()) {
            double beats = now.rules().usual().beats();
            begin(goal, 0, isSame ? JOINT : playing.track().frames(beats));
        } else if (!isSame) {
            leave(playing, goal, now);
        } else if (!goal.state().equals(part.state())) {
            playing.becomes(goal);
            tell(goal);
        }
    }

    /** Music that is heard once is over at the last bar line behind which there is sound enough to fade out. */
    private static boolean isOver(Voice playing, Score now) {
        Track track = playing.track();
        String next = now.scenes().get(playing.part().state()).next().orElseThrow();
        int needed =
                track.frames(now.rules().between(playing.part().state(), next).beats());
        int last = track.bars();
        while (last > 1 && track.barLine(last) + needed > track.heldFrames()) {
            last--;
        }
        return playing.frame() >= track.barLine(last);
    }

    private void leave(Voice playing, Part goal, Score now) {
        Part part = playing.part();
        Transition transition = now.rules().between(part.state(), goal.state());
        Track bridge = playing.isBridge() ? null : now.bridges().get(new Score.Joint(part.track(), goal.track()));
        if (bridge != null && transition.bridgeBars() > 0) {
            begin(Voice.bridge(goal, bridge), Math.min(JOINT, bridge.length()));
            return;
        }
        boolean isSameState = goal.state().equals(part.state()) && !playing.isBridge();
        int bar = isSameState ? playing.bar() % goal.track().bars() : 0;
        begin(goal, goal.track().barLine(bar), playing.track().frames(transition.beats()));
    }

    private void begin(Part part, int frame, int frames) {
        begin(new Voice(part, frame), frames);
    }

    private void begin(Voice other, int frames) {
        fade = Math.max(SHORTEST_FADE, frames);
        if (voice.isPresent()) {
            fade = Math.min(fade, voice.get().mostLeaving());
            voice.get().leave(fade);
        }
        faded = 0;
        next = Optional.of(other);
        tell(other.part());
    }

    private void tell(Part part) {
        heard = Optional.of(part);
        onHeard.run();
    }
}
