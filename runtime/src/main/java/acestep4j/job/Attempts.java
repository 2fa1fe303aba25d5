package acestep4j.job;

import acestep4j.GenerationResult;
import acestep4j.NotFiniteException;
import acestep4j.quality.QualityException;
import acestep4j.quality.QualityFinding;
import acestep4j.quality.QualityGate;
import acestep4j.quality.QualityPolicy;
import acestep4j.quality.QualityProblem;
import acestep4j.quality.QualityReport;
import acestep4j.request.OtherSeeds;
import java.util.ArrayList;
import java.util.List;

/** Makes the music of one job, as often as the quality policy says. */
record Attempts(Generator generator, QualityGate gate, QualityPolicy policy) {

    /** What has been heard can't be taken back: the sound of a stream is made once, and handed out with its report. */
    GenerationResult make(MusicJob job) {
        int retries = job.isStreamed() ? 0 : policy.retries();
        List<QualityReport> reports = new ArrayList<>();
        while (true) {
            boolean isLast = reports.size() == retries;
            int attempt = reports.size();
            try {
                GenerationResult result =
                        job.generate(generator, attempt == 0 ? job.request() : OtherSeeds.of(job.request(), attempt));
                reports.add(gate.check(result));
                if (reports.get(attempt).isGood() || isLast && (job.isStreamed() || !policy.fails())) {
                    return result.withQuality(reports);
                }
            } catch (NotFiniteException e) {
                if (isLast) {
                    throw e;
                }
                reports.add(new QualityReport(
                        List.of(), List.of(new QualityFinding(0, QualityProblem.NOT_FINITE, e.getMessage()))));
            }
            if (isLast) {
                throw new QualityException(reports);
            }
        }
    }
}
