package acestep4j.text;

import acestep4j.text.JapaneseDictionary.CharacterKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Cuts Japanese text into words: of all ways through the lattice of known and unknown words the one of least cost (Kudo,
 * Yamamoto, Matsumoto, "Applying Conditional Random Fields to Japanese Morphological Analysis", EMNLP 2004), unknown words
 * and ties as MeCab 0.996 has them. One object for each text; not thread-safe.
 */
final class JapaneseWords {
    /**
     * A word of the text.
     *
     * @param entry its number in the dictionary
     * @param start in the text, without the space before it
     * @param space whether there is space before it
     */
    record Word(int entry, int start, int end, boolean space) {}

    /** MeCab forms no longer unknown word of one kind, counted in characters after the first. */
    private static final int LONGEST_GROUP = 24;

    private static final int NONE = -1;

    private final JapaneseDictionary dictionary;
    private final String text;
    private final CharacterKind spaces;

    /** Per node of the lattice. */
    private int[] entry = new int[1024];

    private int[] from = new int[1024];
    private int[] previous = new int[1024];
    private long[] total = new long[1024];
    private int[] nextEnding = new int[1024];
    private int nodes;
    /** The latest node that ends at each place. */
    private final int[] ending;

    /** The nodes that begin at one place, in the order in which they are found. */
    private int[] foundEntry = new int[64];

    private int[] foundEnd = new int[64];
    private int found;

    private JapaneseWords(JapaneseDictionary dictionary, String text) {
        this.dictionary = dictionary;
        this.text = text;
        spaces = dictionary.kind(' ');
        ending = new int[text.length() + 1];
        Arrays.fill(ending, NONE);
    }

    static List<Word> of(JapaneseDictionary dictionary, String text) {
        return new JapaneseWords(dictionary, text).cut();
    }

    private List<Word> cut() {
        int best = NONE;
        for (int place = 0; place < text.length(); place++) {
            if (place > 0 && ending[place] == NONE) {
                continue;
            }
            int start = skip(place, spaces, Integer.MAX_VALUE);
            if (start == text.length()) {
                break;
            }
            find(start);
            // MeCab looks at what it found last first, which decides between equal costs.
            for (int i = found - 1; i >= 0; i--) {
                add(place, start, foundEntry[i], foundEnd[i]);
            }
        }
        int end = text.length();
        while (end > 0 && ending[end] == NONE) {
            end--;
        }
        if (end > 0) {
            best = cheapestBefore(end, dictionary.endLeft);
        }
        var words = new ArrayList<Word>();
        int wordEnd = end;
        for (int node = best; node != NONE; node = previous[node]) {
            int place = previous[node] == NONE ? 0 : endOf(node);
            int start = from[node];
            words.add(new Word(entry[node], start, wordEnd, start > place));
            wordEnd = place;
        }
        Collections.reverse(words);
        return words;
    }

    /** Where the space before this node begins, which is where the node before it ends. */
    private int endOf(int node) {
        int start = from[node];
        int place = start;
        while (place > 0 && dictionary.kind(text.charAt(place - 1)).sharesKindWith(spaces)) {
            place--;
        }
        return place;
    }

    private void add(int place, int start, int word, int end) {
        int left = dictionary.left(word);
        int before = place == 0 ? NONE : cheapestBefore(place, left);
        long cost = place == 0 ? dictionary.connectionCost(dictionary.beginningRight, left) : costAfter(before, left);
        if (nodes == entry.length) {
            int length = 2 * nodes;
            entry = Arrays.copyOf(entry, length);
            from = Arrays.copyOf(from, length);
            previous = Arrays.copyOf(previous, length);
            total = Arrays.copyOf(total, length);
            nextEnding = Arrays.copyOf(nextEnding, length);
        }
        entry[nodes] = word;
        from[nodes] = start;
        previous[nodes] = before;
        total[nodes] = cost + dictionary.cost(word);
        nextEnding[nodes] = ending[end];
        ending[end] = nodes++;
    }

    private int cheapestBefore(int place, int left) {
        int best = NONE;
        long bestCost = Long.MAX_VALUE;
        for (int node = ending[place]; node != NONE; node = nextEnding[node]) {
            long cost = costAfter(node, left);
            if (cost < bestCost) {
                bestCost = cost;
                best = node;
            }
        }
        return best;
    }

    private long costAfter(int node, int left) {
        return total[node] + dictionary.connectionCost(dictionary.right(entry[node]), left);
    }

    /** Finds the words, known and unknown, that begin at this place. */
    private void find(int start) {
        found = 0;
        dictionary.surfacesAt(text, start, (first, end, wordEnd) -> {
            for (int word = first; word < end; word++) {
                found(word, wordEnd);
            }
        });
        CharacterKind kind = dictionary.kind(text.codePointAt(start));
        if (found > 0 && !kind.always()) {
            return;
        }
        int second = text.offsetByCodePoints(start, 1);
        int groupEnd = NONE;
        if (kind.groups()) {
            groupEnd = skip(second, kind, LONGEST_GROUP + 1);
            if (text.codePointCount(second, groupEnd) <= LONGEST_GROUP) {
                unknown(kind, groupEnd);
            }
        }
        int end = second;
        for (int i = 1; i <= kind.length(); i++) {
            if (end == groupEnd) {
                continue;
            }
            unknown(kind, end);
            if (end == text.length() || !kind.sharesKindWith(dictionary.kind(text.codePointAt(end)))) {
                break;
            }
            end = text.offsetByCodePoints(end, 1);
        }
        if (found == 0) {
            unknown(kind, end);
        }
    }

    private void unknown(CharacterKind kind, int end) {
        for (int word = dictionary.firstUnknown(kind.first()); word < dictionary.endUnknown(kind.first()); word++) {
            found(word, end);
        }
    }

    private void found(int word, int end) {
        if (found == foundEntry.length) {
            foundEntry = Arrays.copyOf(foundEntry, 2 * found);
            foundEnd = Arrays.copyOf(foundEnd, 2 * found);
        }
        foundEntry[found] = word;
        foundEnd[found++] = end;
    }

    /** Past all characters that share a kind with the one before them, or so many of them. */
    private int skip(int start, CharacterKind kind, int most) {
        CharacterKind before = kind;
        int end = start;
        for (int count = 0; count < most && end < text.length(); count++) {
            CharacterKind next = dictionary.kind(text.codePointAt(end));
            if (!before.sharesKindWith(next)) {
                break;
            }
            before = next;
            end = text.offsetByCodePoints(end, 1);
        }
        return end;
    }
}
