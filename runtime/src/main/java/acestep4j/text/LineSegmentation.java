package acestep4j.text;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Cuts one line into pieces of one language each and counts their characters: acestep/language_segmentation/LangSegment.py at
 * d612523, with the filters of language_filters.py, quirks included. Holds the state of one line; not thread-safe.
 */
final class LineSegmentation {
    private static final int SHORT_CHINESE = 5;
    private static final double CHINESE_OR_JAPANESE = 0.89;
    private static final int DEEPEST = 100;
    private static final double SURE = 0.90;
    private static final String SENTENCE_END = "。.?？!！";

    /** A counted piece; {@code tagged} pieces don't merge. */
    private static final class Piece {
        String language;
        WordShape text;
        final boolean tagged;

        Piece(String language, WordShape text, boolean tagged) {
            this.language = language;
            this.text = text;
            this.tagged = tagged;
        }
    }

    private final LanguageModel model;
    private final Set<String> filters;
    private final String joinedFilters;
    private final Map<String, Passage> passages = new HashMap<>();
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final List<Piece> pieces = new ArrayList<>();
    /** Pieces whose language, Chinese or Japanese, depends on what follows. */
    private final Deque<Piece> waiting = new ArrayDeque<>();

    private boolean atLineEnd;
    private int depth;

    LineSegmentation(LanguageModel model) {
        this.model = model;
        filters = Set.copyOf(model.languages());
        joinedFilters = String.join("-", model.languages());
    }

    String language(String line) throws UnsegmentableLineException {
        int[] text = withoutMarks(line.codePoints().toArray());
        if (!isBlank(text)) {
            for (Passage.Kind kind : Passage.Kind.values()) {
                text = setApart(kind, text);
            }
            resolveMarks(text, true);
        }
        return mostFrequent();
    }

    /** The language with most characters, the first counted of equal ones; the second one where that is English. */
    private String mostFrequent() {
        var order = new ArrayList<>(counts.entrySet());
        order.sort(Map.Entry.<String, Long>comparingByValue().reversed());
        if (order.isEmpty()) {
            return "zh";
        }
        boolean yields = order.get(0).getKey().equals("en") && order.size() > 1;
        return order.get(yields ? 1 : 0).getKey();
    }

    /** Replaces every passage of that kind by a mark, so that the following kinds pass it by. */
    private int[] setApart(Passage.Kind kind, int[] text) {
        List<Passage> found = Passage.find(kind, text);
        if (found.isEmpty() || found.size() == 1 && found.get(0).isWhole(text.length)) {
            return text;
        }
        var marked = new IntList(text.length);
        int copied = 0;
        for (int i = 0; i < found.size(); i++) {
            Passage passage = found.get(i);
            String mark = String.format(Locale.ROOT, "⑥%s%06d⑥", kind.mark, i);
            passages.put(mark, passage);
            marked.addAll(text, copied, passage.start());
            mark.codePoints().forEach(marked::add);
            copied = passage.end();
        }
        marked.addAll(text, copied, text.length);
        return marked.toArray();
    }

    private void resolveMarks(int[] text, boolean whole) throws UnsegmentableLineException {
        int from = 0;
        int at = nextMark(text, 0);
        while (at < text.length) {
            atLineEnd &= !whole;
            addText(Arrays.copyOfRange(text, from, at));
            from = markEnd(text, at);
            // Taken out, so that marks which the line itself brings can't repeat a passage or nest one in itself.
            Passage passage = passages.remove(new String(text, at, from - at));
            if (passage == null || depth == DEEPEST) {
                throw new UnsegmentableLineException("a mark of the line's own");
            }
            depth++;
            add(passage);
            depth--;
            at = nextMark(text, from);
        }
        atLineEnd |= whole;
        addText(Arrays.copyOfRange(text, from, text.length));
    }

    private static int[] withoutMarks(int[] text) {
        var kept = new IntList(text.length);
        int from = 0;
        for (int at = nextMark(text, 0); at < text.length; at = nextMark(text, from)) {
            kept.addAll(text, from, at);
            from = markEnd(text, at);
        }
        kept.addAll(text, from, text.length);
        return kept.toArray();
    }

    private static int nextMark(int[] text, int from) {
        int at = from;
        while (at < text.length && (text[at] != Passage.MARK_EDGE || markEnd(text, at) < 0)) {
            at++;
        }
        return at;
    }

    /** @return -1 where no mark begins */
    private static int markEnd(int[] text, int at) {
        int digits = at + 1;
        while (digits < text.length && text[digits] == '$') {
            digits++;
        }
        return closedNumber(text, digits, 7);
    }

    private static int closedNumber(int[] text, int digits, int least) {
        int end = digits;
        while (end < text.length && PythonCharacters.isDigit(text[end])) {
            end++;
        }
        return end - digits >= least && end < text.length && text[end] == Passage.MARK_EDGE ? end + 1 : -1;
    }

