package acestep4j.quality;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a {@link QualityGate} says of a result.
 *
 * @param items what the sound of each item of the batch measures; empty for a generation that ended without sound
 * @param findings what is wrong; empty when all is well
 */
public record QualityReport(List<SoundMeasures> items, List<QualityFinding> findings) {
    public QualityReport {
        items = List.copyOf(items);
        findings = List.copyOf(findings);
    }

    public boolean isGood() {
        return findings.isEmpty();
    }

    @Override
    public String toString() {
        return isGood()
                ? "good"
                : findings.stream()
                        .map(finding -> "item " + finding.item() + ": " + finding.description())
                        .collect(Collectors.joining("; "));
    }
}
