package acestep4j.quality;

import acestep4j.AceStepException;
import java.util.List;

/** Music that isn't fit to be heard, after as many attempts as the policy allows; the runtime stays usable. */
public final class QualityException extends AceStepException {
    private static final long serialVersionUID = 1L;

    private final transient List<QualityReport> reports;

    /** @param reports one for each attempt, at least one */
    public QualityException(List<QualityReport> reports) {
        super("the music isn't fit to be heard after " + reports.size()
                + (reports.size() == 1 ? " attempt" : " attempts") + " (" + reports.get(reports.size() - 1)
                + "); take another seed or another prompt, or widen the gate");
        this.reports = List.copyOf(reports);
    }

    /** One for each attempt. */
    public List<QualityReport> reports() {
        return reports;
    }
}