    private void add(Passage passage) throws UnsegmentableLineException {
        switch (passage.kind()) {
            case TAGGED -> addTagged(passage);
            case KOREAN -> addPiece("ko", passage.text(), false);
            case THAI -> addPiece("th", passage.text(), false);
            case RUSSIAN -> addPiece("ru", passage.text(), false);
            case NUMBER -> addPiece(pieces.isEmpty() ? "zh" : pieces.get(0).language, passage.text(), false);
            case LATIN -> addSentences(passage.text());
            case QUOTED, BRACKETED -> addQuoted(passage);
        }
    }

    private void addTagged(Passage passage) throws UnsegmentableLineException {
        String name = passage.name();
        if (joinedFilters.contains(name)) {
            addPiece(name, passage.inner(), true);
        } else if (ChineseReading.isNamed(name)) {
            addPiece("zh", ChineseReading.read(name, passage.inner()), true);
        } else {
            addPiece(name, passage.inner(), true);
        }
    }

    private void addSentences(int[] text) throws UnsegmentableLineException {
        int start = 0;
        while (start < text.length) {
            int end = start;
            while (end < text.length && SENTENCE_END.indexOf(text[end]) < 0) {
                end++;
            }
            while (end < text.length && SENTENCE_END.indexOf(text[end]) >= 0) {
                end++;
            }
            int[] sentence = Arrays.copyOfRange(text, start, end);
            if (!isBlank(sentence)) {
                addPiece(guess(CleanText.of(sentence).toString()).language(), sentence, false);
            }
            start = end;
        }
    }

    private void addQuoted(Passage passage) throws UnsegmentableLineException {
        if (nextMark(passage.text(), 0) < passage.text().length) {
            resolveMarks(passage.text(), false);
            return;
        }
        CleanText clean = CleanText.of(passage.inner());
        if (clean.length() <= SHORT_CHINESE) {
            addText(passage.text());
        } else {
            addPiece(guess(clean.toString()).language(), passage.text(), false);
        }
    }

    /** Whatever no pattern set apart: cut at punctuation, the cuts joined again until there is enough to guess from. */
    private void addText(int[] text) throws UnsegmentableLineException {
        boolean[] struck = numbersInMarks(text);
        int begin = 0;
        int end = 0;
        int cleaned = 0;
        boolean words = false;
        CleanText clean = new CleanText();
        boolean punctuation = false;
        boolean last = false;
        while (!last) {
            end = cutEnd(text, end, punctuation);
            last = end == text.length && !punctuation;
            punctuation = !punctuation;
            for (int i = cleaned; i < end; i++) {
                words |= PythonCharacters.isWord(text[i]);
                if (!struck[i] && !PythonCharacters.isDigit(text[i])) {
                    clean.append(text[i]);
                }
            }
            cleaned = end;
            if (end == begin) {
                continue;
            }
            if (!last && (!words || !startsWithWords(text, end, punctuation) || clean.length() <= 2)) {
                continue;
            }
            addCut(Arrays.copyOfRange(text, begin, end), clean, last);
            begin = end;
            words = false;
            clean = new CleanText();
        }
    }

    private static int cutEnd(int[] text, int from, boolean punctuation) {
        int end = from;
        while (end < text.length && isPunctuation(text[end]) == punctuation) {
            end++;
        }
        return end;
    }

    /** Whether the next cut, between two stretches of punctuation, holds a word. */
    private static boolean startsWithWords(int[] text, int from, boolean punctuation) {
        if (punctuation) {
            return false;
        }
        int i = from;
        while (i < text.length && PythonCharacters.isSpace(text[i])) {
            i++;
        }
        return i < text.length && PythonCharacters.isWord(text[i]);
    }

    private static boolean isPunctuation(int codePoint) {
        return !PythonCharacters.isWord(codePoint) && !PythonCharacters.isSpace(codePoint);
    }

    /** Six digits or more between edges of marks aren't cleaned text, even where the line brings them itself. */
    private static boolean[] numbersInMarks(int[] text) {
        boolean[] struck = new boolean[text.length];
        int i = 0;
        while (i < text.length) {
            int end = text[i] == Passage.MARK_EDGE ? closedNumber(text, i + 1, 6) : -1;
            if (end < 0) {
                i++;
            } else {
                Arrays.fill(struck, i, end, true);
                i = end;
            }
        }
        return struck;
    }

    private void addCut(int[] text, CleanText clean, boolean lastCut) throws UnsegmentableLineException {
        String cleanText = clean.toString();
        LanguageModel.Guess guess = guess(cleanText);
        String language = guess.language();
        double score = guess.probability();
        if (!language.equals("zh") && cleanText.chars().allMatch(c -> c == ' ' || isChinese(c))) {
            language = "zh";
            score = 1;
        }
        if (clean.length() <= SHORT_CHINESE && cleanText.chars().anyMatch(LineSegmentation::isChinese)) {
            language = shortChinese(text, clean, cleanText, lastCut, language, score);
        }
        addPiece(language, text, false);
    }

