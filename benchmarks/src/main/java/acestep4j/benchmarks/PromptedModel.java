package acestep4j.benchmarks;

import acestep4j.AceStepOptions;
import acestep4j.Cancellation;
import acestep4j.DecodingMode;
import acestep4j.audio.AudioBuffer;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.Denoiser;
import acestep4j.diffusion.Latents;
import acestep4j.diffusion.Pass;
import acestep4j.diffusion.TorchGenerator;
import acestep4j.model.AceStepModel;
import acestep4j.model.AdaptedModel;
import acestep4j.model.Condition;
import acestep4j.model.Lyrics;
import acestep4j.model.TextStates;
import acestep4j.model.Vocoder;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An open model, part by part, and a song's conditions for it as the pipeline makes them with its default settings. The
 * only class here that calls the parts of the model.
 */
final class PromptedModel implements AutoCloseable {
    private static final float PLAIN = 1;

    private final AceStepModel model;
    private final AdaptedModel adapted;
    private final Map<Pass, Condition> conditions = new EnumMap<>(Pass.class);
    private final Cancellation cancellation = new Cancellation();

    private PromptedModel(AceStepModel model) {
        this.model = model;
        this.adapted = model.adapted();
    }

    static PromptedModel open(Path bundle, AceStepOptions options) {
        return new PromptedModel(AceStepModel.open(Bundle.open(bundle, false), options));
    }

    Manifest manifest() {
        return model.manifest();
    }

    String precision() {
        return model.runtime().choice().precision();
    }

    /** Token ids of a prompt. */
    long[] promptIds(String prompt) {
        return model.textTokenizer().encode(prompt).ids();
    }

    long[] lyricIds(String lyrics) {
        return model.lyricTokenizer().map(tokenizer -> tokenizer.encode(lyrics)).orElse(new long[0]);
    }

    TextStates encodeText(long[] ids) {
        return model.textEncoder().encode(ids, PLAIN, cancellation);
    }

    /** The condition of the plain pass; the caller closes it. */
    Condition encodeCondition(TextStates text, long[] lyricIds) {
        return adapted.conditionEncoder().encode(text, Lyrics.of(lyricIds), 1, PLAIN, cancellation);
    }

    /** Encodes the conditions of both passes for {@link #denoiser}. */
    void prompt(long[] promptIds, long[] lyricIds) {
        float tau = manifest().erg().tau();
        Lyrics lyrics = Lyrics.of(lyricIds);
        TextStates weak = model.textEncoder().encode(promptIds, tau, cancellation);
        conditions.put(Pass.CONDITIONAL, encodeCondition(encodeText(promptIds), lyricIds));
        conditions.put(Pass.UNCONDITIONAL, adapted.conditionEncoder().encode(weak, lyrics, 1, tau, cancellation));
    }

    Denoiser denoiser() {
        return adapted.transformer().under(conditions, manifest().erg().tau(), cancellation);
    }

    int frames(double seconds) {
        Manifest manifest = manifest();
        return (int) (seconds
                * manifest.audio().decoderSampleRate()
                / manifest.mel().hopLength()
                / manifest.latents().melFrames());
    }

    /** Noise of the first item of a song, float32 [1, channels, height, frames]; the caller closes it. */
    INDArray noise(double seconds, long seed) {
        Manifest.Latents size = manifest().latents();
        INDArray noise = Latents.create(1, size.channels(), size.height(), frames(seconds));
        new TorchGenerator(seed).fillNormal(Latents.values(noise));
        return noise;
    }

    /** Log mel of latents, float32 [1, audio channels, bins, mel frames]; the caller closes it. */
    INDArray decode(INDArray latents) {
        return model.dcaeDecoder().decode(latents, DecodingMode.WHOLE, cancellation, (mel, ready) -> {});
    }

    /** Makes the waveforms of a log mel [1, audio channels, bins, mel frames], and drops them. */
    void synthesize(INDArray mel) {
        int melFrames = (int) mel.size(3);
        Vocoder.Voice voice = model.vocoder().voice((int) mel.size(1), melFrames, DecodingMode.WHOLE);
        model.vocoder()
                .runs(melFrames, DecodingMode.WHOLE)
                .forEach(run -> voice.next(mel, cancellation, (channel, samples) -> {}));
    }

    /** Latents of a piece; the caller closes them. */
    INDArray encodeAudio(AudioBuffer audio) {
        return model.latentEncoder().encode(audio, cancellation);
    }

    @Override
    public void close() {
        conditions.values().forEach(Condition::close);
        adapted.close();
        model.close();
    }
}
