package acestep4j.model;

import acestep4j.AceStepOptions;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.Latents;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.OnnxRuntime;
import acestep4j.text.LyricTokenizer;
import acestep4j.text.TextTokenizer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A loaded bundle of the family {@code ace-step-v1}: both tokenizers and the five graphs. Immutable and thread-safe; it
 * may not be closed while one of its parts is in use. Closing twice is harmless.
 */
public final class AceStepModel implements AutoCloseable {
    private final Manifest manifest;
    private final String precision;
    private final OnnxRuntime runtime;
    private final TextTokenizer textTokenizer;
    private final LyricTokenizer lyricTokenizer;
    private final TextEncoder textEncoder;
    private final ConditionEncoder conditionEncoder;
    private final DiffusionTransformer transformer;
    private final DcaeDecoder dcaeDecoder;
    private final Vocoder vocoder;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /**
     * Loads everything; what had been loaded is closed again when a part fails.
     *
     * @throws acestep4j.BundleException naming the part that doesn't fit
     */
    public AceStepModel(Bundle bundle, AceStepOptions options) {
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
            conditionEncoder = new ConditionEncoder(graph(bundle, Bundle.CONDITION_ENCODER));
            transformer = new DiffusionTransformer(graph(bundle, Bundle.TRANSFORMER));
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

    public ConditionEncoder conditionEncoder() {
        return conditionEncoder;
    }

    public DiffusionTransformer transformer() {
        return transformer;
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
