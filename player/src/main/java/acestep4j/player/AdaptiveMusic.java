package acestep4j.player;

import acestep4j.InvalidRequestException;
import acestep4j.audio.AudioStream;
import acestep4j.audio.InterleavedPcm;
import acestep4j.job.Callbacks;
import acestep4j.job.MusicJobs;
import acestep4j.request.GenerationRequest;
import acestep4j.request.RequestRules;
import java.nio.ShortBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Endless music that follows a game: states with their music, events that lead from one to another, and an intensity. It is
 * sound to be read, 48 kHz stereo, for whatever plays it: {@link MusicPlayer}, OpenAL, libGDX. Thread-safe.
 *
 * <p>Events, the intensity and other music take effect at the next bar line of what is heard, or at the first one after a
 * crossfade that is under way. Another state's music begins at its beginning; another intensity's goes on at the bar with the
 * same number. A state whose music is heard once is left at the last bar line that has sound behind it for the fade.
 *
 * <p>Music is made ahead, one piece at a time: first of the state that is asked for, then in idle time of the states that
 * events lead to, then of other intensities, bridges last. There is never a gap. Before the very first music is ready there is
 * the fallback, or silence. When a state's music isn't ready, what is heard goes on until it is; the nearest intensity that is
 * ready stands in for another; a bridge that isn't ready is a crossfade. When a state's music can't be made, what is heard
 * goes on; a state whose music was to be heard once is passed over.
 *
 * <p>Nothing here waits: neither the reading nor what a game calls.
 */
public final class AdaptiveMusic implements AudioStream {
    private static final int BLOCK = 1024;

    private final AtomicReference<Score> score;
    private final Mix mix;
    private final Preparation preparation;
    private final Object reading = new Object();
    private final float[][] floats = new float[Track.CHANNELS][BLOCK];
    private volatile boolean isClosed;

    private AdaptiveMusic(Score opening, Optional<MusicJobs> jobs, AdaptiveMusicListener listener, Executor callbacks) {
        score = new AtomicReference<>(opening);
        mix = new Mix(score, this::wake);
        preparation = new Preparation(score, mix, jobs, listener, new Callbacks(callbacks));
    }

    private void wake() {
        preparation.wake();
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Something has happened in the game.
     *
     * @param event one of those that the builder was told of
     * @return whether it leads anywhere from the state that is asked for now
     */
    public boolean fire(String event) {
        Score before = score.get();
        boolean leads = before.rules().after(before.state(), event).isPresent();
        change(latest -> latest.fired(event));
        return leads;
    }

    /** @param value 0 for calm to 1 for high, which chooses one of each state's pieces */
    public void intensity(double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new InvalidRequestException("intensity", "expected a number from 0 to 1, found " + value);
        }
        change(latest -> latest.at(value));
    }

    /** Gives a state other music, such as the same with other parameters; what it had is heard until that is ready. */
    public void replace(String state, GenerationRequest... levels) {
        if (!preparation.canMake()) {
            throw new InvalidRequestException(
                    "levels", "expected tracks, as this music was started without jobs; start it with jobs");
        }
        replace(state, levels(Level::of, levels));
    }

    /**
     * Gives a state other music.
     *
     * @throws InvalidRequestException when a bridge would lead from one track without a prompt to another
     */
    public void replace(String state, Track... levels) {
        replace(state, levels(Level::of, levels));
    }

    private void replace(String state, List<Level> levels) {
        known(state, score.get().scenes());
        change(latest -> latest.replaced(state, levels));
    }

    private void change(UnaryOperator<Score> change) {
        score.updateAndGet(change);
        wake();
    }

    /** The state that is asked for, whose music may not be heard yet. */
    public String state() {
        return score.get().state();
    }

    /** The state whose music, or a bridge to it, is heard; empty before the first music, and while the fallback is heard. */
    public Optional<String> heard() {
        return mix.heard().map(Part::state).filter(state -> !state.equals(Score.Rules.ANYWHERE));
    }

    /** Whether there is music of a state that could be heard now. */
    public boolean isReady(String state) {
        known(state, score.get().scenes());
        return score.get().isReady(state);
    }

    /** Whether nothing is left to be made: all music that can be reached from here, and the bridges at this intensity. */
    public boolean isPrepared() {
        Score now = score.get();
        return now.due().isEmpty() && now.dueBridges().isEmpty();
    }

    Score score() {
        return score.get();
    }

    Optional<Part> part() {
        return mix.heard();
    }

    @Override
    public int channels() {
        return Track.CHANNELS;
    }

