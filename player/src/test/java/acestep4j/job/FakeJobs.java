package acestep4j.job;

import acestep4j.Cancellation;
import acestep4j.audio.AudioBuffer;
import acestep4j.request.GenerationRequest;

/** Jobs whose music a test makes, without a model. */
public final class FakeJobs {
    private FakeJobs() {}

    /** Makes the sound of a request. */
    @FunctionalInterface
    public interface Maker {
        AudioBuffer make(GenerationRequest request, Cancellation cancellation);
    }

    /** One worker, whose finished music is checked for nothing. */
    public static MusicJobs of(Maker maker) {
        return of(maker, JobOptions.defaults());
    }

    public static MusicJobs of(Maker maker, JobOptions options) {
        Generator generator =
                (request, listener, cancellation, sink) -> FakeMusic.result(request, maker.make(request, cancellation));
        return new MusicJobs(generator, 2, 48_000, options);
    }
}
