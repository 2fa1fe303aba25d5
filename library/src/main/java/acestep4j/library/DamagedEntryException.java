package acestep4j.library;

import java.io.IOException;

/** The content of an entry's file isn't what was written; the message says where it differs. */
final class DamagedEntryException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedEntryException(String problem) {
        super(problem);
    }
}
