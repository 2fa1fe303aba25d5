package acestep4j.request;

import java.util.List;
import java.util.Map;

/** A piece of music to be made. Immutable and checked when it is built. */
public sealed interface GenerationRequest
        permits TimedRequest, VariedRequest, EditRequest, AudioToAudioRequest, LoopRequest {

    /** Tags and words that describe the music; what is beyond the model's limit of tokens is cut off. */
    String prompt();

    /** The words, one line per line, with structure tags such as {@code [verse]}; empty for none. */
    String lyrics();

    /**
     * Seeds of the items' noise, 0 to 2^63-1; the last one counts for all items that have none of their own. Without any,
     * each item's seed is drawn and recorded in the receipt.
     */
    List<Long> seeds();

    /** Number of items made at once, 1 to 16. */
    int batchSize();

    /** How the latents are sampled. */
    SamplingOptions sampling();

    /** The task's name in receipts and in the files of the official pipeline, such as {@code text2music}. */
    String task();

    /** The settings that only this task has, by their names in the receipt. */
    Map<String, Object> taskSettings();
}
