package acestep4j.text;

import acestep4j.AceStepException;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Loads the Rust {@code tokenizers} library out of DJL's jar.
 *
 * <p>DJL's own entrance, {@code HuggingFaceTokenizer}, asks the network whether it runs on EC2, probes for CUDA and on
 * finding it downloads another library, logs through slf4j and leaves the library in the user's home. {@link
 * TokenizersLibrary} is nothing but the native methods, so loading the library here leaves all of that out, without a
 * property that would change DJL for the rest of the process.
 */
final class TokenizerNative {
    private TokenizerNative() {}

    private static final class Loaded {
        static final TokenizersLibrary LIBRARY = load();
    }

    /** @throws AceStepException where this platform has no tokenizer library or it can't be loaded */
    static TokenizersLibrary library() {
        try {
            return Loaded.LIBRARY;
        } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
            throw new AceStepException(
                    "the tokenizer library can't be loaded on " + platform() + ": " + rootMessage(e)
                            + "; supported are linux-x86_64, linux-aarch64, osx-aarch64, win-x86_64, and "
                            + System.getProperty("java.io.tmpdir") + " must be writable",
                    e);
        }
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }

    private static TokenizersLibrary load() {
        String folder = "/native/lib/" + platform() + "/cpu/";
        List<Path> files = new ArrayList<>();
        try {
            Path directory = Files.createTempDirectory("acestep4j-tokenizers");
            directory.toFile().deleteOnExit();
            for (String name : libraryFiles()) {
                Path file = directory.resolve(name);
                file.toFile().deleteOnExit();
                try (InputStream packed = TokenizersLibrary.class.getResourceAsStream(folder + name)) {
                    if (packed == null) {
                        throw new IOException("no " + folder + name + " on the class path");
                    }
                    Files.copy(packed, file);
                }
                files.add(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        files.forEach(file -> System.load(file.toString()));
        return TokenizersLibrary.LIB;
    }

    private static List<String> libraryFiles() {
        String tokenizers = System.mapLibraryName("tokenizers");
        return tokenizers.endsWith(".dll")
                ? List.of("libwinpthread-1.dll", "libgcc_s_seh-1.dll", "libstdc++-6.dll", tokenizers)
                : List.of(tokenizers);
    }

    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String name = os.startsWith("windows") ? "win" : os.startsWith("mac") ? "osx" : "linux";
        String architecture = System.getProperty("os.arch");
        return name + '-' + (architecture.equals("amd64") ? "x86_64" : architecture);
    }
}
