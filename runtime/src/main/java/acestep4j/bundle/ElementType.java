package acestep4j.bundle;

import java.util.Optional;

/** The type of a tensor's elements, under the name that manifests and error messages use. */
public enum ElementType {
    FLOAT32("float32", 4),
    FLOAT16("float16", 2),
    BFLOAT16("bfloat16", 2),
    INT64("int64", 8),
    BOOL("bool", 1);

    private final String label;
    private final int bytes;

    ElementType(String label, int bytes) {
        this.label = label;
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
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
