package acestep4j.player;

import acestep4j.request.GenerationRequest;
import java.util.Optional;

/**
 * The music of a state at one intensity.
 *
 * @param request what makes it; empty when it was given as a track
 * @param track what is ready to be heard, which may still be that of the request before; empty when there is nothing
 * @param isDue whether the request's music is still to be made
 * @param failures how often it couldn't be made
 */
record Level(Optional<GenerationRequest> request, Optional<Track> track, boolean isDue, int failures) {
    /** After so many failures it isn't tried again. */
    static final int MOST_FAILURES = 2;

    static Level of(GenerationRequest request) {
        return new Level(Optional.of(request), Optional.empty(), true, 0);
    }

    static Level of(Track track) {
        return new Level(Optional.empty(), Optional.of(track), false, 0);
    }

    /** What the music is, in words; empty when nobody said. */
    Optional<String> prompt() {
        return request.isPresent() ? Track.prompt(request.get()) : track.flatMap(Track::prompt);
    }

    Level standingIn(Optional<Track> before) {
        return track.isPresent() ? this : new Level(request, before, isDue, failures);
    }

    Level made(Track made) {
        return new Level(request, Optional.of(made), false, failures);
    }

    /** @param isLast whether another attempt can't help */
    Level failed(boolean isLast) {
        return new Level(request, track, !isLast && failures + 1 < MOST_FAILURES, failures + 1);
    }
}
