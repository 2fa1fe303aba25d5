package acestep4j.text;

import java.nio.file.Path;

/**
 * Turns a prompt into the ids of the UMT5 text encoder, as transformers' tokenizer does with {@code truncation=True}.
 * Thread-safe.
 */
public final class TextTokenizer implements AutoCloseable {
    private final SubwordTokenizer tokenizer;

    private TextTokenizer(SubwordTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * @param tokenizerJson the bundle's {@code text_tokenizer.json}
     * @param maxTokens the most ids a prompt gets, its closing token included
     * @throws acestep4j.BundleException where the file is no tokenizer
     */
    public static TextTokenizer load(Path tokenizerJson, int maxTokens) {
        return new TextTokenizer(SubwordTokenizer.load(tokenizerJson, maxTokens));
    }

    /** @throws acestep4j.InvalidRequestException for half a surrogate pair */
    public Prompt encode(String prompt) {
        SubwordTokenizer.Tokens tokens = tokenizer.encode(WellFormed.require("prompt", prompt));
        return new Prompt(tokens.ids(), tokens.truncated());
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
