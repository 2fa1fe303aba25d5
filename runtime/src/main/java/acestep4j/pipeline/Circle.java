package acestep4j.pipeline;

import acestep4j.audio.Resampler;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.Latents;
import acestep4j.model.AceStepModel;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Latents that begin again after their end. They are decoded unrolled: some of their end comes before their beginning, and
 * some of their beginning after their end, so that each frame sounds as it does between its neighbours in the circle.
 *
 * @param frames of the circle
 * @param context frames that come before them, and as many after them
 * @param frameSamples samples of the decoder in one frame
 */
record Circle(int frames, int context, int frameSamples) {
    /** One frame for the resampler's reach, and one for the fade. */
    private static final int FRAMES_TO_SPARE = 2;

    /** Samples over which the end takes up what the turn lasts more or less than whole samples: 5 ms. */
    private static final int FADE = 256;

    static Circle of(AceStepModel model, int frames) {
        Manifest manifest = model.manifest();
        return new Circle(frames, context(model), manifest.latents().frameSamples(manifest.mel()));
    }

    /** How far decoder and vocoder reach, in latent frames. */
    private static int context(AceStepModel model) {
        Manifest manifest = model.manifest();
        int melFrames = manifest.latents().melFrames();
        int vocoder = (manifest.vocoder().contextFrames() + melFrames - 1) / melFrames;
        return model.dcaeDecoder().contextFrames() + vocoder + FRAMES_TO_SPARE;
    }

    int unrolledFrames() {
        return frames + 2 * context;
    }

    /**
     * @param latents [1, channels, height, frames]
     * @return [1, channels, height, unrolled frames]; the caller closes it
     */
    INDArray unrolled(INDArray latents) {
        INDArray unrolled = Latents.create(1, latents.size(1), latents.size(2), unrolledFrames());
        int count;
        for (int at = 0; at < unrolledFrames(); at += count) {
            int from = Math.floorMod(at - context, frames);
            count = Math.min(frames - from, unrolledFrames() - at);
            Latents.copyFrames(latents, from, count, unrolled, at);
        }
        return unrolled;
    }

    /** How many samples of silence the resampler gets first, so that one of its own falls on the circle's beginning. */
    int silence(Resampler resampler) {
        return Math.floorMod(-context * frameSamples, resampler.inputPeriod());
    }

    /**
     * One turn of one channel. It may last a part of a sample more or less than whole samples do: its end fades to what comes
     * before the beginning, which is the same music that part of a sample earlier or later.
     *
     * @param unrolled all the sound, resampled, {@link #silence} included
     */
    float[] turn(float[] unrolled, Resampler resampler) {
        int start = (silence(resampler) + context * frameSamples) / resampler.inputPeriod() * resampler.outputPeriod();
        double exact = (double) frames * frameSamples * resampler.outputPeriod() / resampler.inputPeriod();
        float[] turn = new float[(int) Math.round(exact)];
        System.arraycopy(unrolled, start, turn, 0, turn.length);
        for (int i = 1; i <= FADE; i++) {
            float weight = (float) i / FADE;
            int at = turn.length - FADE - 1 + i;
            turn[at] = (1 - weight) * turn[at] + weight * unrolled[start + at - turn.length];
        }
        return turn;
    }
}
