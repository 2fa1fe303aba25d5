package acestep4j.cli;

import acestep4j.InvalidRequestException;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.Manifest;
import acestep4j.text.LyricTokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the lyric tokens of each line of a file; loads the tokenizer alone. */
@Command(
        name = "tokenize",
        description = "Print the lyric token ids of each line of a file, one JSON array for each line.",
        mixinStandardHelpOptions = true)
final class TokenizeCommand implements Callable<Integer> {
    private static final long[] EMPTY_LINE = {261, 2};

    @Spec
    private CommandSpec spec;

    @Option(names = "--bundle", required = true, paramLabel = "DIR", description = "The bundle.")
    private Path bundleFolder;

    @Option(
            names = "--lines",
            required = true,
            paramLabel = "FILE",
            description = "UTF-8 text; each line is taken as lyrics of its own.")
    private Path linesFile;

    @Override
    public Integer call() {
        List<String> lines = lines(InputFile.read("--lines", linesFile));
        Bundle bundle = Bundle.open(bundleFolder, false);
        Manifest.Lyrics lyrics = bundle.manifest().lyrics();
        List<String> arrays = new ArrayList<>();
        try (LyricTokenizer tokenizer = LyricTokenizer.load(
                bundle.file(lyrics.tokenizer()),
                bundle.file(lyrics.languageModel()),
                lyrics.pinyin().map(bundle::file),
                lyrics.japanese().map(bundle::file))) {
            for (int i = 0; i < lines.size(); i++) {
                arrays.add(Arrays.toString(ids(tokenizer, lines.get(i), i + 1)));
            }
        }
        arrays.forEach(spec.commandLine().getOut()::println);
        return Main.OK;
    }

    /** Only line feeds end a line; one at the end of the file begins no further line. */
    static List<String> lines(String text) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }

    private long[] ids(LyricTokenizer tokenizer, String line, int number) {
        if (line.isEmpty()) {
            return EMPTY_LINE;
        }
        try {
            return tokenizer.encode(line);
        } catch (InvalidRequestException e) {
            throw new InputException(linesFile + ", line " + number + ": " + e.getMessage(), e);
        }
    }
}
