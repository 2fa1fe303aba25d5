package acestep4j.library;

import acestep4j.audio.AudioBuffer;

/** An entry with its sound. */
public record Piece(LibraryEntry entry, AudioBuffer audio) {}
