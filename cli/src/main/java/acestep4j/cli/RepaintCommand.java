package acestep4j.cli;

import acestep4j.request.RepaintRequest;
import acestep4j.request.RequestBuilder;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A range of a piece made anew. */
@Command(name = "repaint", description = "Make a range of a piece anew.")
final class RepaintCommand extends PaintedCommand {
    @Option(names = "--start", paramLabel = "SECONDS", description = "Where the range begins.")
    private Double start;

    @Option(names = "--end", paramLabel = "SECONDS", description = "Where it ends.")
    private Double end;

    @Option(names = "--variance", paramLabel = "X", description = "How new the range is, 0 to 1 (default 0.5).")
    private Double variance;

    @Override
    RequestBuilder<?> builder(Optional<OfficialParams> given) {
        RepaintRequest.Builder builder = RepaintRequest.builder();
        apply(given, builder);
        Optional.ofNullable(start).ifPresent(builder::start);
        Optional.ofNullable(end).ifPresent(builder::end);
        Optional.ofNullable(variance).ifPresent(builder::variance);
        return builder;
    }
}
