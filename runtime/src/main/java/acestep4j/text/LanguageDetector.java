package acestep4j.text;

import java.nio.file.Path;

/**
 * Names the language of one line of lyrics as the model's training data named it: the line is cut by script, each piece is
 * given a language, and the language with the most characters wins, English yielding to any second one. From
 * acestep/language_segmentation at d612523, over py3langid 0.3.0.
 *
 * <p>One difference is meant: the official object keeps state from line to line, which shows only when a line repeats the
 * previous one and that one made it fail. Here every line stands alone.
 *
 * <p>Immutable and thread-safe.
 */
public final class LanguageDetector {
    private final LanguageModel model;

    LanguageDetector(LanguageModel model) {
        this.model = model;
    }

    /** @param languageModel the bundle's {@code language_model.bin} */
    public static LanguageDetector load(Path languageModel) {
        return new LanguageDetector(LanguageModel.load(languageModel));
    }

    /**
     * @param line without line breaks, stripped
     * @return a two-letter code, of any language the model knows; rarely another tag that the line itself carries
     */
    public String detect(String line) {
        try {
            return new LineSegmentation(model).language(line);
        } catch (UnsegmentableLineException e) {
            return "en";
        }
    }
}
