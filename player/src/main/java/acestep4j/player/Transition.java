package acestep4j.player;

/**
 * How one state's music goes over into another's.
 *
 * @param beats of the crossfade; also when a bridge isn't ready
 * @param bridgeBars bars of music between the two, 0 for none
 */
record Transition(double beats, int bridgeBars) {}
