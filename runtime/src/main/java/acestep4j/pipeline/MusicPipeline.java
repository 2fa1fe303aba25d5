package acestep4j.pipeline;

import acestep4j.Cancellation;
import acestep4j.GenerationException;
import acestep4j.GenerationResult;
import acestep4j.ProgressListener;
import acestep4j.audio.AudioSink;
import acestep4j.model.AceStepModel;
import acestep4j.model.AdaptedModel;
import acestep4j.request.AudioToAudioRequest;
import acestep4j.request.EditRequest;
import acestep4j.request.ExtendRequest;
import acestep4j.request.GenerationRequest;
import acestep4j.request.GenerationSettings;
import acestep4j.request.RepaintRequest;
import acestep4j.request.RetakeRequest;
import acestep4j.request.TextToMusicRequest;
import java.util.Optional;

/**
 * From a request to sound. Holds nothing but the model and is thread-safe; everything that changes belongs to the
 * {@link Song} of one call.
 */
public final class MusicPipeline {
    private final AceStepModel model;
    private final Decoding decoding;

    public MusicPipeline(AceStepModel model) {
        this.model = model;
        this.decoding = new Decoding(model);
    }

    /**
     * Makes the music.
     *
     * @param sink takes the sound of the only item while the rest is being decoded; empty for none
     * @throws acestep4j.InvalidRequestException when the bundle can't carry out what was asked for
     * @throws GenerationException when ONNX Runtime fails, memory running out included
     * @throws acestep4j.CancelledException when cancelled meanwhile
     */
    public GenerationResult generate(
            GenerationSettings settings,
            ProgressListener listener,
            Cancellation cancellation,
            Optional<AudioSink> sink) {
        try (AdaptedModel adapted = model.adapted()) {
            return new Song(model, adapted, decoding, settings, listener, cancellation, sink)
                    .make(task(settings.request()));
        } catch (OutOfMemoryError e) {
            throw new GenerationException(
                    "out of memory (" + e.getMessage()
                            + "); ask for a shorter piece or a smaller batch, or give the process more memory",
                    e);
        }
    }

    private static Task task(GenerationRequest request) {
        if (request instanceof TextToMusicRequest textToMusic) {
            return new TextToMusic(textToMusic);
        }
        if (request instanceof RetakeRequest retake) {
            return new Retake(retake);
        }
        if (request instanceof RepaintRequest repaint) {
            return new Repaint(repaint);
        }
        if (request instanceof ExtendRequest extend) {
            return new Extend(extend);
        }
        if (request instanceof EditRequest edit) {
            return new Edit(edit);
        }
        return new AudioToAudio((AudioToAudioRequest) request);
    }
}
