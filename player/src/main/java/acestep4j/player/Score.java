package acestep4j.player;

import acestep4j.InvalidRequestException;
import acestep4j.request.GenerationRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is asked for, what there is of it, and so what is to be heard. Immutable, so that the thread that mixes reads one while
 * others make the next.
 *
 * @param rules what never changes
 * @param scenes by state
 * @param state that is asked for
 * @param intensity 0 to 1
 * @param bridges those that are ready
 * @param failedBridges those that couldn't be made
 * @param goal what is to be heard from the next bar line on; empty as long as there is nothing
 */
record Score(
        Rules rules,
        Map<String, Scene> scenes,
        String state,
        double intensity,
        Map<Joint, Track> bridges,
        Set<Joint> failedBridges,
        Optional<Part> goal) {

    /** Where one track is left for another. */
    record Joint(Track from, Track to) {
        /** Of the music that follows, or else of the music that is left. */
        Optional<String> prompt() {
            return to.prompt().or(from::prompt);
        }
    }

    /** Music to be made for a state. */
    record Due(String state, int level, GenerationRequest request, int failures) {}

    /**
     * A bridge to be made.
     *
     * @param state that it leads to
     * @param bars of the track that is left
     * @param like the request whose lyrics and settings it takes; empty when both tracks were given
     */
    record DueBridge(Joint joint, String state, int bars, Optional<GenerationRequest> like) {}

    /**
     * @param events by their names, the state that each leads to by the state that it leads from, or by {@link #ANYWHERE}
     * @param transitions by the states that are left and entered
     * @param usual the transition of all others
     */
    record Rules(Map<String, Map<String, String>> events, Map<List<String>, Transition> transitions, Transition usual) {
        /** In place of a state: any of them. */
        static final String ANYWHERE = "";

        Optional<String> after(String state, String event) {
            Map<String, String> moves = events.get(event);
            if (moves == null) {
                throw new InvalidRequestException("event", "expected one of " + events.keySet() + ", found " + event);
            }
            return Optional.ofNullable(moves.getOrDefault(state, moves.get(ANYWHERE)));
        }

        Transition between(String from, String to) {
            return from.equals(to) ? usual : transitions.getOrDefault(List.of(from, to), usual);
        }
    }

    /**
     * Nothing was heard yet.
     *
     * @throws InvalidRequestException for a bridge between tracks without a prompt
     */
    static Score opening(Rules rules, Map<String, Scene> scenes, String state, Optional<Track> fallback) {
        Optional<Part> goal = fallback.map(track -> new Part(Rules.ANYWHERE, 0, track, false));
        return new Score(rules, scenes, state, 0, Map.of(), Set.of(), goal)
                .checked()
                .settled();
    }

    Score fired(String event) {
        Optional<String> next = rules.after(state, event);
        return next.isEmpty() ? this : in(next.get()).settled();
    }

    Score at(double otherIntensity) {
        return new Score(rules, scenes, state, otherIntensity, bridges, failedBridges, goal).settled();
    }

    /** @throws InvalidRequestException for a bridge between tracks without a prompt */
    Score replaced(String name, List<Level> levels) {
        return with(scenes.get(name).replaced(levels)).checked();
    }

    private Score checked() {
        rules.transitions().forEach((states, transition) -> {
            if (transition.bridgeBars() > 0
                    && states.stream().allMatch(name -> scenes.get(name).lacksPrompt())) {
                throw new InvalidRequestException(
                        "prompt",
                        "expected words for the bridge from " + states.get(0) + " to " + states.get(1)
                                + ", found none for the music of both; give it some with Track.withPrompt");
            }
        });
        return this;
    }

    Score made(Due due, Track track) {
        return isStillWanted(due) ? with(due, level(due).made(track)) : this;
    }

    Score failed(Due due, boolean isLast) {
        return isStillWanted(due) ? with(due, level(due).failed(isLast)) : this;
    }

    /** A state's music may have been replaced while it was made. */
    private boolean isStillWanted(Due due) {
        List<Level> levels = scenes.get(due.state()).levels();
        return due.level() < levels.size()
                && levels.get(due.level())
                        .request()
                        .filter(request -> request == due.request())
                        .isPresent();
    }

    private Level level(Due due) {
        return scenes.get(due.state()).levels().get(due.level());
    }

    private Score with(Due due, Level level) {
        return with(scenes.get(due.state()).with(due.level(), level));
    }

    private Score with(Scene scene) {
        Map<String, Scene> changed = new LinkedHashMap<>(scenes);
        changed.put(scene.state(), scene);
        return new Score(rules, changed, state, intensity, bridges, failedBridges, goal)
                .settled()
                .withoutOldBridges();
    }

    /** Bridges from and to tracks that are no state's music any more are dropped. */
    private Score withoutOldBridges() {
        Set<Track> tracks = new LinkedHashSet<>();
        scenes.values()
                .forEach(scene -> scene.levels().forEach(level -> level.track().ifPresent(tracks::add)));
        Map<Joint, Track> kept = new LinkedHashMap<>(bridges);
        kept.keySet().removeIf(joint -> !tracks.contains(joint.from()) || !tracks.contains(joint.to()));
        Set<Joint> failed = new LinkedHashSet<>(failedBridges);
        failed.removeIf(joint -> !tracks.contains(joint.from()) || !tracks.contains(joint.to()));
        return new Score(rules, scenes, state, intensity, kept, failed, goal);
    }

    Score bridged(Joint joint, Track bridge) {
        Map<Joint, Track> more = new LinkedHashMap<>(bridges);
        more.put(joint, bridge);
        return new Score(rules, scenes, state, intensity, more, failedBridges, goal).withoutOldBridges();
    }

    Score failed(Joint joint) {
        Set<Joint> more = new LinkedHashSet<>(failedBridges);
        more.add(joint);
        return new Score(rules, scenes, state, intensity, bridges, more, goal).withoutOldBridges();
    }

    /** The music of a state that is heard once has been heard. */
    Score ended(Part part) {
        Optional<String> next = scenes.get(part.state()).next();
        return state.equals(part.state()) && next.isPresent() ? in(next.get()).settled() : this;
    }

    private Score in(String other) {
        return new Score(rules, scenes, other, intensity, bridges, failedBridges, goal);
    }

    /** With what is to be heard now: of the state that is asked for, or else what was to be heard before. */
    private Score settled() {
        Score reached = this;
        for (int skipped = 0; skipped < scenes.size(); skipped++) {
            Scene scene = reached.scene();
            if (!scene.isSilent() || scene.next().isEmpty()) {
                break;
            }
            reached = reached.in(scene.next().get());
        }
        Optional<Part> ready = reached.scene().ready(intensity);
        return new Score(
                rules, scenes, reached.state, intensity, bridges, failedBridges, ready.isPresent() ? ready : goal);
    }

    private Scene scene() {
        return scenes.get(state);
    }

    /** Whether the state that is asked for has nothing that could be heard. */
    boolean isWaiting() {
        return scene().ready(intensity).isEmpty();
    }

    boolean isReady(String name) {
        return scenes.get(name).ready(intensity).isPresent();
    }

    /** The music to be made, the most urgent first: of this state, of those it leads to, and then of other intensities. */
    List<Due> due() {
        List<Due> all = new ArrayList<>();
        Set<String> reachable = reachable();
        for (String name : reachable) {
            addDue(scenes.get(name), scenes.get(name).level(intensity), all);
        }
        for (String name : reachable) {
            Scene scene = scenes.get(name);
            List<Integer> order = scene.nearestTo(scene.level(intensity));
            order.subList(1, order.size()).forEach(level -> addDue(scene, level, all));
        }
        return all;
    }

    private static void addDue(Scene scene, int index, List<Due> all) {
        Level level = scene.levels().get(index);
        if (level.isDue()) {
            all.add(new Due(scene.state(), index, level.request().orElseThrow(), level.failures()));
        }
    }

    /** The bridges to be made between what would be heard at this intensity, those from this state first. */
    List<DueBridge> dueBridges() {
        List<DueBridge> all = new ArrayList<>();
        for (String from : reachable()) {
            rules.transitions().forEach((states, transition) -> {
                if (states.get(0).equals(from) && transition.bridgeBars() > 0) {
                    addDueBridge(scenes.get(from), scenes.get(states.get(1)), transition.bridgeBars(), all);
                }
            });
        }
        return all;
    }

    private void addDueBridge(Scene from, Scene to, int bars, List<DueBridge> all) {
        Optional<Part> leaving = from.ready(intensity);
        Optional<Part> entering = to.ready(intensity);
        if (leaving.isEmpty() || entering.isEmpty()) {
            return;
        }
        Joint joint = new Joint(leaving.get().track(), entering.get().track());
        Optional<GenerationRequest> like =
                to.levels().get(entering.get().level()).request();
        if (!bridges.containsKey(joint) && !failedBridges.contains(joint)) {
            all.add(new DueBridge(joint, to.state(), bars, like.or(() -> from.levels()
                    .get(leaving.get().level())
                    .request())));
        }
    }

    /** The states that events lead to from this one, the nearest first, and this one before them. */
    private Set<String> reachable() {
        Set<String> found = new LinkedHashSet<>(List.of(state));
        List<String> open = new ArrayList<>(found);
        for (int i = 0; i < open.size(); i++) {
            for (String next : following(open.get(i))) {
                if (found.add(next)) {
                    open.add(next);
                }
            }
        }
        return found;
    }

    private Set<String> following(String name) {
        Set<String> states = new LinkedHashSet<>();
        scenes.get(name).next().ifPresent(states::add);
        rules.events().keySet().forEach(event -> rules.after(name, event).ifPresent(states::add));
        return states;
    }
}
