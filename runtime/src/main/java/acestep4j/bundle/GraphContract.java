package acestep4j.bundle;

import acestep4j.BundleException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The tensors that this runtime feeds and reads in each graph of the family {@code ace-step-v1}, checked against a
 * manifest before any graph is loaded. Dimensions given as {@code "size"} are fixed sizes of the checkpoint's own. What
 * Java fills or reads is float32 in every precision; keys and values go from one graph to the other in a type of theirs.
 */
final class GraphContract {
    private static final String CHECKPOINT_SIZE = "size";

    private GraphContract() {}

    static void check(Manifest manifest) {
        if (manifest.precisions().isEmpty()) {
            throw new BundleException("manifest.json: 'precisions' expected at least one precision, found none"
                    + "; export the bundle again with scripts/export_onnx.py");
        }
        for (String precision : manifest.precisions()) {
            for (Map.Entry<String, Tensors> entry : requiredTensors(manifest).entrySet()) {
                checkGraph(manifest, entry.getKey(), precision, entry.getValue());
            }
            checkConditions(manifest, precision);
            checkLora(manifest, Bundle.CONDITION_ENCODER, Bundle.CONDITION_ENCODER_LORA, precision);
            checkLora(manifest, Bundle.TRANSFORMER, Bundle.TRANSFORMER_LORA, precision);
        }
    }

    /** A LoRA variant takes and gives what its graph does, and pairs of matrices besides. */
    private static void checkLora(Manifest manifest, String graph, String variant, String precision) {
        GraphSpec found = manifest.graphs().getOrDefault(variant, Map.of()).get(precision);
        if (found == null) {
            return;
        }
        GraphSpec base = manifest.graphs().get(graph).get(precision);
        checkSame(found.file(), "input", base.inputs(), found.inputs());
        checkSame(found.file(), "output", base.outputs(), found.outputs());
        List<TensorSpec> lora = found.loraInputs();
        if (found.inputs().size() != base.inputs().size() + lora.size()
                || found.outputs().size() != base.outputs().size()) {
            throw new BundleException("manifest.json: " + found.file() + ": expected the inputs and outputs of "
                    + base.file() + " and a LoRA's matrices, found others; export the bundle again with"
                    + " scripts/export_onnx.py");
        }
        for (TensorSpec matrix : lora) {
            int fixed = matrix.name().endsWith(".A") ? 0 : 1;
            String partner = matrix.name().substring(0, matrix.name().length() - 1) + (fixed == 0 ? "B" : "A");
            if (!matrix.name().endsWith(fixed == 0 ? ".A" : ".B")
                    || matrix.type() != ElementType.FLOAT32
                    || matrix.shape().size() != 2
                    || matrix.size(fixed).isEmpty()
                    || matrix.size(1 - fixed).isPresent()
                    || found.input(partner).isEmpty()) {
                throw mismatch(
                        found.file(),
                        "input",
                        new TensorSpec(matrix.name(), ElementType.FLOAT32, List.of("inputs", "rank")),
                        matrix.describe() + " beside " + partner);
            }
        }
    }

    private static void checkSame(String file, String kind, List<TensorSpec> wanted, List<TensorSpec> present) {
        for (TensorSpec tensor : wanted) {
            TensorSpec found = present.stream()
                    .filter(other -> other.name().equals(tensor.name()))
                    .findFirst()
                    .orElseThrow(() -> mismatch(file, kind, tensor, names(present)));
            if (!tensor.agreesWith(found)) {
                throw mismatch(file, kind, tensor, found.describe());
            }
        }
    }

    private record Tensors(List<TensorSpec> inputs, List<TensorSpec> outputs) {}

    private static Map<String, Tensors> requiredTensors(Manifest manifest) {
        TensorSpec tau = of("tau", ElementType.FLOAT32);
        String channels = String.valueOf(manifest.latents().channels());
        String height = String.valueOf(manifest.latents().height());
        String bins = String.valueOf(manifest.mel().bins());
        String audioChannels = String.valueOf(manifest.audio().channels());
        return Map.of(
                Bundle.TEXT_ENCODER,
                new Tensors(
                        List.of(
                                of("input_ids", ElementType.INT64, "batch", "tokens"),
                                of("attention_mask", ElementType.INT64, "batch", "tokens"),
                                tau),
                        List.of(of("text_states", ElementType.FLOAT32, "batch", "tokens", CHECKPOINT_SIZE))),
                Bundle.CONDITION_ENCODER,
                new Tensors(
                        List.of(
                                of("text_states", ElementType.FLOAT32, "batch", "text_tokens", CHECKPOINT_SIZE),
                                of("text_mask", ElementType.INT64, "batch", "text_tokens"),
                                of("speaker_embeds", ElementType.FLOAT32, "batch", CHECKPOINT_SIZE),
                                of("lyric_ids", ElementType.INT64, "batch", "lyric_tokens"),
                                of("lyric_mask", ElementType.INT64, "batch", "lyric_tokens"),
                                tau),
                        List.of()),
                Bundle.LATENT_ENCODER,
                new Tensors(
                        List.of(of("audio", ElementType.FLOAT32, "batch", audioChannels, "samples")),
                        List.of(of("latents", ElementType.FLOAT32, "batch", channels, height, "frames"))),
                Bundle.TRANSFORMER,
                new Tensors(
                        List.of(
                                of("latents", ElementType.FLOAT32, "batch", channels, height, "frames"),
                                of("timestep", ElementType.FLOAT32, "batch"),
                                tau),
                        List.of(of("velocity", ElementType.FLOAT32, "batch", channels, height, "frames"))),
                Bundle.DCAE_DECODER,
                new Tensors(
                        List.of(of("latents", ElementType.FLOAT32, "batch", channels, height, "frames")),
                        List.of(of(
                                "features", ElementType.FLOAT32, "batch", CHECKPOINT_SIZE, "frames", CHECKPOINT_SIZE))),
                Bundle.DCAE_UPSAMPLER,
                new Tensors(
                        List.of(of(
                                "features", ElementType.FLOAT32, "batch", CHECKPOINT_SIZE, "frames", CHECKPOINT_SIZE)),
                        List.of(of("mel", ElementType.FLOAT32, "batch", audioChannels, bins, "mel_frames"))),
                Bundle.VOCODER,
                new Tensors(
                        List.of(
                                of("mel", ElementType.FLOAT32, "batch", bins, "mel_frames"),
                                of("context", ElementType.INT64, "2")),
                        List.of(of("audio", ElementType.FLOAT32, "batch", "samples"))));
    }

