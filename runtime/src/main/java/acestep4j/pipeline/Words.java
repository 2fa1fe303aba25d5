package acestep4j.pipeline;

import acestep4j.model.Lyrics;
import acestep4j.model.TextStates;
import acestep4j.text.LyricLine;
import acestep4j.text.Prompt;
import java.util.List;

/**
 * A prompt and its lyrics on their way into the model.
 *
 * @param text the encoded prompt
 * @param lyricTokens the number of lyric tokens; 0 without lyrics
 */
record Words(Prompt prompt, TextStates text, List<LyricLine> lines, Lyrics lyrics, int lyricTokens) {
    /** What of the lyrics the model doesn't get, each with its line. */
    List<String> remarks() {
        return lines.stream()
                .flatMap(line -> line.remarks().stream().map(remark -> "line " + line.number() + ": " + remark))
                .toList();
    }
}
