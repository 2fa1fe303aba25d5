package acestep4j.model;

import acestep4j.AceStepOptions;
import acestep4j.DeviceException;
import acestep4j.LoraException;
import acestep4j.LoraReference;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.GraphSpec;
import acestep4j.bundle.Manifest;
import acestep4j.diffusion.Latents;
import acestep4j.lora.LoraFile;
import acestep4j.onnx.Lease;
import acestep4j.onnx.OnnxGraph;
import acestep4j.onnx.OnnxRuntime;
import acestep4j.text.LyricTokenizer;
import acestep4j.text.TextTokenizer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A loaded bundle of the family {@code ace-step-v1}: both tokenizers and the graphs. Thread-safe; immutable but for
 * the LoRA in use. It may not be closed while one of its parts is in use. Closing twice is harmless.
 */
public final class AceStepModel implements AutoCloseable {
    private final Bundle bundle;
    private final Manifest manifest;
    private final OnnxRuntime runtime;
    private final TextTokenizer textTokenizer;
    private final Optional<LyricTokenizer> lyricTokenizer;
    private final TextEncoder textEncoder;
    private final AdaptableGraphs adaptableGraphs;
    private final OnnxGraph latentEncoderGraph;
    private final LatentEncoder latentEncoder;
    private final DcaeDecoder dcaeDecoder;
    private final Vocoder vocoder;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<Lease<?>> keptGraphs = new ArrayList<>();
    private boolean offload;
    private boolean keepsLatentEncoder;

    /**
     * Chooses the device and loads everything but the latent encoder, or with offload the tokenizers only. What had been
     * loaded is closed again when a part fails. Where a device may be chosen and CUDA can't hold the graphs, the CPU does.
     *
     * @throws acestep4j.BundleException naming the part that doesn't fit
     * @throws DeviceException when no device that was asked for can compute
     */
    public static AceStepModel open(Bundle bundle, AceStepOptions options) {
        options.precision().ifPresent(precision -> bundle.graph(Bundle.TRANSFORMER, precision));
        OnnxRuntime runtime = OnnxRuntime.start(options, bundle.manifest().precisions());
        try {
            return new AceStepModel(bundle, options, runtime);
        } catch (DeviceException e) {
            return new AceStepModel(bundle, options, runtime.withoutCuda(e));
        }
    }

    private AceStepModel(Bundle bundle, AceStepOptions options, OnnxRuntime runtime) {
        this.bundle = bundle;
        manifest = bundle.manifest();
        offload = Memory.needsOffload(bundle, runtime) || options.offload();
        this.runtime = runtime;
        try {
            textTokenizer = opened(TextTokenizer.load(
                    bundle.file(manifest.text().tokenizer()), manifest.text().maxTokens()));
            lyricTokenizer = manifest.lyrics()
                    .map(lyrics -> opened(LyricTokenizer.load(
                            bundle.file(lyrics.tokenizer()),
                            bundle.file(lyrics.languageModel()),
                            lyrics.pinyin().map(bundle::file),
                            lyrics.japanese().map(bundle::file))));
            OnnxGraph text = runtime.graph(bundle, Bundle.TEXT_ENCODER);
            OnnxGraph decoder = runtime.graph(bundle, Bundle.DCAE_DECODER);
            OnnxGraph upsampler = runtime.graph(bundle, Bundle.DCAE_UPSAMPLER);
            OnnxGraph vocoderGraph = runtime.graph(bundle, Bundle.VOCODER);
            adaptableGraphs = opened(adaptableGraphsBeside(() -> keep(text, decoder, upsampler, vocoderGraph)));
            textEncoder = new TextEncoder(text);
            latentEncoderGraph = runtime.graph(bundle, Bundle.LATENT_ENCODER);
            latentEncoder = new LatentEncoder(latentEncoderGraph, manifest);
            dcaeDecoder = new DcaeDecoder(decoder, upsampler, manifest);
            vocoder = new Vocoder(vocoderGraph, manifest);
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

    /** Loads the largest graphs on a thread of their own meanwhile: ONNX Runtime packs a graph's weights on one core. */
    private AdaptableGraphs adaptableGraphsBeside(Runnable others) {
        CompletableFuture<AdaptableGraphs> loading =
                CompletableFuture.supplyAsync(() -> new AdaptableGraphs(runtime, bundle, offload));
        try {
            others.run();
        } catch (RuntimeException | Error e) {
            loading.thenAccept(AdaptableGraphs::close)
                    .exceptionally(failure -> null)
                    .join();
            throw e;
        }
        try {
            return loading.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw (Error) e.getCause();
        }
    }

    /** Graphs that stay loaded as long as the model is open, unless they are offloaded. */
    private void keep(OnnxGraph... graphs) {
        for (OnnxGraph graph : graphs) {
            if (!offload) {
                keptGraphs.add(opened(graph.hold()));
            }
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    public Manifest manifest() {
        return manifest;
    }

    /** The ONNX Runtime that computes. */
    public OnnxRuntime runtime() {
        return runtime;
    }

    public TextTokenizer textTokenizer() {
        return textTokenizer;
    }

    /** Empty for a bundle that ignores lyrics. */
    public Optional<LyricTokenizer> lyricTokenizer() {
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
        if (!bundle.hasLoraGraphs(runtime.choice().precision())) {
            throw new LoraException(bundle.folder() + ": expected a bundle with graphs for a LoRA in precision "
                    + runtime.choice().precision()
                    + ", found one without; export it again with this version's scripts/export_onnx.py");
        }
        LoraAdapter adapter;
        try (LoraFile lora = LoraFile.open(file)) {
            adapter = LoraAdapter.load(
                    lora,
                    weight,
                    bundle.graph(Bundle.CONDITION_ENCODER_LORA, runtime.choice().precision()),
                    bundle.graph(Bundle.TRANSFORMER_LORA, runtime.choice().precision()));
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

    /** Bytes of the LoRA that the next {@link #adapted} has. */
    public long loraBytes() {
        return adaptableGraphs.loraBytes();
    }

    /** A graph as the manifest describes it in the precision in use; of the two that a LoRA adapts, the variant in use. */
    public GraphSpec spec(String name) {
        boolean isAdapted = name.equals(Bundle.CONDITION_ENCODER) || name.equals(Bundle.TRANSFORMER);
        String variant = isAdapted && lora().isPresent() ? Bundle.loraVariant(name) : name;
        return bundle.graph(variant, runtime.choice().precision());
    }

    /** Whether graphs are loaded for their stage only. */
    public synchronized boolean isOffloaded() {
        return offload;
    }

    /** Lets the loaded graphs go: from now on each is loaded for its stage only. */
    public synchronized void offload() {
        offload = true;
        adaptableGraphs.offload();
        keptGraphs.forEach(Lease::close);
        keptGraphs.clear();
    }

    /** Whether the latent encoder stays loaded since it was used. */
    public synchronized boolean keepsLatentEncoder() {
        return keepsLatentEncoder && !offload;
    }

    /** The latent encoder, which most songs don't need: its graph is loaded when this is asked for first. */
    public synchronized LatentEncoder latentEncoder() {
        if (!offload && !keepsLatentEncoder) {
            keep(latentEncoderGraph);
            keepsLatentEncoder = true;
        }
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
