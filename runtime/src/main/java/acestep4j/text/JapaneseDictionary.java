package acestep4j.text;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The words of Japanese with their costs and romaji, and what is known of characters: UniDic 2.1.2 as
 * {@code scripts/acestep_export/japanese.py} writes it, where the file's layout is described. About 60 MB in memory when
 * whole. Immutable and thread-safe.
 */
final class JapaneseDictionary {
    /** Part of speech as far as it decides on spaces. */
    static final int OTHER = 0;

    static final int PREFIX = 1;
    static final int SYMBOL = 2;
    static final int SUFFIX = 3;
    static final int VERB = 4;
    static final int AUXILIARY = 5;
    static final int ADJECTIVE = 6;

    private static final String MAGIC = "A4JJAPA1";
    private static final int PART = 7;
    private static final int CONJUNCTIVE = 8;
    private static final int FOREIGN = 16;
    private static final int ZERO_COST = 32768;

    final int endLeft;
    final int beginningRight;
    private final int rightClasses;
    private final char[] connectionCosts;
    /** All surfaces, ascending, one after the other. */
    private final char[] surfaces;
    /** Surface i is {@code surfaces[start[i]]} up to {@code surfaces[start[i + 1]]}. */
    private final int[] start;
    /** The words of surface i are those of the numbers {@code firstWord[i]} up to {@code firstWord[i + 1]}. */
    private final int[] firstWord;

    private final char[] left;
    private final char[] right;
    private final char[] cost;
    private final byte[] properties;
    private final int[] romajiStart;
    private final byte[] romaji;
    private final int[] rangeStart;
    private final int[] rangeKind;
    /** Words from here on are unknown ones, by kind of character. */
    final int knownWords;

    private final int[] firstUnknown;
    private final char[] unknownKind;
    private final Map<String, String> kana;

    private JapaneseDictionary(ByteBuffer data) {
        int leftClasses = data.getInt();
        rightClasses = data.getInt();
        int surfaceCount = data.getInt();
        int endingsLength = data.getInt();
        knownWords = data.getInt();
        int romajiLength = data.getInt();
        int rangeCount = data.getInt();
        int kindCount = data.getInt();
        int unknownCount = data.getInt();
        int kanaCount = data.getInt();
        endLeft = data.getChar();
        beginningRight = data.getChar();

        connectionCosts = PackedData.chars(data, Math.multiplyExact(leftClasses, rightClasses));
        byte[] shared = PackedData.bytes(data, surfaceCount);
        byte[] endings = PackedData.bytes(data, surfaceCount);
        char[] ending = PackedData.chars(data, endingsLength);
        start = new int[surfaceCount + 1];
        for (int i = 0; i < surfaceCount; i++) {
            start[i + 1] = start[i] + Byte.toUnsignedInt(shared[i]) + Byte.toUnsignedInt(endings[i]);
        }
        surfaces = new char[start[surfaceCount]];
        for (int i = 0, from = 0; i < surfaceCount; i++) {
            int kept = Byte.toUnsignedInt(shared[i]);
            int added = Byte.toUnsignedInt(endings[i]);
            System.arraycopy(surfaces, i == 0 ? 0 : start[i - 1], surfaces, start[i], kept);
            System.arraycopy(ending, from, surfaces, start[i] + kept, added);
            from += added;
        }
        firstWord = sums(PackedData.bytes(data, surfaceCount));
        left = Arrays.copyOf(PackedData.chars(data, knownWords), knownWords + unknownCount);
        right = Arrays.copyOf(PackedData.chars(data, knownWords), knownWords + unknownCount);
        cost = Arrays.copyOf(PackedData.chars(data, knownWords), knownWords + unknownCount);
        properties = Arrays.copyOf(PackedData.bytes(data, knownWords), knownWords + unknownCount);
        romajiStart = sums(PackedData.bytes(data, knownWords));
        romaji = PackedData.bytes(data, romajiLength);

        rangeStart = new int[rangeCount];
        rangeKind = new int[rangeCount];
        for (int i = 0; i < rangeCount; i++) {
            rangeStart[i] = data.getInt();
            rangeKind[i] = data.getInt();
        }
        firstUnknown = sums(PackedData.bytes(data, kindCount));
        unknownKind = new char[unknownCount];
        for (int i = 0; i < unknownCount; i++) {
            left[knownWords + i] = data.getChar();
            right[knownWords + i] = data.getChar();
            cost[knownWords + i] = data.getChar();
            properties[knownWords + i] = (byte) data.getChar();
            unknownKind[i] = data.getChar();
        }
        kana = new HashMap<>();
        for (int i = 0; i < kanaCount; i++) {
            char[] sign = new char[data.get()];
            for (int j = 0; j < sign.length; j++) {
                sign[j] = data.getChar();
            }
            byte[] reading = PackedData.bytes(data, Byte.toUnsignedInt(data.get()));
            kana.put(new String(sign), new String(reading, StandardCharsets.UTF_8));
        }
        boolean fits = !data.hasRemaining()
                && firstWord[surfaceCount] == knownWords
                && romajiStart[knownWords] == romajiLength
                && firstUnknown[kindCount] == unknownCount
                && endLeft < leftClasses
                && beginningRight < rightClasses;
        for (int i = 0; i < left.length; i++) {
            fits &= left[i] < leftClasses && right[i] < rightClasses;
        }
        if (!fits) {
            throw new IllegalArgumentException("sizes that don't fit together");
        }
    }

