package acestep4j.text;

import java.util.List;

/**
 * One line of lyrics on its way to tokens.
 *
 * @param number counted from 1
 * @param text as given, without space at its ends
 * @param language the language it is written out in, empty for an empty line
 * @param normalised the words that are sung
 * @param tokens what each id stands for
 * @param ids its tokens, without the 2 that closes each line
 * @param remarks what of the line the model doesn't get, a sentence each; mostly none
 */
public record LyricLine(
        int number,
        String text,
        String language,
        String normalised,
        List<String> tokens,
        long[] ids,
        List<String> remarks) {
    static LyricLine empty(int number) {
        return new LyricLine(number, "", "", "", List.of(), new long[0], List.of());
    }
}
