package acestep4j.job;

import acestep4j.Cancellation;
import acestep4j.GenerationResult;
import acestep4j.ProgressListener;
import acestep4j.audio.AudioSink;
import acestep4j.request.GenerationRequest;
import java.util.Optional;

/** What makes the music of the jobs. */
@FunctionalInterface
interface Generator {
    /** @param sink takes the sound while it is made; empty when it isn't heard before its end */
    GenerationResult generate(
            GenerationRequest request, ProgressListener listener, Cancellation cancellation, Optional<AudioSink> sink);
}
