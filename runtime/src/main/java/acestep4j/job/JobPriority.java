package acestep4j.job;

/** Which waiting job is taken first; of the same priority, the one that was submitted first. */
public enum JobPriority {
    HIGH,
    NORMAL,
    LOW
}
