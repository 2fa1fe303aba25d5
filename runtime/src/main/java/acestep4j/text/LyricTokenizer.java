package acestep4j.text;

import acestep4j.InvalidRequestException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Turns lyrics into the ids of the lyric encoder: lines, the language of each, its words written out, byte-pair encoding. From
 * tokenize_lyrics in acestep/pipeline_ace_step.py and acestep/models/lyrics_utils/lyric_tokenizer.py at d612523. Thread-safe.
 */
public final class LyricTokenizer implements AutoCloseable {
    private static final long START = 261;
    private static final long END_OF_LINE = 2;
    private static final String ENGLISH = "en";
    private static final String CHINESE = "zh";
    private static final String JAPANESE = "ja";
    /** Languages the model was trained on; a line in any other is taken for English. */
    private static final Set<String> LANGUAGES = Set.of(
            "en", "de", "fr", "es", "it", "pt", "pl", "tr", "ru", "cs", "nl", "ar", "zh", "ja", "hu", "ko", "hi");

    /** Languages whose token isn't their code. */
    private static final Map<String, String> MARKERS = Map.of("zh", "zh-cn");

    /** The published vocabulary has none for them, in every {@code [verse]}: no news to the user. */
    private static final Set<String> TAG_BRACKETS = Set.of("[", "]");

    private static final int EXCERPT = 40;

    private final SubwordTokenizer tokenizer;
    private final LanguageDetector detector;
    /** By language. */
    private final Map<String, LyricNormalizer> normalizers;

    private LyricTokenizer(
            SubwordTokenizer tokenizer, LanguageDetector detector, Map<String, LyricNormalizer> normalizers) {
        this.tokenizer = tokenizer;
        this.detector = detector;
        this.normalizers = normalizers;
    }

    /**
     * @param bpeJson the bundle's {@code lyric_tokenizer.json}
     * @param languageModel the bundle's {@code language_model.bin}
     * @throws acestep4j.BundleException where one of them can't be used
     */
    public static LyricTokenizer load(Path bpeJson, Path languageModel) {
        return load(bpeJson, languageModel, Optional.empty(), Optional.empty());
    }

    /**
     * @param bpeJson the bundle's {@code lyric_tokenizer.json}
     * @param languageModel the bundle's {@code language_model.bin}
     * @param pinyin the bundle's {@code pinyin.bin}; without it no Chinese is sung
     * @param japanese the bundle's {@code japanese.bin}, loaded when a line needs it; without it no Japanese is sung
     * @throws acestep4j.BundleException where one of them can't be used
     */
    public static LyricTokenizer load(
            Path bpeJson, Path languageModel, Optional<Path> pinyin, Optional<Path> japanese) {
        LanguageDetector detector = LanguageDetector.load(languageModel);
        var normalizers = new HashMap<String, LyricNormalizer>();
        LanguageRules.BY_LANGUAGE.forEach(
                (language, rules) -> normalizers.put(language, new MultilingualNormalizer(rules)));
        normalizers.put("hi", new BasicNormalizer());
        normalizers.put("ko", KoreanNormalizer::normalize);
        pinyin.ifPresent(file -> normalizers.put(CHINESE, new ChineseNormalizer(Pinyin.load(file))));
        japanese.ifPresent(file -> normalizers.put(JAPANESE, new JapaneseNormalizer(file)));
        return new LyricTokenizer(SubwordTokenizer.load(bpeJson, 0), detector, Map.copyOf(normalizers));
    }

    /**
     * @param lyrics lines ending in {@code \n}; structure tags such as {@code [verse]} on lines of their own
     * @throws InvalidRequestException for a line in a language this version doesn't sing, and for half a surrogate pair
     */
    public List<LyricLine> lines(String lyrics) {
        WellFormed.require("lyrics", lyrics);
        var lines = new ArrayList<LyricLine>();
        for (String line : lyrics.split("\n", -1)) {
            lines.add(line(lines.size() + 1, PythonCharacters.strip(line)));
        }
        return lines;
    }

    /**
     * @return 261, then each line's ids and a 2; empty for empty lyrics
     * @throws InvalidRequestException as {@link #lines}
     */
    public long[] encode(String lyrics) {
        return lyrics.isEmpty() ? new long[0] : ids(lines(lyrics));
    }

    /** @return 261, then each line's ids and a 2 */
    public static long[] ids(List<LyricLine> lines) {
        var ids = LongStream.builder().add(START);
        for (LyricLine line : lines) {
            for (long id : line.ids()) {
                ids.add(id);
            }
            ids.add(END_OF_LINE);
        }
        return ids.build().toArray();
    }

    private LyricLine line(int number, String text) {
        if (text.isEmpty()) {
            return LyricLine.empty(number);
        }
        String detected = isStructureTag(text) ? ENGLISH : detector.detect(text);
        String language = LANGUAGES.contains(detected) ? detected : ENGLISH;
        LyricNormalizer normalizer = normalizers.get(language);
        if (normalizer == null) {
            throw new InvalidRequestException(
                    "lyrics",
                    String.format(
                            "line %d is taken for %s (\"%s\"), %s; write it otherwise or leave it out",
                            number, name(language), excerpt(text), whyNotSung(language)));
        }
        String normalised = normalizer.normalize(text);
        String marked = ("[" + MARKERS.getOrDefault(language, language) + "]" + normalised).replace(" ", "[SPACE]");
        SubwordTokenizer.Tokens tokens = tokenizer.encode(marked);
        return new LyricLine(
                number, text, language, normalised, tokens.tokens(), tokens.ids(), remarks(detected, language, tokens));
    }

    private static List<String> remarks(String detected, String language, SubwordTokenizer.Tokens tokens) {
        var remarks = new ArrayList<String>();
        if (!detected.equals(language)) {
            remarks.add("taken for " + name(detected) + ", which the model doesn't sing; read as " + name(language));
        }
        var unknown = new LinkedHashSet<>(tokens.unknown());
        unknown.removeAll(TAG_BRACKETS);
        if (!unknown.isEmpty()) {
            remarks.add("the model has no token for " + String.join(" ", unknown));
        }
        return List.copyOf(remarks);
    }

    private static String name(String language) {
        return new Locale(language).getDisplayLanguage(Locale.ENGLISH);
    }

    private static String whyNotSung(String language) {
        return switch (language) {
            case CHINESE -> "and the bundle has no pinyin: export it again with scripts/export_onnx.py";
            case JAPANESE -> "and the bundle has no Japanese words: export it again with scripts/export_onnx.py";
            default -> "which this version doesn't sing";
        };
    }

    private static String excerpt(String text) {
        int length = text.codePointCount(0, text.length());
        return length <= EXCERPT ? text : text.substring(0, text.offsetByCodePoints(0, EXCERPT)) + "...";
    }

    /** A closed bracket at the start: {@code [chorus]}, also with text behind it. */
    private static boolean isStructureTag(String line) {
        return line.startsWith("[") && line.indexOf(']') > 0;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