    @Override
    public int sampleRate() {
        return Track.SAMPLE_RATE;
    }

    /** Fills the block; never waits. */
    @Override
    public int read(float[][] block) {
        synchronized (reading) {
            if (isClosed) {
                return END;
            }
            mix.read(block, 0, block[0].length);
            return block[0].length;
        }
    }

    /** Fills the block. */
    @Override
    public int poll(float[][] block) {
        return read(block);
    }

    /** Fills the block; never waits. */
    @Override
    public int read(ShortBuffer block) {
        synchronized (reading) {
            if (isClosed) {
                return END;
            }
            int frames = block.remaining() / Track.CHANNELS;
            for (int done = 0; done < frames; done += BLOCK) {
                int run = Math.min(BLOCK, frames - done);
                mix.read(floats, 0, run);
                InterleavedPcm.put(floats, 0, run, block);
            }
            return frames;
        }
    }

    /** Fills the block. */
    @Override
    public int poll(ShortBuffer block) {
        return read(block);
    }

    /** Ends the music and cancels what is being made for it; the jobs stay open. Closing twice is harmless. */
    @Override
    public void close() {
        isClosed = true;
        preparation.close();
    }

    private static <T> List<Level> levels(Function<T, Level> level, T[] levels) {
        if (RequestRules.present("levels", levels).length == 0) {
            throw new InvalidRequestException("levels", "expected music of at least one intensity, found none");
        }
        for (T each : levels) {
            if (each == null) {
                throw new InvalidRequestException("levels", "expected music of every intensity, found null");
            }
        }
        return Stream.of(levels).map(level).toList();
    }

    private static void known(String state, Map<String, Scene> scenes) {
        if (!scenes.containsKey(state)) {
            throw new InvalidRequestException("state", "expected one of " + scenes.keySet() + ", found " + state);
        }
    }

    /** Collects states, events and transitions; not thread-safe. */
    public static final class Builder {
        private static final double MOST_BEATS = 32;
        private static final int MOST_BARS = 32;

        private final Map<String, Scene> scenes = new LinkedHashMap<>();
        private final Map<String, Map<String, String>> events = new LinkedHashMap<>();
        private final Map<List<String>, Transition> transitions = new LinkedHashMap<>();
        private double beats = 2;
        private Optional<Track> fallback = Optional.empty();
        private AdaptiveMusicListener listener = new AdaptiveMusicListener() {};
        private Executor callbacks = Runnable::run;

        private Builder() {}

        /**
         * A state, whose music repeats until another one is asked for. The first state is the one it begins in.
         *
         * @param levels its music from calm to high, each for an equal share of the intensity from 0 to 1
         */
        public Builder state(String name, GenerationRequest... levels) {
            return scene(name, levels(Level::of, levels), Optional.empty());
        }

        /** A state whose music is there. */
        public Builder state(String name, Track... levels) {
            return scene(name, levels(Level::of, levels), Optional.empty());
        }

        /**
         * A state whose music is heard once.
         *
         * @param next the state that is asked for when it has been heard
         */
        public Builder once(String name, GenerationRequest music, String next) {
            return scene(name, levels(Level::of, new GenerationRequest[] {music}), next(next));
        }

        /** A state whose music is there and is heard once. */
        public Builder once(String name, Track music, String next) {
            return scene(name, levels(Level::of, new Track[] {music}), next(next));
        }

        private static Optional<String> next(String state) {
            return Optional.of(RequestRules.present("next", state));
        }

        private Builder scene(String name, List<Level> levels, Optional<String> next) {
            if (name == null || name.isBlank()) {
                throw new InvalidRequestException("state", "expected a name, found none");
            }
            if (scenes.put(name, new Scene(name, levels, next)) != null) {
                throw new InvalidRequestException("state", "expected every state once, found " + name + " twice");
            }
            return this;
        }

        /** An event that leads from one state to another; it may lead to others from other states. */
        public Builder event(String name, String from, String to) {
            if (name == null || name.isBlank()) {
                throw new InvalidRequestException("event", "expected a name, found none");
            }
            RequestRules.present("from", from);
            RequestRules.present("to", to);
            if (events.computeIfAbsent(name, any -> new HashMap<>()).put(from, to) != null) {
                throw new InvalidRequestException(
                        "event",
                        "expected every event once from each state, found " + name + " twice from "
                                + (from.equals(Score.Rules.ANYWHERE) ? "everywhere" : from));
            }
            return this;
        }

