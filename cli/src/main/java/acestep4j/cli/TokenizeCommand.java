package acestep4j.cli;

import acestep4j.InvalidRequestException;
import acestep4j.bundle.Bundle;
import acestep4j.bundle.Manifest;
import acestep4j.text.LyricLine;
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

    @Option(
            names = "--explain",
            description = "Show each line's language, the words that are sung, its tokens and ids instead.")
    private boolean explain;

    @Override
    public Integer call() {
        List<String> lines = lines(InputFile.read("--lines", linesFile));
        Bundle bundle = Bundle.open(bundleFolder, false);
        Manifest.Lyrics lyrics = bundle.manifest()
                .lyrics()
                .orElseThrow(() -> new InputException(
                        "--bundle " + bundleFolder + ": expected one that reads lyrics, found one that ignores them"));
        List<String> output = new ArrayList<>();
        try (LyricTokenizer tokenizer = LyricTokenizer.load(
                bundle.file(lyrics.tokenizer()),
                bundle.file(lyrics.languageModel()),
                lyrics.pinyin().map(bundle::file),
                lyrics.japanese().map(bundle::file))) {
            for (int i = 0; i < lines.size(); i++) {
                List<LyricLine> line = tokenize(tokenizer, lines.get(i), i + 1);
                String ids = Arrays.toString(LyricTokenizer.ids(line));
                output.add(explain ? explanation(i + 1, line.get(0), ids) : ids);
            }
        }
        output.forEach(spec.commandLine().getOut()::println);
        return Main.OK;
    }

    private static String explanation(int number, LyricLine line, String ids) {
        var text = new StringBuilder();
        text.append(number).append("  ").append(line.text());
        text.append("\n   language  ").append(line.language());
        text.append("\n   sung      ").append(line.normalised());
        text.append("\n   tokens    ").append(String.join(" ", line.tokens()));
        text.append("\n   ids       ").append(ids);
        line.remarks().forEach(remark -> text.append("\n   remark    ").append(remark));
        return text.toString();
    }

    /** Only line feeds end a line; one at the end of the file begins no further line. */
    static List<String> lines(String text) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }

    private List<LyricLine> tokenize(LyricTokenizer tokenizer, String line, int number) {
        try {
            return tokenizer.lines(line);
        } catch (InvalidRequestException e) {
            throw new InputException(linesFile + ", line " + number + ": " + e.getMessage(), e);
        }
    }
}
