package acestep4j.text;

import acestep4j.BundleException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.InflaterInputStream;

/**
 * Names the language of a piece of text: naive Bayes over byte n-grams, the model of langid (Lui and Baldwin, "langid.py:
 * An Off-the-shelf Language Identification Tool", ACL 2012) as trained for the Python package py3langid. The file is
 * written by {@code scripts/acestep_export/language_model.py}, where its layout is described. Immutable and thread-safe.
 */
final class LanguageModel {
    /** A language code and its probability among all languages of the model, 0 to 1. */
    record Guess(String language, double probability) {}

    private static final byte[] MAGIC = "A4JLANG1".getBytes(StandardCharsets.US_ASCII);
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
            byte[] code = bytes(data, data.get());
            codes[i] = new String(code, StandardCharsets.US_ASCII);
        }
        languages = List.of(codes);
        priors = floats(data, languageCount);

        float[] values = floats(data, valueCount);
        int cells = Math.multiplyExact(languageCount, featureCount);
        byte[] low = bytes(data, cells);
        byte[] high = bytes(data, cells);
        logProbabilities = new float[cells];
        for (int language = 0; language < languageCount; language++) {
            for (int feature = 0; feature < featureCount; feature++) {
                int cell = language * featureCount + feature;
                logProbabilities[feature * languageCount + language] = values[join(low[cell], high[cell])];
            }
        }

        nextState = transitions(data, stateCount);

        byte[] emitted = bytes(data, stateCount);
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
        try {
            byte[] content = Files.readAllBytes(file);
            if (content.length < MAGIC.length || !Arrays.equals(content, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
                throw unusable(file, "no language model of this version", null);
            }
            try (var inflated = new InflaterInputStream(
                    new ByteArrayInputStream(content, MAGIC.length, content.length - MAGIC.length))) {
                return new LanguageModel(
                        ByteBuffer.wrap(inflated.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN));
            }
        } catch (EOFException | java.util.zip.ZipException e) {
            throw unusable(file, "damaged or truncated", e);
        } catch (IOException e) {
            throw new BundleException(file + ": can't be read: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            if (e instanceof BundleException) {
                throw e;
            }
            throw unusable(file, "damaged or truncated", e);
        }
    }

    private static BundleException unusable(Path file, String problem, Exception cause) {
        return new BundleException(file + ": " + problem + "; export the bundle again", cause);
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
        byte[] inputs = bytes(data, total);
        byte[] low = bytes(data, total);
        byte[] high = bytes(data, total);
        char[] next = new char[stateCount * 256];
        int change = 0;
        for (int state = 0; state < stateCount; state++) {
            if (state > 0) {
                System.arraycopy(next, 0, next, state << 8, 256);
            }
            for (int i = 0; i < changes[state]; i++, change++) {
                int target = join(low[change], high[change]);
                if (target >= stateCount) {
                    throw new IllegalArgumentException("state " + target + " of " + stateCount);
                }
                next[state << 8 | Byte.toUnsignedInt(inputs[change])] = (char) target;
            }
        }
        return next;
    }

    private static int join(byte low, byte high) {
        return Byte.toUnsignedInt(high) << 8 | Byte.toUnsignedInt(low);
    }

    private static byte[] bytes(ByteBuffer data, int count) {
        byte[] bytes = new byte[count];
        data.get(bytes);
        return bytes;
    }

    private static float[] floats(ByteBuffer data, int count) {
        float[] floats = new float[count];
        data.asFloatBuffer().get(floats);
        data.position(data.position() + count * Float.BYTES);
        return floats;
    }
}