    private String shortChinese(
            int[] text, CleanText clean, String cleanText, boolean lastCut, String guessed, double score) {
        String language = score < CHINESE_OR_JAPANESE ? "ja" : guessed;
        if (cleanText.chars().anyMatch(c -> c >= 0x3040 && c <= 0x30FF)) {
            return "ja";
        }
        if (clean.length() > 2 && score > SURE) {
            return language;
        }
        if (lastCut && atLineEnd) {
            return clean.length() <= 1 ? "zh" : language;
        }
        String previous = pieces.isEmpty() ? "" : pieces.get(pieces.size() - 1).language;
        boolean chineseFirst = language.equals("zh") || clean.length() <= 2 && previous.equals("zh");
        String either = chineseFirst ? "zh|ja" : "ja|zh";
        int lastCharacter = lastVisible(text);
        if (lastCharacter == '。' || lastCharacter == '.') {
            boolean continues = !previous.isEmpty() && either.contains(previous);
            return continues ? previous : language;
        }
        return either + "|…";
    }

    private static int lastVisible(int[] text) {
        int i = text.length - 1;
        while (PythonCharacters.isSpace(text[i])) {
            i--;
        }
        return text[i];
    }

    private static boolean isChinese(int codePoint) {
        return codePoint >= 0x4E00 && codePoint <= 0x9FFF;
    }

    private LanguageModel.Guess guess(String clean) throws UnsegmentableLineException {
        LanguageModel.Guess guess = model.classify(clean);
        if (guess == null) {
            throw new UnsegmentableLineException("more repetitions than the official code counts");
        }
        double rounded = new BigDecimal((float) guess.probability())
                .setScale(3, RoundingMode.HALF_EVEN)
                .doubleValue();
        return new LanguageModel.Guess(guess.language(), rounded);
    }

    private void addPiece(String named, int[] text, boolean tagged) {
        if (isBlank(text)) {
            return;
        }
        String language = PythonCharacters.lowerCase(named);
        WordShape shape = language.equals("en") ? withSpacedCapitals(text) : WordShape.of(text);
        boolean waited = !waiting.isEmpty();
        Piece previous = waited ? waiting.pop() : pieces.isEmpty() ? null : pieces.get(pieces.size() - 1);
        if (previous != null && previous.language.contains("|")) {
            if (previous.language.contains(language)) {
                language = firstOf(language);
                previous.language = language;
            } else {
                previous.language = firstOf(previous.language);
            }
            if (waited) {
                previous = save(previous);
            }
        }
        boolean follows = previous != null && !previous.language.isEmpty();
        if (language.contains("|") && follows && !language.contains(previous.language) && !language.contains("…")) {
            language = firstOf(language);
        }
        Piece piece = new Piece(language, shape, tagged);
        if (language.contains("|")) {
            waiting.push(piece);
        } else {
            save(piece);
        }
    }

    private Piece save(Piece piece) {
        Piece previous = pieces.isEmpty() ? null : pieces.get(pieces.size() - 1);
        if (!piece.tagged && previous != null && !previous.tagged) {
            if (piece.text.isNumber()) {
                piece.language = previous.language;
            }
            if (previous.language.equals(piece.language)) {
                count(piece.language, piece.text.length());
                previous.text = previous.text.then(piece.text);
                return previous;
            }
            if (previous.text.isNumber()) {
                piece.text = previous.text.then(piece.text);
                pieces.remove(pieces.size() - 1);
            }
        }
        if (filters.contains(piece.language) || model.languages().get(0).contains(piece.language)) {
            pieces.add(piece);
            count(piece.language, piece.text.length());
        }
        return piece;
    }

    private void count(String language, long characters) {
        counts.merge(language, language.equals("zh") ? 2 * characters : characters, Long::sum);
    }

    /** English gets a space before each capital within a word, loses hyphens at its ends and gains a space. */
    private static WordShape withSpacedCapitals(int[] text) {
        int start = 0;
        int end = text.length;
        while (start < end && text[start] == '-') {
            start++;
        }
        while (end > start && text[end - 1] == '-') {
            end--;
        }
        long length = end - start + 1L;
        for (int i = 1; i < text.length; i++) {
            if (PythonCharacters.isAsciiCapital(text[i]) && PythonCharacters.isWord(text[i - 1])) {
                length++;
            }
        }
        WordShape shape = WordShape.of(text);
        return shape.then(WordShape.of(new int[] {' '})).withLength(length);
    }

    private static String firstOf(String alternatives) {
        int bar = alternatives.indexOf('|');
        return bar < 0 ? alternatives : alternatives.substring(0, bar);
    }

    private static boolean isBlank(int[] text) {
        for (int codePoint : text) {
            if (!PythonCharacters.isSpace(codePoint)) {
                return false;
            }
        }
        return true;
    }
}
