package acestep4j.bundle;

import java.util.Optional;

/** The type of a tensor's elements, under the name that manifests and error messages use. */
public enum ElementType {
    FLOAT32("float32"),
    FLOAT16("float16"),
    BFLOAT16("bfloat16"),
    INT64("int64"),
    BOOL("bool");

    private final String label;

    ElementType(String label) {
        this.label = label;
    }

    /** The name in a manifest, such as {@code float32}. */
    public String label() {
        return label;
    }

    static Optional<ElementType> named(String label) {
        for (ElementType type : values()) {
            if (type.label.equals(label)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
