package acestep4j.text;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads Chinese characters as pinyin, tone as a number behind each syllable, the neutral tone as 5. A stretch of characters
 * is cut into phrases from the left: from each place the longest beginning of any phrase is taken, and if that is no phrase
 * itself, its first character alone. What isn't Chinese passes through. As pypinyin 0.53.0 does it, whose dictionaries
 * {@code scripts/acestep_export/pinyin.py} writes, where the file's layout is described. Immutable and thread-safe.
 */
final class Pinyin {
    private static final String MAGIC = "A4JPINY1";
    private static final String NEUTRAL_TONE = "5";

    private final String[] syllables;
    /** First and last code point of each range of Chinese characters. */
    private final int[] ranges;
    /** Characters that have a reading by themselves, ascending, and its syllable. */
    private final int[] characters;

    private final char[] alone;
    /** All phrases, ascending, one after the other. */
    private final char[] phrases;
    /** Phrase i is {@code phrases[start[i]]} up to {@code phrases[start[i + 1]]}. */
    private final int[] start;
    /** The syllable of each character of the phrases. */
    private final char[] readings;

    private Pinyin(ByteBuffer data) {
        syllables = new String[data.getInt()];
        ranges = new int[2 * data.getInt()];
        characters = new int[data.getInt()];
        int phraseCount = data.getInt();
        phrases = new char[data.getInt()];
        int deviationCount = data.getInt();

        for (int i = 0; i < syllables.length; i++) {
            syllables[i] = new String(PackedData.bytes(data, Byte.toUnsignedInt(data.get())), StandardCharsets.UTF_8);
        }
        for (int i = 0; i < ranges.length; i++) {
            ranges[i] = data.getInt();
        }
        for (int i = 0, character = 0; i < characters.length; i++) {
            character += data.getInt();
            characters[i] = character;
        }
        alone = checked(PackedData.chars(data, characters.length));

        start = new int[phraseCount + 1];
        byte[] lengths = PackedData.bytes(data, phraseCount);
        for (int i = 0; i < phraseCount; i++) {
            start[i + 1] = start[i] + Byte.toUnsignedInt(lengths[i]);
        }
        System.arraycopy(PackedData.chars(data, phrases.length), 0, phrases, 0, phrases.length);
        byte[] deviates = PackedData.bytes(data, phrases.length);
        char[] deviations = checked(PackedData.chars(data, deviationCount));
        readings = new char[phrases.length];
        for (int i = 0, deviation = 0; i < phrases.length; i++) {
            readings[i] =
                    deviates[i] == 0 ? alone[Arrays.binarySearch(characters, phrases[i])] : deviations[deviation++];
        }
        if (data.hasRemaining() || start[phraseCount] != phrases.length) {
            throw new IllegalArgumentException("sizes that don't fit together");
        }
    }

    static Pinyin load(Path file) {
        return PackedData.read(file, MAGIC, "pinyin dictionary", Pinyin::new);
    }

    String read(String text) {
        int[] codePoints = text.codePoints().toArray();
        var pinyin = new StringBuilder(3 * text.length());
        int i = 0;
        while (i < codePoints.length) {
            int end = i;
            while (end < codePoints.length && isChinese(codePoints[end])) {
                end++;
            }
            readStretch(codePoints, i, end, pinyin);
            for (i = end; i < codePoints.length && !isChinese(codePoints[i]); i++) {
                pinyin.appendCodePoint(codePoints[i]);
            }
        }
        return pinyin.toString();
    }

    private void readStretch(int[] text, int from, int to, StringBuilder pinyin) {
        int i = from;
        while (i < to) {
            // All phrases that begin with text[i..end) are those of the numbers low to high - 1.
            int low = 0;
            int high = start.length - 1;
            int end = i;
            while (end < to) {
                int first = firstAtLeast(low, high, end - i, text[end]);
                int last = firstAtLeast(first, high, end - i, text[end] + 1);
                if (first == last) {
                    break;
                }
                low = first;
                high = last;
                end++;
            }
            int length = end - i;
            boolean phrase = length > 1 && start[low + 1] - start[low] == length;
            if (phrase) {
                for (int c = start[low]; c < start[low + 1]; c++) {
                    pinyin.append(syllables[readings[c]]);
                }
                i = end;
                continue;
            }
            // A stretch that ends within a phrase is read character by character to its end.
            int aloneEnd = end == to ? to : i + 1;
            for (; i < aloneEnd; i++) {
                readAlone(text[i], pinyin);
            }
        }
    }

    private void readAlone(int codePoint, StringBuilder pinyin) {
        int character = Arrays.binarySearch(characters, codePoint);
        if (character >= 0) {
            pinyin.append(syllables[alone[character]]);
        } else {
            pinyin.appendCodePoint(codePoint).append(NEUTRAL_TONE);
        }
    }

    /** The first of the phrases low to high - 1 whose character at that depth is the given one or a later one. */
    private int firstAtLeast(int low, int high, int depth, int character) {
        int from = low;
        int to = high;
        while (from < to) {
            int middle = (from + to) >>> 1;
            int index = start[middle] + depth;
            int found = index < start[middle + 1] ? phrases[index] : -1;
            if (found < character) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    private boolean isChinese(int codePoint) {
        if (codePoint < ranges[0]) {
            return false;
        }
        for (int i = 0; i < ranges.length; i += 2) {
            if (codePoint <= ranges[i + 1]) {
                return codePoint >= ranges[i];
            }
        }
        return false;
    }

    private char[] checked(char[] numbers) {
        for (char number : numbers) {
            if (number >= syllables.length) {
                throw new IllegalArgumentException("syllable " + (int) number + " of " + syllables.length);
            }
        }
        return numbers;
    }
}
