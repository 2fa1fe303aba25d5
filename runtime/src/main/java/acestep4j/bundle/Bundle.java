package acestep4j.bundle;

import acestep4j.BundleException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An exported model on disk: a folder with a {@code manifest.json} that names everything in it. Opening one reads and
 * checks, and loads no native library. Immutable and thread-safe; holds nothing open.
 */
public final class Bundle {
    public static final String TEXT_ENCODER = "text_encoder";
    public static final String CONDITION_ENCODER = "condition_encoder";
    public static final String LATENT_ENCODER = "latent_encoder";
    public static final String TRANSFORMER = "transformer";
    public static final String DCAE_DECODER = "dcae_decoder";
    public static final String DCAE_UPSAMPLER = "dcae_upsampler";
    public static final String VOCODER = "vocoder";

    /** Variants of two graphs that take a LoRA; a bundle without them plays, but takes no LoRA. */
    public static final String CONDITION_ENCODER_LORA = "condition_encoder_lora";

    public static final String TRANSFORMER_LORA = "transformer_lora";

    private static final long LARGEST_MANIFEST = 64L << 20;
    private static final int READ_SIZE = 1 << 20;

    private final Path folder;
    private final Manifest manifest;

    private Bundle(Path folder, Manifest manifest) {
        this.folder = folder;
        this.manifest = manifest;
    }

    /**
     * Reads the manifest and checks that every file is present in its exact size.
     *
     * @param folder the bundle's folder
     * @param verifyHashes whether to read every file and compare its SHA-256; takes seconds per gigabyte
     * @throws BundleException naming the file, what was expected, what was found and the remedy
     */
    public static Bundle open(Path folder, boolean verifyHashes) {
        Manifest manifest = ManifestReader.read(readManifest(folder));
        for (String name : manifest.files().keySet()) {
            checkName(name);
        }
        checkReferences(manifest);
        GraphContract.check(manifest);
        checkId(manifest);
        for (Map.Entry<String, Manifest.FileEntry> entry : manifest.files().entrySet()) {
            checkSize(folder, entry.getKey(), entry.getValue());
        }
        if (verifyHashes) {
            for (Map.Entry<String, Manifest.FileEntry> entry : manifest.files().entrySet()) {
                checkHash(folder, entry.getKey(), entry.getValue());
            }
        }
        return new Bundle(folder, manifest);
    }

    public Manifest manifest() {
        return manifest;
    }

    public Path folder() {
        return folder;
    }

    /** The path of one of the bundle's files. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /**
     * A graph in one precision.
     *
     * @throws BundleException when the bundle has no such precision
     */
    public GraphSpec graph(String name, String precision) {
        GraphSpec spec = manifest.graphs().getOrDefault(name, Map.of()).get(precision);
        if (spec == null) {
            throw new BundleException("manifest.json: precision expected one of " + manifest.precisions() + ", found "
                    + precision + "; choose one of these, or export it with scripts/export_onnx.py --precision "
                    + precision);
        }
        return spec;
    }

