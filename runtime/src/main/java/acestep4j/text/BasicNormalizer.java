package acestep4j.text;

/**
 * Lyrics in lower case with single spaces, nothing else: what the official code does for Hindi (basic_cleaners in
 * acestep/models/lyrics_utils/lyric_tokenizer.py at d612523). Stateless and thread-safe.
 */
final class BasicNormalizer implements LyricNormalizer {
    @Override
    public String normalize(String line) {
        return PythonCharacters.collapseSpaces(PythonCharacters.lowerCase(line));
    }
}
