package acestep4j.pipeline;

import acestep4j.Loop;
import acestep4j.audio.AudioBuffer;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What differs between the kinds of requests: how the latents come about. One object per generation. */
interface Task {
    /**
     * Adds what {@link #sample} will run, and gives the latent frames of the result.
     *
     * @throws acestep4j.InvalidRequestException when it can't be done
     */
    int outline(Outline outline);

    /** The finished latents of the whole batch, float32 [batch, channels, height, frames]; the caller closes them. */
    INDArray sample(Song song);

    /** What of an item's decoded sound is the result. */
    default AudioBuffer finish(AudioBuffer decoded) {
        return decoded;
    }

    /** The loop that the result is, if it is one. */
    default Optional<Loop> loop(List<AudioBuffer> audio) {
        return Optional.empty();
    }
}