    private static String readManifest(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new BundleException(folder + ": expected a bundle folder, found "
                    + (Files.exists(folder) ? "a file" : "nothing")
                    + "; give the folder that scripts/export_onnx.py wrote");
        }
        Path file = folder.resolve(Manifest.FILE_NAME);
        try {
            if (!Files.isRegularFile(file)) {
                throw new BundleException(folder + ": expected a bundle with manifest.json, found "
                        + (isEmpty(folder) ? "an empty folder" : "a folder without one")
                        + "; give the folder that scripts/export_onnx.py wrote");
            }
            if (Files.size(file) > LARGEST_MANIFEST) {
                throw new BundleException("manifest.json: expected at most " + LARGEST_MANIFEST + " bytes, found "
                        + Files.size(file) + "; export the bundle again with scripts/export_onnx.py");
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new BundleException(
                    "manifest.json: expected UTF-8 text, found other bytes"
                            + "; export the bundle again with scripts/export_onnx.py",
                    e);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (var entries = Files.newDirectoryStream(folder)) {
            return !entries.iterator().hasNext();
        }
    }

    private static void checkName(String name) {
        boolean plain = !name.isEmpty() && !name.contains("\\") && !name.contains(":") && name.indexOf('\0') < 0;
        if (plain) {
            for (String part : name.split("/", -1)) {
                plain &= !part.isEmpty() && !part.equals(".") && !part.equals("..");
            }
        }
        if (!plain) {
            throw new BundleException("manifest.json: 'files' expected paths inside the bundle, found '" + name
                    + "'; don't open a bundle from a source you don't trust");
        }
    }

    private static void checkReferences(Manifest manifest) {
        checkListed(manifest, "text.tokenizer", manifest.text().tokenizer());
        manifest.lyrics().ifPresent(lyrics -> {
            checkListed(manifest, "lyrics.tokenizer", lyrics.tokenizer());
            checkListed(manifest, "lyrics.language_model", lyrics.languageModel());
            lyrics.pinyin().ifPresent(file -> checkListed(manifest, "lyrics.pinyin", file));
            lyrics.japanese().ifPresent(file -> checkListed(manifest, "lyrics.japanese", file));
        });
        manifest.graphs()
                .forEach((graph, precisions) -> precisions.forEach((precision, spec) ->
                        checkListed(manifest, "graphs." + graph + "." + precision + ".file", spec.file())));
    }

    private static void checkListed(Manifest manifest, String key, String file) {
        if (!manifest.files().containsKey(file)) {
            throw new BundleException("manifest.json: '" + key + "' expected a file listed under 'files', found '"
                    + file + "'; export the bundle again with scripts/export_onnx.py");
        }
    }

    private static void checkId(Manifest manifest) {
        StringBuilder lines = new StringBuilder();
        manifest.files()
                .forEach((name, entry) ->
                        lines.append(name).append(' ').append(entry.sha256()).append('\n'));
        String expected =
                HexFormat.of().formatHex(sha256().digest(lines.toString().getBytes(StandardCharsets.UTF_8)));
        if (!manifest.id().equals(expected)) {
            throw new BundleException("manifest.json: 'id' expected " + expected + " for the files it lists, found "
                    + manifest.id() + "; export the bundle again with scripts/export_onnx.py");
        }
    }

    private static void checkSize(Path folder, String name, Manifest.FileEntry entry) {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new BundleException(name + ": expected a file of " + entry.size()
                    + " bytes, found nothing; copy the bundle again, or export it again with scripts/export_onnx.py");
        }
        long size;
        try {
            size = Files.size(file);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
        if (size != entry.size()) {
            throw new BundleException(name + ": expected " + entry.size() + " bytes, found " + size
                    + "; copy the bundle again, or export it again with scripts/export_onnx.py");
        }
        if (!Files.isReadable(file)) {
            throw new BundleException(name + ": expected a readable file, found one without permission to read"
                    + "; change its permissions");
        }
    }

    private static void checkHash(Path folder, String name, Manifest.FileEntry entry) {
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(folder.resolve(name))) {
            byte[] bytes = new byte[READ_SIZE];
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                digest.update(bytes, 0, n);
            }
        } catch (IOException e) {
            throw unreadable(name, e);
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(entry.sha256())) {
            throw new BundleException(name + ": expected SHA-256 " + entry.sha256() + ", found " + found
                    + "; the file was altered: copy the bundle again, or export it again with scripts/export_onnx.py");
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static BundleException unreadable(String file, IOException e) {
        return new BundleException(
                file + ": expected a readable file, found " + e + "; check the disk and permissions", e);
    }

    /** Whether both variants that take a LoRA are present in this precision. */
    public boolean hasLoraGraphs(String precision) {
        return Stream.of(CONDITION_ENCODER_LORA, TRANSFORMER_LORA)
                .allMatch(name -> manifest.graphs().getOrDefault(name, Map.of()).containsKey(precision));
    }

    /** The name of the variant of a graph that takes a LoRA. */
    public static String loraVariant(String name) {
        return name + "_lora";
    }

    /** The names of the graphs without which no bundle plays, in the order in which a generation uses them. */
    public static List<String> graphNames() {
        return List.of(
                TEXT_ENCODER, CONDITION_ENCODER, LATENT_ENCODER, TRANSFORMER, DCAE_DECODER, DCAE_UPSAMPLER, VOCODER);
    }
}
