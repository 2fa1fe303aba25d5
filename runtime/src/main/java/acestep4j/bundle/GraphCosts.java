package acestep4j.bundle;

import java.util.List;
import java.util.Map;

/**
 * What a graph takes when it runs, as its export computed it from the sizes of its tensors.
 *
 * @param weightBytes bytes of the weights that lie in memory while it is in use
 * @param activationBytes polynomials of one item's sizes, the largest of which is the number of bytes that lie between the
 *     nodes at once
 * @param multiplyAdds the multiplications of one item
 */
public record GraphCosts(long weightBytes, List<Polynomial> activationBytes, Polynomial multiplyAdds) {
    public GraphCosts {
        activationBytes = List.copyOf(activationBytes);
    }

    /** The bytes that lie between the nodes at once for one item of these sizes. */
    public double activations(Map<String, Integer> sizes) {
        return activationBytes.stream()
                .mapToDouble(polynomial -> polynomial.of(sizes))
                .max()
                .orElse(0);
    }

    /**
     * A polynomial in a graph's dynamic dimensions.
     *
     * @param coefficients by the dimensions that they multiply; an empty list for the constant
     */
    public record Polynomial(Map<List<String>, Long> coefficients) {
        public Polynomial {
            coefficients = Map.copyOf(coefficients);
        }

        /** @param sizes a size for each of the dimensions */
        public double of(Map<String, Integer> sizes) {
            double sum = 0;
            for (Map.Entry<List<String>, Long> term : coefficients.entrySet()) {
                double value = term.getValue();
                for (String dimension : term.getKey()) {
                    value *= sizes.get(dimension);
                }
                sum += value;
            }
            return Math.max(0, sum);
        }
    }
}
