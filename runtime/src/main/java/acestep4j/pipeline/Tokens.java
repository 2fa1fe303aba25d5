package acestep4j.pipeline;

import acestep4j.InvalidRequestException;
import acestep4j.model.AceStepModel;
import acestep4j.text.LyricLine;
import acestep4j.text.LyricTokenizer;
import acestep4j.text.Prompt;
import java.util.List;

/**
 * A prompt and its lyrics as the model counts them.
 *
 * @param lyricIds the token ids of all lines; empty without lyrics, or where the bundle ignores them
 * @param lyricsIgnored whether there are lyrics that the bundle ignores
 */
record Tokens(Prompt prompt, List<LyricLine> lines, long[] lyricIds, boolean lyricsIgnored) {
    /**
     * @param lyricsField the request's field that the lyrics come from
     * @throws InvalidRequestException when the lyrics are longer than the model takes, or hold a line that can't be read
     */
    static Tokens of(AceStepModel model, String prompt, String lyricsField, String lyrics) {
        Prompt tokens = model.textTokenizer().encode(prompt);
        if (lyrics.isEmpty() || model.lyricTokenizer().isEmpty()) {
            return new Tokens(tokens, List.of(), new long[0], !lyrics.isEmpty());
        }
        List<LyricLine> lines = model.lyricTokenizer().get().lines(lyrics);
        long[] lyricIds = lines.isEmpty() ? new long[0] : LyricTokenizer.ids(lines);
        int most = model.manifest().lyrics().orElseThrow().maxTokens();
        if (lyricIds.length > most) {
            throw new InvalidRequestException(
                    lyricsField,
                    "expected at most " + most + " tokens, found " + lyricIds.length + "; shorten the lyrics");
        }
        return new Tokens(tokens, lines, lyricIds, false);
    }
}
