package acestep4j.text;

/** A line on which the official segmentation fails and which therefore counts as English. */
final class UnsegmentableLineException extends Exception {
    private static final long serialVersionUID = 1L;

    UnsegmentableLineException(String problem) {
        super(problem);
    }
}
