/**
 * A library of music: pieces in a folder, each with the recipe it was made from, and addressed by the SHA-256 of that
 * recipe. {@link acestep4j.library.MusicLibrary} is where to begin; docs/library.md has the files' format and what is
 * guaranteed.
 */
package acestep4j.library;
