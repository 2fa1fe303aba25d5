package acestep4j.player;

/**
 * Music that is to be heard, for a state.
 *
 * @param isOnce whether the state is over when its music is
 */
record Part(String state, int level, Track track, boolean isOnce) {}
