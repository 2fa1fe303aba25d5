package acestep4j.cli;

import acestep4j.library.EntryLabels;
import acestep4j.request.GenerationRequest;

/**
 * A piece to be made.
 *
 * @param where the file and the line that ask for it
 */
record Track(String where, EntryLabels labels, GenerationRequest request) {
    String name() {
        return labels.name();
    }
}