        /** An event that leads to a state from every other, unless it was told where it leads from there. */
        public Builder event(String name, String to) {
            return event(name, Score.Rules.ANYWHERE, to);
        }

        /**
         * The crossfade wherever nothing else was said: 2 beats when left out.
         *
         * @param length in beats of the music that is left, 0 (10 ms, a cut that doesn't click) to 32
         */
        public Builder crossfade(double length) {
            beats = checked(length);
            return this;
        }

        /** The crossfade from one state to another. */
        public Builder crossfade(String from, String to, double length) {
            return transition(from, to, new Transition(checked(length), 0));
        }

        private Builder transition(String from, String to, Transition transition) {
            RequestRules.present("from", from);
            RequestRules.present("to", to);
            if (transitions.put(List.of(from, to), transition) != null) {
                throw new InvalidRequestException(
                        "to", "expected one crossfade or bridge from " + from + " to " + to + ", found two");
            }
            return this;
        }

        private static double checked(double beats) {
            if (!(beats >= 0 && beats <= MOST_BEATS)) {
                throw new InvalidRequestException("beats", "expected 0 to 32, found " + beats);
            }
            return beats;
        }

        /**
         * Music that is made to lead from the end of one state's music into the beginning of another's, under the prompt of
         * the music that follows, or else of the music that is left. As long as it isn't ready the crossfade stands in.
         *
         * @param bars of the music that is left, 1 to 32
         */
        public Builder bridge(String from, String to, int bars) {
            if (bars < 1 || bars > MOST_BARS) {
                throw new InvalidRequestException("bars", "expected 1 to 32, found " + bars);
            }
            return transition(from, to, new Transition(-1, bars));
        }

        /** What is heard before the very first music is ready; silence when left out. */
        public Builder fallback(Track track) {
            fallback = Optional.of(RequestRules.present("fallback", track));
            return this;
        }

        /**
         * @param executor runs what the listener hears, such as a queue that the game's own thread empties in each frame; a
         *     thread of this music's when left out, never the one that reads
         */
        public Builder listener(AdaptiveMusicListener hears, Executor executor) {
            listener = RequestRules.present("listener", hears);
            callbacks = RequestRules.present("executor", executor);
            return this;
        }

        /**
         * Begins to make music with these jobs, which stay the caller's. A game's other jobs are better made by others: a job
         * that runs gives way to more urgent music only when both are this music's own.
         *
         * @throws InvalidRequestException naming what contradicts something else, such as a state that there isn't
         */
        public AdaptiveMusic start(MusicJobs jobs) {
            return start(Optional.of(RequestRules.present("jobs", jobs)));
        }

        /**
         * Begins with tracks alone.
         *
         * @throws InvalidRequestException when there is music to be made, and naming what contradicts something else
         */
        public AdaptiveMusic start() {
            return start(Optional.empty());
        }

        private AdaptiveMusic start(Optional<MusicJobs> jobs) {
            if (scenes.isEmpty()) {
                throw new InvalidRequestException("state", "expected at least one, found none");
            }
            scenes.values().forEach(scene -> scene.next().ifPresent(next -> known(next, scenes)));
            events.values()
                    .forEach(moves -> moves.forEach((from, to) -> {
                        known(to, scenes);
                        if (!from.equals(Score.Rules.ANYWHERE)) {
                            known(from, scenes);
                        }
                    }));
            transitions.keySet().forEach(states -> states.forEach(state -> known(state, scenes)));
            boolean isTracksOnly = transitions.values().stream().allMatch(transition -> transition.bridgeBars() == 0)
                    && scenes.values().stream()
                            .flatMap(scene -> scene.levels().stream())
                            .noneMatch(Level::isDue);
            if (jobs.isEmpty() && !isTracksOnly) {
                throw new InvalidRequestException(
                        "jobs",
                        "expected jobs that make the music of requests and bridges, found none; start with jobs");
            }
            Transition usual = new Transition(beats, 0);
            Map<List<String>, Transition> all = new LinkedHashMap<>();
            transitions.forEach((states, transition) -> all.put(
                    states,
                    transition.bridgeBars() == 0 ? transition : new Transition(beats, transition.bridgeBars())));
            Score.Rules rules = new Score.Rules(new LinkedHashMap<>(events), all, usual);
            String first = scenes.keySet().iterator().next();
            Score opening = Score.opening(rules, new LinkedHashMap<>(scenes), first, fallback);
            AdaptiveMusic music = new AdaptiveMusic(opening, jobs, listener, callbacks);
            music.preparation.start();
            return music;
        }
    }
}
