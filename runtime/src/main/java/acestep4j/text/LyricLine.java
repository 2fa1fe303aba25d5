package acestep4j.text;

/**
 * One line of lyrics on its way to tokens.
 *
 * @param number counted from 1
 * @param text as given, without space at its ends
 * @param language the language it is written out in, empty for an empty line
 * @param normalised the words that are sung
 * @param ids its tokens, without the 2 that closes each line
 */
public record LyricLine(int number, String text, String language, String normalised, long[] ids) {}
