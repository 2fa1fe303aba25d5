package acestep4j.bundle;

import acestep4j.diffusion.GuidanceType;
import acestep4j.diffusion.SchedulerType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a bundle's {@code manifest.json} states about a model of the family {@code ace-step-v1}. Immutable.
 *
 * @param formatVersion the version of the bundle's layout
 * @param family the model family; decides which pipeline runs the bundle
 * @param name the bundle's name; that of the checkpoint when the manifest gives none
 * @param id SHA-256 over the lines "path sha256" of all files, in hexadecimal
 * @param exporter the version of the exporter that wrote the bundle
 * @param source where the weights came from
 * @param licences the licences of the parts that have one of their own
 * @param precisions the precisions in which every graph is present
 * @param ignoredInputs what a request may give and the weights ignore, such as {@link #LYRICS}
 * @param files every file of the bundle by its path, with forward slashes
 * @param graphs the graphs by name and precision
 * @param lyrics how lyrics are read; empty when they are ignored
 */
public record Manifest(
        int formatVersion,
        String family,
        String name,
        String id,
        String exporter,
        Source source,
        List<Licence> licences,
        List<String> precisions,
        List<String> ignoredInputs,
        SortedMap<String, FileEntry> files,
        Map<String, Map<String, GraphSpec>> graphs,
        Text text,
        Optional<Lyrics> lyrics,
        Latents latents,
        Mel mel,
        DcaeUpsampler dcaeUpsampler,
        Vocoder vocoder,
        Audio audio,
        Erg erg,
        Defaults defaults) {

    /** The name of every manifest inside its bundle. */
    public static final String FILE_NAME = "manifest.json";

    /** The name of the lyrics among the ignored inputs. */
    public static final String LYRICS = "lyrics";

    /** The version of the bundle layout that this runtime reads. */
    public static final int SUPPORTED_FORMAT_VERSION = 1;

    /** The model family that this runtime plays. */
    public static final String SUPPORTED_FAMILY = "ace-step-v1";

    /** Where the weights came from. */
    public record Source(String checkpoint, Optional<String> description, String licence) {}

    /** A part of the bundle with a licence of its own; the notice is the text it asks to be kept. */
    public record Licence(String part, String licence, Optional<String> notice) {}

    /** A file's exact size in bytes and its SHA-256 in hexadecimal. */
    public record FileEntry(long size, String sha256) {}

    /** The prompt's tokenizer file and the number of tokens after which a prompt is cut. */
    public record Text(String tokenizer, int maxTokens) {}

    /**
     * The lyrics' vocabulary, the language detector's model, the readings of Chinese and the words of Japanese (without which
     * lyrics in that language aren't sung), and the most lyric tokens the model takes.
     */
    public record Lyrics(
            String tokenizer,
            String languageModel,
            Optional<String> pinyin,
            Optional<String> japanese,
            int maxTokens) {}

    /**
     * The latents [batch, channels, height, frames]: one frame stands for {@code melFrames} mel frames, and the decoder
     * takes {@code latents / scale + shift}.
     */
    public record Latents(int channels, int height, int melFrames, float scale, float shift) {
        /** The number of the decoder's samples in one latent frame. */
        public int frameSamples(Mel mel) {
            return melFrames * mel.hopLength();
        }
    }

    /** The mel spectrogram between decoder and vocoder: bins, range of the log mel, samples per mel frame. */
    public record Mel(int bins, float min, float max, int hopLength) {}

    /**
     * Between the DCAE decoder's halves: how many frames of features stand for one frame of latents, and how many to each
     * side of one the mel frames of it depend on.
     */
    public record DcaeUpsampler(int featureFrames, int contextFrames) {}

    /** How many mel frames to each side of a mel frame the vocoder's sound of it depends on. */
    public record Vocoder(int contextFrames) {}

    /** The vocoder's sample rate and the rate of the result, in Hz. */
    public record Audio(int channels, int decoderSampleRate, int sampleRate) {}

    /** Entropy rectifying guidance: the factor on the attention's queries in a weakened pass. */
    public record Erg(float tau) {}

    /** The settings of a request that leaves them open. Duration in seconds, {@code shift} of the scheduler's sigmas. */
    public record Defaults(
            double duration,
            int steps,
            double guidanceScale,
            double omegaScale,
            double guidanceInterval,
            double guidanceIntervalDecay,
            double minGuidanceScale,
            boolean ergTag,
            boolean ergLyric,
            boolean ergDiffusion,
            SchedulerType scheduler,
            GuidanceType guidance,
            double shift) {}
}
