package acestep4j.cli;

import acestep4j.library.EntryLabels;
import acestep4j.request.GenerationRequest;
import acestep4j.request.GuidedRequestBuilder;
import acestep4j.request.LoopRequest;
import acestep4j.request.TextToMusicRequest;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a row of a track list can say, as the flags of a command: the same names, values and errors. */
@Command
final class TrackFlags {
    @Option(names = "--name")
    private String name;

    @Option(names = "--style")
    private String style = "";

    @Option(names = "--tags")
    private String tags = "";

    @Mixin
    private WordsFlags words;

    @Mixin
    private TimedFlags timed;

    @Mixin
    private LoopFlags loop;

    @Mixin
    private GuidanceFlags guidance;

    EntryLabels labels() {
        return new EntryLabels(
                name,
                style,
                Arrays.stream(tags.split("[,;]"))
                        .map(String::strip)
                        .filter(tag -> !tag.isEmpty())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** A track that says anything of a loop is one. */
    GenerationRequest request() {
        GuidedRequestBuilder<?> builder = loop.isEmpty() ? song() : loop();
        guidance.applyTo(builder);
        words.applyTo(builder, Optional.empty(), new PrintWriter(Writer.nullWriter()));
        return builder.build();
    }

    private TextToMusicRequest.Builder song() {
        TextToMusicRequest.Builder builder = TextToMusicRequest.builder();
        timed.applyTo(builder);
        return builder;
    }

    private LoopRequest.Builder loop() {
        LoopRequest.Builder builder = LoopRequest.builder();
        loop.applyTo(builder);
        timed.applyTo(builder);
        return builder;
    }
}
