package acestep4j.diffusion;

import java.util.Arrays;
import java.util.Optional;

/** How the prediction with prompt and lyrics is set against the one without them. */
public enum GuidanceType {
    /** Adaptive projected guidance. */
    APG("apg"),
    /** Classifier-free guidance. */
    CFG("cfg"),
    /** Classifier-free guidance with the unconditional side scaled to fit, and no velocity in the first two steps. */
    CFG_ZERO_STAR("cfg_star"),
    /** Classifier-free guidance with a scale each for the prompt and the lyrics; three evaluations a step. */
    DOUBLE_CONDITION("double_condition");

    private final String label;

    GuidanceType(String label) {
        this.label = label;
    }

    /** The name in manifests and receipts, and but for the last one in the official pipeline's {@code cfg_type}. */
    public String label() {
        return label;
    }

    /** The type with that label, if there is one. */
    public static Optional<GuidanceType> labelled(String label) {
        return Arrays.stream(values()).filter(type -> type.label.equals(label)).findFirst();
    }
}
