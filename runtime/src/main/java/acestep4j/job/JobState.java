package acestep4j.job;

/** Where a job is on its way. */
public enum JobState {
    WAITING,
    RUNNING,
    DONE,
    FAILED,
    CANCELLED
}