    private static TensorSpec of(String name, ElementType type, String... shape) {
        return new TensorSpec(name, type, List.of(shape));
    }

    private static void checkGraph(Manifest manifest, String graph, String precision, Tensors required) {
        Map<String, GraphSpec> precisions = manifest.graphs().get(graph);
        if (precisions == null || !precisions.containsKey(precision)) {
            throw new BundleException("manifest.json: expected the graph '" + graph + "' in precision " + precision
                    + ", found " + (precisions == null ? manifest.graphs().keySet() : precisions.keySet())
                    + "; export the bundle again with scripts/export_onnx.py");
        }
        GraphSpec spec = precisions.get(precision);
        checkTensors(spec.file(), "input", required.inputs(), spec.inputs());
        checkTensors(spec.file(), "output", required.outputs(), spec.outputs());
        if (!graph.equals(Bundle.TRANSFORMER)
                && spec.inputs().size() != required.inputs().size()) {
            List<String> unknown =
                    new ArrayList<>(spec.inputs().stream().map(TensorSpec::name).toList());
            unknown.removeAll(required.inputs().stream().map(TensorSpec::name).toList());
            throw new BundleException(spec.file() + ": expected no input besides "
                    + required.inputs().stream().map(TensorSpec::name).toList() + ", found " + unknown
                    + "; update acestep4j, or export the bundle again with this version's scripts/export_onnx.py");
        }
    }

    private static void checkTensors(String file, String kind, List<TensorSpec> required, List<TensorSpec> present) {
        for (TensorSpec wanted : required) {
            TensorSpec found = present.stream()
                    .filter(tensor -> tensor.name().equals(wanted.name()))
                    .findFirst()
                    .orElseThrow(() -> mismatch(file, kind, wanted, names(present)));
            if (wanted.type() != found.type() || !shapeFits(wanted.shape(), found)) {
                throw mismatch(file, kind, wanted, found.describe());
            }
        }
    }

    private static boolean shapeFits(List<String> wanted, TensorSpec found) {
        if (wanted.size() != found.shape().size()) {
            return false;
        }
        for (int i = 0; i < wanted.size(); i++) {
            boolean literal = wanted.get(i).matches("[0-9]+");
            boolean fixed = literal || wanted.get(i).equals(CHECKPOINT_SIZE);
            boolean isFixed = found.size(i).isPresent();
            if (fixed != isFixed
                    || literal && !wanted.get(i).equals(found.shape().get(i))) {
                return false;
            }
        }
        return true;
    }

    /** What the condition encoder gives has to be what the transformer takes. */
    private static void checkConditions(Manifest manifest, String precision) {
        GraphSpec encoder = manifest.graphs().get(Bundle.CONDITION_ENCODER).get(precision);
        GraphSpec transformer = manifest.graphs().get(Bundle.TRANSFORMER).get(precision);
        for (TensorSpec output : encoder.outputs()) {
            TensorSpec input = transformer
                    .input(output.name())
                    .orElseThrow(() -> mismatch(transformer.file(), "input", output, names(transformer.inputs())));
            if (!input.agreesWith(output)) {
                throw mismatch(transformer.file(), "input", output, input.describe());
            }
        }
        for (TensorSpec input : transformer.inputs()) {
            boolean own = List.of("latents", "timestep", "tau").contains(input.name());
            if (!own && encoder.output(input.name()).isEmpty()) {
                throw mismatch(encoder.file(), "output", input, names(encoder.outputs()));
            }
        }
    }

    private static String names(List<TensorSpec> tensors) {
        List<String> names = tensors.stream().map(TensorSpec::name).toList();
        return names.size() <= 8 ? names.toString() : names.subList(0, 8) + " and " + (names.size() - 8) + " more";
    }

    private static BundleException mismatch(String file, String kind, TensorSpec wanted, String found) {
        return new BundleException("manifest.json: " + file + ": " + kind + " '" + wanted.name() + "' expected "
                + wanted.describe() + ", found " + found + "; export the bundle again with scripts/export_onnx.py");
    }
}
