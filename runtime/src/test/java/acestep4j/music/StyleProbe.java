package acestep4j.music;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A linear classifier of style, trained on the synthesiser by {@code scripts/nano/evaluate.py --probe}. */
final class StyleProbe {
    /** Bias and weights by style. */
    private final Map<String, double[]> rows = new LinkedHashMap<>();

    StyleProbe() throws IOException {
        try (InputStream in = StyleProbe.class.getResourceAsStream("/music/style_probe.txt")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" "))
                    .forEach(words -> rows.put(
                            words[0],
                            Arrays.stream(words)
                                    .skip(1)
                                    .mapToDouble(Double::parseDouble)
                                    .toArray()));
        }
    }

    String style(Listening piece) {
        double[] features = piece.styleFeatures();
        String best = "";
        double highest = Double.NEGATIVE_INFINITY;
        for (Map.Entry<String, double[]> row : rows.entrySet()) {
            double score = row.getValue()[0];
            for (int i = 0; i < features.length; i++) {
                score += features[i] * row.getValue()[i + 1];
            }
            if (score > highest) {
                highest = score;
                best = row.getKey();
            }
        }
        return best;
    }
}
