package acestep4j.bundle;

import java.util.List;
import java.util.OptionalLong;

/**
 * One input or output of a graph as the manifest states it.
 *
 * @param name the tensor's name in the graph
 * @param type the type of its elements
 * @param shape one entry per dimension: a number in digits when it is fixed, otherwise the name of a dynamic dimension
 */
public record TensorSpec(String name, ElementType type, List<String> shape) {
    public TensorSpec {
        shape = List.copyOf(shape);
    }

    /** The size of a fixed dimension; empty for a dynamic one. */
    public OptionalLong size(int dimension) {
        String entry = shape.get(dimension);
        return isNumber(entry) ? OptionalLong.of(Long.parseLong(entry)) : OptionalLong.empty();
    }

    /** The type and the shape in one phrase, such as {@code float32 [batch, 8, 16, frames]}. */
    public String describe() {
        return type.label() + " " + shape;
    }

    /** Whether both have the same type, as many dimensions, and the same sizes where either has a fixed one. */
    public boolean agreesWith(TensorSpec other) {
        if (type != other.type || shape.size() != other.shape.size()) {
            return false;
        }
        for (int i = 0; i < shape.size(); i++) {
            if (!size(i).equals(other.size(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNumber(String entry) {
        return !entry.isEmpty() && entry.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
