package acestep4j.model;

import acestep4j.AceStepOptions;
import acestep4j.LoraException;
import acestep4j.LoraReference;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.Latents;
import acestep4j.lora.LoraFile;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.OnnxRuntime;
import acestep4j.text.LyricTokenizer;
import acestep4j.text.TextTokenizer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * A loaded bundle of the family {@code ace-step-v1}: both tokenizers and the graphs. Thread-safe; immutable but for
 * the LoRA in use. It may not be closed while one of its parts is in use. Closing twice is harmless.
 */
public final class AceStepModel implements AutoCloseable {
    private final Bundle bundle;
    private final Manifest manifest;
    private final String precision;
    private final OnnxRuntime runtime;
    private final TextTokenizer textTokenizer;
    private final LyricTokenizer lyricTokenizer;
    private final TextEncoder textEncoder;
    private final AdaptableGraphs adaptableGraphs;
    private final LatentEncoder latentEncoder;
    private final DcaeDecoder dcaeDecoder;
    private final Vocoder vocoder;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /**
     * Loads everything; what had been loaded is closed again when a part fails.
     *
     * @throws acestep4j.BundleException naming the part that doesn't fit
     */
    public AceStepModel(Bundle bundle, AceStepOptions options) {
        this.bundle = bundle;
        manifest = bundle.manifest();
        precision = options.precision().orElse(manifest.precisions().get(0));
        Bundle.graphNames().forEach(name -> bundle.graph(name, precision));
        try {
            textTokenizer = opened(TextTokenizer.load(
                    bundle.file(manifest.text().tokenizer()), manifest.text().maxTokens()));
            lyricTokenizer = opened(LyricTokenizer.load(
                    bundle.file(manifest.lyrics().tokenizer()),
                    bundle.file(manifest.lyrics().languageModel()),
                    manifest.lyrics().pinyin().map(bundle::file),
                    manifest.lyrics().japanese().map(bundle::file)));
            runtime = OnnxRuntime.start(options);
            textEncoder = new TextEncoder(graph(bundle, Bundle.TEXT_ENCODER));
            adaptableGraphs = opened(new AdaptableGraphs(runtime, bundle, precision));
            latentEncoder = new LatentEncoder(graph(bundle, Bundle.LATENT_ENCODER), manifest);
            dcaeDecoder = new DcaeDecoder(graph(bundle, Bundle.DCAE_DECODER), manifest);
            vocoder = new Vocoder(graph(bundle, Bundle.VOCODER), manifest);
            Latents.create(1).close(); // ND4J loads its natives now and not within the first song
        } catch (RuntimeException | Error e) {
            try {
                close();
            } catch (RuntimeException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private OnnxGraph graph(Bundle bundle, String name) {
        return opened(runtime.open(bundle, name, precision));
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    public Manifest manifest() {
        return manifest;
    }

    /** The precision in which the graphs are loaded. */
    public String precision() {
        return precision;
    }

    /** The ONNX Runtime that computes. */
    public OnnxRuntime runtime() {
        return runtime;
    }

    public TextTokenizer textTokenizer() {
        return textTokenizer;
    }

    public LyricTokenizer lyricTokenizer() {
        return lyricTokenizer;
    }

    public TextEncoder textEncoder() {
        return textEncoder;
    }

    /**
     * Condition encoder and transformer for one generation, with the LoRA that is in use now; a later change leaves them
     * alone. The caller closes it when the generation has ended.
     */
    public AdaptedModel adapted() {
        return adaptableGraphs.lease();
    }

    /**
     * Uses a LoRA from the next {@link #adapted} on, instead of one in use before. When it fails, nothing has changed.
     *
     * @param file a safetensors file, or a folder with one under the official name
     * @param weight factor on what the LoRA adds, finite
     * @throws LoraException naming the first key that doesn't fit
     */
    public void useLora(Path file, double weight) {
        if (!bundle.hasLoraGraphs(precision)) {
            throw new LoraException(bundle.folder() + ": expected a bundle with graphs for a LoRA in precision "
                    + precision + ", found one without; export it again with this version's scripts/export_onnx.py");
        }
        LoraAdapter adapter;
        try (LoraFile lora = LoraFile.open(file)) {
            adapter = LoraAdapter.load(
                    lora,
                    weight,
                    bundle.graph(Bundle.CONDITION_ENCODER_LORA, precision),
                    bundle.graph(Bundle.TRANSFORMER_LORA, precision));
        }
        adaptableGraphs.use(adapter);
    }

    /** Uses no LoRA from the next {@link #adapted} on. */
    public void removeLora() {
        adaptableGraphs.remove();
    }

    /** The LoRA that the next {@link #adapted} has; empty for none. */
    public Optional<LoraReference> lora() {
        return adaptableGraphs.lora();
    }

    public LatentEncoder latentEncoder() {
        return latentEncoder;
    }

    public DcaeDecoder dcaeDecoder() {
        return dcaeDecoder;
    }

    public Vocoder vocoder() {
        return vocoder;
    }

    @Override
    public void close() {
        RuntimeException failure = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                RuntimeException unchecked = e instanceof RuntimeException known ? known : new IllegalStateException(e);
                if (failure == null) {
                    failure = unchecked;
                } else {
                    failure.addSuppressed(unchecked);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
