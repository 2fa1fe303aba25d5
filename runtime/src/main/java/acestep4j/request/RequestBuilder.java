package acestep4j.request;

import acestep4j.InvalidRequestException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Collects the fields that every request has; not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract sealed class RequestBuilder<B extends RequestBuilder<B>>
        permits GuidedRequestBuilder, EditRequest.Builder {
    final SamplingOptions.Builder sampling = new SamplingOptions.Builder();
    String prompt = "";
    String lyrics = "";
    List<Long> seeds = List.of();
    int batchSize = 1;

    RequestBuilder() {}

    abstract B self();

    /** @throws InvalidRequestException naming the first field that is out of its range or contradicts another */
    public abstract GenerationRequest build();

    /** @param text tags and words that describe the music */
    public B prompt(String text) {
        prompt = text;
        return self();
    }

    /** @param text the words, one line per line; empty for none */
    public B lyrics(String text) {
        lyrics = text;
        return self();
    }

    /** The seed of every item of the batch: 0 to 2^63-1. */
    public B seed(long seed) {
        seeds = List.of(seed);
        return self();
    }

    /** The seeds of the items of the batch, at most one for each; the last one counts for the items beyond the list. */
    public B seeds(List<Long> list) {
        seeds = RequestRules.present("seeds", list);
        return self();
    }

    /** @param items 1 to 16 */
    public B batchSize(int items) {
        batchSize = items;
        return self();
    }

    /** @param count 1 to 1000 */
    public B steps(int count) {
        sampling.steps(count);
        return self();
    }

    /** @param scale from 0; 0 and 1 turn the guidance off */
    public B guidanceScale(double scale) {
        sampling.guidanceScale = OptionalDouble.of(scale);
        return self();
    }

    static <T> Optional<T> given(String field, T value) {
        return Optional.of(RequestRules.present(field, value));
    }
}
