package acestep4j.diffusion;

import java.util.Arrays;
import java.util.Optional;

/** How the latents are stepped from one noise level to the next. */
public enum SchedulerType {
    /** One evaluation of the model a step. */
    EULER("euler"),
    /** Two evaluations a step, but for the last: nearly twice the time. */
    HEUN("heun"),
    /** Each step goes all the way to the end and adds new noise. */
    PINGPONG("pingpong");

    private final String label;

    SchedulerType(String label) {
        this.label = label;
    }

    /** The name in manifests, receipts and the official pipeline's {@code scheduler_type}. */
    public String label() {
        return label;
    }

    /** The type with that label, if there is one. */
    public static Optional<SchedulerType> labelled(String label) {
        return Arrays.stream(values()).filter(type -> type.label.equals(label)).findFirst();
    }
}
