package acestep4j.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.GenerationResult;
import acestep4j.NotFiniteException;
import acestep4j.quality.QualityException;
import acestep4j.quality.QualityGate;
import acestep4j.quality.QualityPolicy;
import acestep4j.quality.QualityProblem;
import acestep4j.request.GenerationRequest;
import acestep4j.request.OtherSeeds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of music that isn't fit to be heard. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class QualityPolicyTest {
    private static final GenerationRequest REQUEST = FakeMusic.request("any");
    private static final NotFiniteException NOT_FINITE = new NotFiniteException("the audio became NaN");

    private final List<GenerationRequest> attempts = new ArrayList<>();

    /** Silence for so many attempts, then music. */
    private Generator silentFor(int bad) {
        return (request, listener, cancellation, sink) -> {
            attempts.add(request);
            return attempts.size() > bad ? FakeMusic.good(request) : FakeMusic.result(request, FakeMusic.tone(1, 0));
        };
    }

    private GenerationResult make(Generator generator, QualityPolicy policy) {
        JobOptions options = JobOptions.defaults().withQuality(QualityGate.defaults(), policy);
        try (MusicJobs jobs = new MusicJobs(generator, 2, FakeMusic.SAMPLE_RATE, options)) {
            return jobs.submit(REQUEST).result().toCompletableFuture().join();
        } catch (CompletionException e) {
            throw (RuntimeException) e.getCause();
        }
    }

    @Test
    void goodMusicIsHandedOutWithItsReport() {
        GenerationResult result = make(silentFor(0), QualityPolicy.fail().withRetries(3));
        assertEquals(1, result.quality().size());
        assertTrue(result.quality().get(0).isGood());
        assertEquals(List.of(REQUEST), attempts);
    }

    @Test
    void otherSeedsAreTriedUntilTheMusicIsGood() {
        GenerationResult result = make(silentFor(2), QualityPolicy.fail().withRetries(3));
        assertEquals(List.of(REQUEST, OtherSeeds.of(REQUEST, 1), OtherSeeds.of(REQUEST, 2)), attempts);
        assertEquals(attempts.get(2), result.receipt().settings().request());
        assertEquals(3, result.quality().size());
        assertFalse(result.quality().get(1).isGood());
        assertTrue(result.quality().get(2).isGood());
    }

    @Test
    void musicThatStaysBadFailsWithTheReportsOfAllAttempts() {
        QualityException problem = assertThrows(
                QualityException.class,
                () -> make(silentFor(9), QualityPolicy.fail().withRetries(1)));
        assertEquals(2, problem.reports().size());
        assertTrue(
                problem.getMessage()
                        .startsWith("the music isn't fit to be heard after 2 attempts (item 0: expected an RMS of at"
                                + " least 0.00316, found 0.00000"),
                problem.getMessage());
    }

    @Test
    void musicThatStaysBadIsHandedOutWithTheReports() {
        GenerationResult result = make(silentFor(9), QualityPolicy.handOut().withRetries(1));
        assertEquals(2, result.quality().size());
        assertEquals(
                QualityProblem.SILENCE,
                result.quality().get(1).findings().get(0).problem());
        assertEquals(attempts.get(1), result.receipt().settings().request());
    }

    @Test
    void aLengthThatWasNotAskedForIsFound() {
        GenerationResult result = make(
                (request, listener, cancellation, sink) -> FakeMusic.result(request, FakeMusic.tone(1.6, 0.5f)),
                QualityPolicy.handOut());
        assertEquals(
                "item 0: expected 1.00 s, found 1.60 s", result.quality().get(0).toString());
        assertEquals(
                QualityProblem.LENGTH, result.quality().get(0).findings().get(0).problem());
    }

    @Test
    void numbersThatAreNoneAreTriedAgainToo() {
        GenerationResult result = make(
                (request, listener, cancellation, sink) -> {
                    attempts.add(request);
                    if (attempts.size() == 1) {
                        throw NOT_FINITE;
                    }
                    return FakeMusic.good(request);
                },
                QualityPolicy.handOut().withRetries(1));
        assertEquals(
                QualityProblem.NOT_FINITE,
                result.quality().get(0).findings().get(0).problem());
        assertTrue(result.quality().get(1).isGood());
    }

    @Test
    void withoutRetriesTheRuntimesExceptionStays() {
        Generator broken = (request, listener, cancellation, sink) -> {
            throw NOT_FINITE;
        };
        assertSame(NOT_FINITE, assertThrows(NotFiniteException.class, () -> make(broken, QualityPolicy.handOut())));
    }

    @Test
    void whatHasBeenHeardIsHandedOutOnceWithItsReport() {
        JobOptions options = JobOptions.defaults()
                .withQuality(QualityGate.defaults(), QualityPolicy.fail().withRetries(3));
        try (MusicJobs jobs = new MusicJobs(silentFor(9), 2, FakeMusic.SAMPLE_RATE, options)) {
            GenerationResult result =
                    jobs.stream(REQUEST).result().toCompletableFuture().join();
            assertFalse(result.quality().get(0).isGood());
            assertEquals(1, attempts.size());
        }
    }
}