    static JapaneseDictionary load(Path file) {
        return PackedData.read(file, MAGIC, "Japanese dictionary", JapaneseDictionary::new);
    }

    /** Told of every surface that begins at one place of a text. */
    @FunctionalInterface
    interface SurfaceListener {
        void surface(int firstWord, int endWord, int end);
    }

    /** Names every surface that begins at {@code from}, shorter ones first. */
    void surfacesAt(String text, int from, SurfaceListener listener) {
        int low = 0;
        int high = start.length - 1;
        for (int end = from; end < text.length() && low < high; end++) {
            int depth = end - from;
            low = firstAtLeast(low, high, depth, text.charAt(end));
            high = firstAtLeast(low, high, depth, text.charAt(end) + 1);
            if (low < high && start[low + 1] - start[low] == depth + 1) {
                listener.surface(firstWord[low], firstWord[low + 1], end + 1);
            }
        }
    }

    /** The first of the surfaces low to high - 1 whose character at that depth is the given one or a later one. */
    private int firstAtLeast(int low, int high, int depth, int character) {
        int from = low;
        int to = high;
        while (from < to) {
            int middle = (from + to) >>> 1;
            int index = start[middle] + depth;
            int found = index < start[middle + 1] ? surfaces[index] : -1;
            if (found < character) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }

    int connectionCost(int leftWordsRight, int rightWordsLeft) {
        return connectionCosts[rightWordsLeft * rightClasses + leftWordsRight] - ZERO_COST;
    }

    int left(int word) {
        return left[word];
    }

    int right(int word) {
        return right[word];
    }

    int cost(int word) {
        return cost[word] - ZERO_COST;
    }

    int part(int word) {
        return properties[word] & PART;
    }

    boolean isConjunctive(int word) {
        return (properties[word] & CONJUNCTIVE) != 0;
    }

    boolean isForeign(int word) {
        return (properties[word] & FOREIGN) != 0;
    }

    boolean isUnknown(int word) {
        return word >= knownWords;
    }

    /** The kind of character that makes this unknown word. */
    int kindOfUnknown(int word) {
        return unknownKind[word - knownWords];
    }

    String romaji(int word) {
        return new String(romaji, romajiStart[word], romajiStart[word + 1] - romajiStart[word], StandardCharsets.UTF_8);
    }

    int firstUnknown(int kind) {
        return knownWords + firstUnknown[kind];
    }

    int endUnknown(int kind) {
        return knownWords + firstUnknown[kind + 1];
    }

    /** The romaji of one sign of kana or of two that are one sound; null where there is none. */
    String kana(String signs) {
        return kana.get(signs);
    }

    /** The romaji of a word that is spelt in one way wherever it stands, known or not; null for any other. */
    String spelling(String surface) {
        return surface.length() > 2 ? kana.get(surface) : null;
    }

    /** @return what MeCab knows of the character: see {@link CharacterKind} */
    CharacterKind kind(int codePoint) {
        int unit = codePoint < 0xFFFF ? codePoint : 0;
        int range = Arrays.binarySearch(rangeStart, unit);
        return new CharacterKind(rangeKind[range >= 0 ? range : -range - 2]);
    }

    /** Kinds a character is of, the first of them, and how unknown words of it are formed. */
    record CharacterKind(int packed) {
        int kinds() {
            return packed & 0x3FFFF;
        }

        int first() {
            return packed >>> 18 & 0xFF;
        }

        /** Up to how many characters an unknown word has. */
        int length() {
            return packed >>> 26 & 0xF;
        }

        /** Whether all characters of the kind in a row are an unknown word. */
        boolean groups() {
            return (packed >>> 30 & 1) != 0;
        }

        /** Whether unknown words are formed even where there are known ones. */
        boolean always() {
            return packed >>> 31 != 0;
        }

        boolean sharesKindWith(CharacterKind other) {
            return (kinds() & other.kinds()) != 0;
        }
    }

    private static int[] sums(byte[] lengths) {
        int[] sums = new int[lengths.length + 1];
        for (int i = 0; i < lengths.length; i++) {
            sums[i + 1] = sums[i] + Byte.toUnsignedInt(lengths[i]);
        }
        return sums;
    }
}
