package acestep4j.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes tokenizers small enough to predict by hand. */
final class SmallTokenizers {
    static final Path LANGUAGE_MODEL = Path.of("../models/random-small/language_model.bin");

    static final Path PINYIN = Path.of("../models/random-small/pinyin.bin");

    /** The words of {@code lyrics/ja.tsv} alone; {@code scripts/golden/japanese_extract.py} made it. */
    static final Path JAPANESE = Path.of("src/test/resources/acestep4j/text/japanese_extract.bin");

    private SmallTokenizers() {}

    /** Ids 0 [UNK], 1 [STOP], 2 [SPACE], 3 [en], then a to z, digits and punctuation, then the merge "th". */
    static Path lyricTokenizer(Path folder) throws IOException {
        var vocabulary = new ArrayList<>(List.of("[UNK]", "[STOP]", "[SPACE]", "[en]"));
        "abcdefghijklmnopqrstuvwxyz0123456789.,'!?[]".chars().forEach(c -> vocabulary.add(String.valueOf((char) c)));
        vocabulary.add("th");
        var added = new ArrayList<String>();
        var entries = new ArrayList<String>();
        for (int id = 0; id < vocabulary.size(); id++) {
            entries.add("\"" + vocabulary.get(id) + "\":" + id);
            if (id < 4) {
                added.add("{\"id\":" + id + ",\"content\":\"" + vocabulary.get(id) + "\",\"single_word\":false,"
                        + "\"lstrip\":false,\"rstrip\":false,\"normalized\":false,\"special\":true}");
            }
        }
        return Files.writeString(
                folder.resolve("lyric_tokenizer.json"),
                "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[" + String.join(",", added)
                        + "],\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"Whitespace\"},\"post_processor\":null,"
                        + "\"decoder\":null,\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":\"[UNK]\","
                        + "\"continuing_subword_prefix\":null,\"end_of_word_suffix\":null,\"fuse_unk\":false,"
                        + "\"vocab\":{" + String.join(",", entries) + "},\"merges\":[\"t h\"]}}");
    }

    /** Ids 0 pad, 1 &lt;/s&gt;, 2 unknown, 3 the word mark, then a to z; its file asks for padding and truncation. */
    static Path textTokenizer(Path folder) throws IOException {
        var pieces = new ArrayList<>(List.of("[\"<pad>\",0]", "[\"</s>\",0]", "[\"<unk>\",0]", "[\"▁\",-1]"));
        "abcdefghijklmnopqrstuvwxyz".chars().forEach(c -> pieces.add("[\"" + (char) c + "\",-2]"));
        return Files.writeString(
                folder.resolve("text_tokenizer.json"),
                "{\"version\":\"1.0\",\"truncation\":{\"direction\":\"Right\",\"max_length\":4,"
                        + "\"strategy\":\"LongestFirst\",\"stride\":0},"
                        + "\"padding\":{\"strategy\":{\"Fixed\":16},\"direction\":\"Right\",\"pad_to_multiple_of\":null,"
                        + "\"pad_id\":0,\"pad_type_id\":0,\"pad_token\":\"<pad>\"},\"added_tokens\":[],"
                        + "\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"Metaspace\",\"replacement\":\"▁\","
                        + "\"prepend_scheme\":\"always\",\"split\":true},"
                        + "\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"Sequence\":{\"id\":\"A\","
                        + "\"type_id\":0}},{\"SpecialToken\":{\"id\":\"</s>\",\"type_id\":0}}],\"pair\":[{\"Sequence\":"
                        + "{\"id\":\"A\",\"type_id\":0}},{\"Sequence\":{\"id\":\"B\",\"type_id\":0}}],"
                        + "\"special_tokens\":{\"</s>\":{\"id\":\"</s>\",\"ids\":[1],\"tokens\":[\"</s>\"]}}},"
                        + "\"decoder\":null,\"model\":{\"type\":\"Unigram\",\"unk_id\":2,\"vocab\":["
                        + String.join(",", pieces) + "],\"byte_fallback\":false}}");
    }
}
