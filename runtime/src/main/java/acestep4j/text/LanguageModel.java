package acestep4j.text;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Names the language of a piece of text: naive Bayes over byte n-grams, the model of langid (Lui and Baldwin, "langid.py:
 * An Off-the-shelf Language Identification Tool", ACL 2012) as trained for the Python package py3langid. The file is
 * written by {@code scripts/acestep_export/language_model.py}, where its layout is described. Immutable and thread-safe.
 */
final class LanguageModel {
    /** A language code and its probability among all languages of the model, 0 to 1. */
    record Guess(String language, double probability) {}

    private static final String MAGIC = "A4JLANG1";
    private static final int LARGEST_COUNT = 0xFFFF;

    private final List<String> languages;
    private final float[] priors;
    /** [feature][language] */
    private final float[] logProbabilities;
    /** [state][byte] */
    private final char[] nextState;
    /** The features of state s are {@code features[firstFeature[s]]} up to {@code features[firstFeature[s + 1]]}. */
    private final int[] firstFeature;

    private final char[] features;

    private LanguageModel(ByteBuffer data) {
        int languageCount = data.getInt();
        int featureCount = data.getInt();
        int stateCount = data.getInt();
        int valueCount = data.getInt();

        String[] codes = new String[languageCount];
        for (int i = 0; i < languageCount; i++) {
            byte[] code = PackedData.bytes(data, data.get());
            codes[i] = new String(code, StandardCharsets.US_ASCII);
        }
        languages = List.of(codes);
        priors = floats(data, languageCount);

        float[] values = floats(data, valueCount);
        int cells = Math.multiplyExact(languageCount, featureCount);
        char[] indices = PackedData.chars(data, cells);
        logProbabilities = new float[cells];
        for (int language = 0; language < languageCount; language++) {
            for (int feature = 0; feature < featureCount; feature++) {
                int cell = language * featureCount + feature;
                logProbabilities[feature * languageCount + language] = values[indices[cell]];
            }
        }

        nextState = transitions(data, stateCount);

        byte[] emitted = PackedData.bytes(data, stateCount);
        firstFeature = new int[stateCount + 1];
        for (int state = 0; state < stateCount; state++) {
            firstFeature[state + 1] = firstFeature[state] + Byte.toUnsignedInt(emitted[state]);
        }
        features = new char[firstFeature[stateCount]];
        for (int i = 0; i < features.length; i++) {
            features[i] = data.getChar();
            if (features[i] >= featureCount) {
                throw new IllegalArgumentException("feature " + (int) features[i] + " of " + featureCount);
            }
        }
        if (data.hasRemaining()) {
            throw new IllegalArgumentException(data.remaining() + " bytes too many");
        }
    }

    static LanguageModel load(Path file) {
        return PackedData.read(file, MAGIC, "language model", LanguageModel::new);
    }

    /** The codes this model knows, in its own order. */
    List<String> languages() {
        return languages;
    }

    /**
     * @return the likeliest language; of equally likely ones the first in the model's order; null when one n-gram occurs
     *     more than 65,535 times, which the official code can't count
     */
    Guess classify(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int width = languages.size();
        double[] scores = new double[width];
        for (int language = 0; language < width; language++) {
            scores[language] = priors[language];
        }
        int[] counts = utf8.length > LARGEST_COUNT ? new int[logProbabilities.length / width] : null;
        int state = 0;
        for (byte letter : utf8) {
            state = nextState[state << 8 | Byte.toUnsignedInt(letter)];
            for (int i = firstFeature[state]; i < firstFeature[state + 1]; i++) {
                int feature = features[i];
                if (counts != null && ++counts[feature] > LARGEST_COUNT) {
                    return null;
                }
                int row = feature * width;
                for (int language = 0; language < width; language++) {
                    scores[language] += logProbabilities[row + language];
                }
            }
        }
        int best = 0;
        for (int language = 1; language < width; language++) {
            if (scores[language] > scores[best]) {
                best = language;
            }
        }
        double sum = 0;
        for (double score : scores) {
            sum += Math.exp(score - scores[best]);
        }
        return new Guess(languages.get(best), 1 / sum);
    }

    private static char[] transitions(ByteBuffer data, int stateCount) {
        char[] changes = new char[stateCount];
        int total = 0;
        for (int state = 0; state < stateCount; state++) {
            changes[state] = data.getChar();
            total += changes[state];
        }
        byte[] inputs = PackedData.bytes(data, total);
        char[] targets = PackedData.chars(data, total);
        char[] next = new char[stateCount * 256];
        int change = 0;
        for (int state = 0; state < stateCount; state++) {
            if (state > 0) {
                System.arraycopy(next, 0, next, state << 8, 256);
            }
            for (int i = 0; i < changes[state]; i++, change++) {
                char target = targets[change];
                if (target >= stateCount) {
                    throw new IllegalArgumentException("state " + (int) target + " of " + stateCount);
                }
                next[state << 8 | Byte.toUnsignedInt(inputs[change])] = target;
            }
        }
        return next;
    }

    private static float[] floats(ByteBuffer data, int count) {
        float[] floats = new float[count];
        data.asFloatBuffer().get(floats);
        data.position(data.position() + count * Float.BYTES);
        return floats;
    }
}
