package acestep4j.text;

import acestep4j.BundleException;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * One {@code tokenizer.json} of the Hugging Face {@code tokenizers} library, without padding. Thread-safe; closing waits for
 * the calls under way.
 */
final class SubwordTokenizer implements AutoCloseable {
    private static final String UNKNOWN = "[UNK]";

    /**
     * @param ids of the whole text or of as much as fits
     * @param tokens what each id stands for
     * @param unknown the pieces of the text that became {@code [UNK]}, in their order
     * @param truncated whether text was cut off
     */
    record Tokens(long[] ids, List<String> tokens, List<String> unknown, boolean truncated) {}

    private final TokenizersLibrary library;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private long handle;

    private SubwordTokenizer(TokenizersLibrary library, long handle) {
        this.library = library;
        this.handle = handle;
    }

    /** @param maxTokens special tokens included; 0 for no limit */
    static SubwordTokenizer load(Path tokenizerJson, int maxTokens) {
        // Rust panics at a limit that leaves no room for text, and a panic ends the process.
        if (maxTokens < 0 || maxTokens == 1) {
            throw new BundleException(tokenizerJson + ": expected a limit of at least 2 tokens, found " + maxTokens);
        }
        String json;
        try {
            json = Files.readString(tokenizerJson);
        } catch (IOException e) {
            throw new BundleException(tokenizerJson + ": can't be read: " + e.getMessage(), e);
        }
        TokenizersLibrary library = TokenizerNative.library();
        long handle;
        try {
            handle = library.createTokenizerFromString(json);
        } catch (RuntimeException e) {
            throw new BundleException(
                    tokenizerJson + ": expected a tokenizer of the tokenizers library, found: " + e.getMessage()
                            + "; export the bundle again",
                    e);
        }
        library.disablePadding(handle);
        if (maxTokens > 0) {
            library.setTruncation(handle, maxTokens, "LONGEST_FIRST", 0);
        } else {
            library.disableTruncation(handle);
        }
        return new SubwordTokenizer(library, handle);
    }

    Tokens encode(String text) {
        lock.readLock().lock();
        try {
            if (handle == 0) {
                throw new IllegalStateException("the tokenizer is closed");
            }
            long encoding = library.encode(handle, text, true);
            try {
                List<String> tokens = List.of(library.getTokens(encoding));
                List<String> unknown = tokens.contains(UNKNOWN)
                        ? unknown(text, tokens, library.getTokenCharSpans(encoding))
                        : List.of();
                boolean truncated = library.getOverflowCount(encoding) > 0;
                return new Tokens(library.getTokenIds(encoding), tokens, unknown, truncated);
            } finally {
                library.deleteEncoding(encoding);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    private static List<String> unknown(String text, List<String> tokens, CharSpan[] spans) {
        int[] codePoints = text.codePoints().toArray();
        var unknown = new ArrayList<String>();
        for (int i = 0; i < spans.length; i++) {
            if (tokens.get(i).equals(UNKNOWN) && spans[i] != null) {
                int start = spans[i].getStart();
                unknown.add(new String(codePoints, start, spans[i].getEnd() - start));
            }
        }
        return unknown;
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (handle != 0) {
                library.deleteTokenizer(handle);
                handle = 0;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
