package acestep4j.player;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The music of a state.
 *
 * @param levels from calm to high
 * @param next the state that follows when this one's music has been heard once; empty when it repeats
 */
record Scene(String state, List<Level> levels, Optional<String> next) {
    Scene {
        levels = List.copyOf(levels);
    }

    /** @param intensity 0 to 1 */
    int level(double intensity) {
        return Math.min(levels.size() - 1, (int) (intensity * levels.size()));
    }

    /** The levels from the one that is asked for to the one that is farthest from it; the calmer of two first. */
    List<Integer> nearestTo(int wanted) {
        List<Integer> order = new ArrayList<>();
        for (int distance = 0; distance < levels.size(); distance++) {
            if (wanted - distance >= 0) {
                order.add(wanted - distance);
            }
            if (distance > 0 && wanted + distance < levels.size()) {
                order.add(wanted + distance);
            }
        }
        return order;
    }

    /** What there is to be heard that is nearest to an intensity. */
    Optional<Part> ready(double intensity) {
        for (int index : nearestTo(level(intensity))) {
            Optional<Track> track = levels.get(index).track();
            if (track.isPresent()) {
                return Optional.of(new Part(state, index, track.get(), next.isPresent()));
            }
        }
        return Optional.empty();
    }

    /** Whether there is nothing to be heard, and never will be. */
    boolean isSilent() {
        return levels.stream().allMatch(level -> level.track().isEmpty() && !level.isDue());
    }

    /** Whether nobody said what some of the music is. */
    boolean lacksPrompt() {
        return levels.stream().anyMatch(level -> level.prompt().isEmpty());
    }

    Scene with(int index, Level level) {
        List<Level> changed = new ArrayList<>(levels);
        changed.set(index, level);
        return new Scene(state, changed, next);
    }

    /** Other music; until it is there, what was heard at about the same intensity is heard on. */
    Scene replaced(List<Level> others) {
        List<Level> changed = new ArrayList<>();
        for (int i = 0; i < others.size(); i++) {
            Level before = levels.get(i * levels.size() / others.size());
            changed.add(others.get(i).standingIn(before.track()));
        }
        return new Scene(state, changed, next);
    }
}
