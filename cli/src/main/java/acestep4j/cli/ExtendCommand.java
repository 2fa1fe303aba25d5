package acestep4j.cli;

import acestep4j.request.ExtendRequest;
import acestep4j.request.RequestBuilder;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A piece made longer. */
@Command(name = "extend", description = "Make more music before a piece, after it or both.")
final class ExtendCommand extends PaintedCommand {
    @Option(names = "--left", paramLabel = "SECONDS", description = "Seconds before the piece, 0 to 239.")
    private Double left;

    @Option(names = "--right", paramLabel = "SECONDS", description = "Seconds after the piece, 0 to 239.")
    private Double right;

    @Option(names = "--variance", paramLabel = "X", description = "Above 0 to 1 (default 1).")
    private Double variance;

    @Override
    RequestBuilder<?> builder(Optional<OfficialParams> given) {
        ExtendRequest.Builder builder = ExtendRequest.builder();
        apply(given, builder);
        Optional.ofNullable(left).ifPresent(builder::left);
        Optional.ofNullable(right).ifPresent(builder::right);
        Optional.ofNullable(variance).ifPresent(builder::variance);
        return builder;
    }
}
