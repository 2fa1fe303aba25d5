package acestep4j.bundle;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A bundle that a test may spoil: either made of placeholder files, or a copy of a real one. */
public final class BundleFolder {
    private final Path folder;

    private BundleFolder(Path folder) {
        this.folder = folder;
    }

    /** A bundle whose manifest is right and whose files hold nothing that could be loaded. */
    public static BundleFolder ofPlaceholders(Path folder) throws IOException {
        BundleFolder bundle = new BundleFolder(folder);
        for (String name : Bundle.graphNames()) {
            bundle.write("fp32/" + name + ".onnx", "graph " + name);
            bundle.write("fp32/" + name + ".onnx.data", "weights " + name);
        }
        bundle.write("text_tokenizer.json", "{}");
        bundle.write("lyric_tokenizer.json", "{}");
        bundle.write("language_model.bin", "model");
        bundle.writeManifest(manifest());
        bundle.seal();
        return bundle;
    }

    /** A copy of a real bundle. */
    public static BundleFolder copyOf(Path original, Path folder) throws IOException {
        try (var paths = Files.walk(original)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Path target = folder.resolve(original.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
        return new BundleFolder(folder);
    }

    public Path path() {
        return folder;
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    public void write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /** Changes one byte in the middle of a file. */
    public void alter(String name) throws IOException {
        byte[] bytes = Files.readAllBytes(file(name));
        bytes[bytes.length / 2] ^= 1;
        Files.write(file(name), bytes);
    }

    public BundleFolder edit(Consumer<JsonObject> change) throws IOException {
        JsonObject manifest = JsonParser.parseString(Files.readString(file(Manifest.FILE_NAME)))
                .getAsJsonObject();
        change.accept(manifest);
        writeManifest(manifest);
        return this;
    }

    /** Makes sizes, hashes and the id of the manifest those of the files as they are now. */
    public BundleFolder seal() throws IOException {
        TreeMap<String, String> hashes = new TreeMap<>();
        JsonObject files = new JsonObject();
        try (var paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
                String name = folder.relativize(path).toString().replace('\\', '/');
                if (name.equals(Manifest.FILE_NAME)) {
                    continue;
                }
                JsonObject entry = new JsonObject();
                entry.addProperty("size", Files.size(path));
                entry.addProperty("sha256", sha256(Files.readAllBytes(path)));
                files.add(name, entry);
                hashes.put(name, entry.get("sha256").getAsString());
            }
        }
        return edit(manifest -> {
            manifest.add("files", files);
            manifest.addProperty("id", id(hashes));
        });
    }

    public static String id(TreeMap<String, String> hashes) {
        StringBuilder lines = new StringBuilder();
        hashes.forEach(
                (name, hash) -> lines.append(name).append(' ').append(hash).append('\n'));
        return sha256(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void writeManifest(JsonObject manifest) throws IOException {
        Files.writeString(file(Manifest.FILE_NAME), manifest.toString());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonObject manifest() {
        JsonObject manifest = JsonParser.parseString(
                        """
                {
                  "format_version": 1, "family": "ace-step-v1", "id": "", "exporter": "0.1.0",
                  "source": {"checkpoint": "placeholder", "licence": "Apache-2.0"},
                  "licences": [], "precisions": ["fp32"], "files": {}, "a_later_addition": [1],
                  "text": {"tokenizer": "text_tokenizer.json", "max_tokens": 256},
                  "lyrics": {"tokenizer": "lyric_tokenizer.json", "language_model": "language_model.bin",
                             "max_tokens": 4096},
                  "latents": {"channels": 8, "height": 16, "mel_frames": 8, "scale": 0.1786, "shift": -1.9091},
                  "mel": {"bins": 128, "min": -11.0, "max": 3.0, "hop_length": 512},
                  "dcae_upsampler": {"feature_frames": 1, "context_frames": 4},
                  "vocoder": {"context_frames": 5},
                  "audio": {"channels": 2, "decoder_sample_rate": 44100, "sample_rate": 48000},
                  "erg": {"tau": 0.01},
                  "defaults": {"duration": 60.0, "steps": 60, "guidance_scale": 15.0, "omega_scale": 10.0,
                    "guidance_interval": 0.5, "guidance_interval_decay": 0.0, "min_guidance_scale": 3.0,
                    "erg_tag": true, "erg_lyric": true, "erg_diffusion": true,
                    "scheduler": "euler", "guidance": "apg", "shift": 3.0}
                }
                """)
                .getAsJsonObject();
        JsonArray conditions = tensors(
                "cross_key_0 float32 batch,2,condition_tokens,16",
                "cross_value_0 float32 batch,2,condition_tokens,16",
                "condition_mask bool batch,condition_tokens");
        JsonArray transformerInputs =
                tensors("latents float32 batch,8,16,frames", "timestep float32 batch", "tau float32 -");
        transformerInputs.addAll(conditions);
        JsonObject graphs = new JsonObject();
        graphs.add(
                Bundle.TEXT_ENCODER,
                graph(
                        Bundle.TEXT_ENCODER,
                        tensors("input_ids int64 batch,tokens", "attention_mask int64 batch,tokens", "tau float32 -"),
                        tensors("text_states float32 batch,tokens,32")));
        graphs.add(
                Bundle.CONDITION_ENCODER,
                graph(
                        Bundle.CONDITION_ENCODER,
                        tensors(
                                "text_states float32 batch,text_tokens,32",
                                "text_mask int64 batch,text_tokens",
                                "speaker_embeds float32 batch,512",
                                "lyric_ids int64 batch,lyric_tokens",
                                "lyric_mask int64 batch,lyric_tokens",
                                "tau float32 -"),
                        conditions));
        graphs.add(
                Bundle.LATENT_ENCODER,
                graph(
                        Bundle.LATENT_ENCODER,
                        tensors("audio float32 batch,2,samples"),
                        tensors("latents float32 batch,8,16,frames")));
        graphs.add(
                Bundle.TRANSFORMER,
                graph(Bundle.TRANSFORMER, transformerInputs, tensors("velocity float32 batch,8,16,frames")));
        graphs.add(
                Bundle.DCAE_DECODER,
                graph(
                        Bundle.DCAE_DECODER,
                        tensors("latents float32 batch,8,16,frames"),
                        tensors("features float32 batch,16,frames,32")));
        graphs.add(
                Bundle.DCAE_UPSAMPLER,
                graph(
                        Bundle.DCAE_UPSAMPLER,
                        tensors("features float32 batch,16,frames,32"),
                        tensors("mel float32 batch,2,128,mel_frames")));
        graphs.add(
                Bundle.VOCODER,
                graph(
                        Bundle.VOCODER,
                        tensors("mel float32 batch,128,mel_frames", "context int64 2"),
                        tensors("audio float32 batch,samples")));
        manifest.add("graphs", graphs);
        return manifest;
    }

    private static JsonObject graph(String name, JsonArray inputs, JsonArray outputs) {
        JsonObject graph = new JsonObject();
        graph.addProperty("file", "fp32/" + name + ".onnx");
        graph.add("inputs", inputs);
        graph.add("outputs", outputs);
        graph.add(
                "costs",
                JsonParser.parseString(
                        """
                        {"weight_bytes": 9, "activation_bytes": [{"1": 2}], "multiply_adds": {"1": 3}}
                        """));
        JsonObject precisions = new JsonObject();
        precisions.add("fp32", graph);
        return precisions;
    }

    /** Each tensor as "name type shape", the shape with commas between or "-" for a scalar. */
    private static JsonArray tensors(String... lines) {
        JsonArray tensors = new JsonArray();
        for (String line : lines) {
            String[] words = line.split(" ");
            JsonObject tensor = new JsonObject();
            tensor.addProperty("name", words[0]);
            tensor.addProperty("type", words[1]);
            JsonArray shape = new JsonArray();
            for (String size : words[2].equals("-") ? List.<String>of() : List.of(words[2].split(","))) {
                if (size.matches("[0-9]+")) {
                    shape.add(Integer.parseInt(size));
                } else {
                    shape.add(size);
                }
            }
            tensor.add("shape", shape);
            tensors.add(tensor);
        }
        return tensors;
    }
}
