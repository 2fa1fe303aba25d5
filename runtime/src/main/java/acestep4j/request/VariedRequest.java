package acestep4j.request;

import java.util.List;

/** A request whose noise is turned from a first one towards a second one. */
public sealed interface VariedRequest extends GenerationRequest permits RetakeRequest, RepaintRequest, ExtendRequest {
    /** How far the noise is turned: 0 for the first noise, 1 for the second. */
    double variance();

    /** Seeds of the items' second noise, under the same rules as {@link #seeds}. */
    List<Long> retakeSeeds();
}
